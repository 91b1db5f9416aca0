package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/testdata/stories"
)

// TestStoriesListed: each story has its line, with a title that is not cut in the middle of a word.
func TestStoriesListed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&process{out: out}).listStories(); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stories.Names() {
		if n := strings.Count(string(text), "\n  "+name+" "); n != 1 {
			t.Errorf("%s is listed %d times", name, n)
		}
	}
	for _, want := range []string{"axios 1.14.1, March 2026\n", "the tarball has a binding.gyp and does"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if got := title(strings.Repeat("nine more ", 20)); len([]rune(got)) > 112 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
}
