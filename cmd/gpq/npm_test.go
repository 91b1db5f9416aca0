package main

import "testing"

func TestNear(t *testing.T) {
	for words, want := range map[[2]string]bool{
		{"chekc", "check"}: true, {"chck", "check"}: true, {"checkk", "check"}: true, {"chack", "check"}: true, {"aprove", "approve"}: true, {"check", "check"}: true,
		{"chkec", "check"}: false, {"kceck", "check"}: false, {"", "check"}: false, {"install", "shim"}: false, {"kchec", "check"}: false, {"frobnicate", "report"}: false,
	} {
		if got := near(words[0], words[1]); got != want {
			t.Errorf("%v: %v", words, got)
		}
	}
}
