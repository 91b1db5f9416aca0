package resolver

import "testing"

// TestExcluder: min-release-age-exclude is read as npm reads it, not as a shell's
// patterns.
func TestExcluder(t *testing.T) {
	if excluder(nil) != nil {
		t.Error("nothing is excluded, and something asks")
	}
	out := excluder([]string{"{a,b}-*", "@my/**"})
	for name, want := range map[string]bool{"a-x": true, "b-": true, "c-x": false, "@my/x": true, "{a,b}-x": false} {
		if out(name) != want {
			t.Errorf("%s: not %t", name, want)
		}
	}
}
