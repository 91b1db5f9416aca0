package checks_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"gpq/checks"
)

var update = flag.Bool("update", false, "write docs/checks.md anew")

func TestManual(t *testing.T) {
	const file = "../docs/checks.md"
	if *update {
		if err := os.WriteFile(file, []byte(checks.Manual()), 0o644); err != nil { // #nosec G306 -- a page of the manual
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != checks.Manual() {
		t.Error("docs/checks.md is stale: go test ./checks -run TestManual -update")
	}
}

// TestEveryCheckIsWhole holds what a check must have.
func TestEveryCheckIsWhole(t *testing.T) {
	seen := map[checks.ID]bool{}
	for _, c := range checks.All() {
		if seen[c.ID] {
			t.Errorf("%s stands twice", c.ID)
		}
		seen[c.ID] = true
		if c.Run == nil || !strings.HasSuffix(c.Title, "?") || len(c.Doc) < 80 {
			t.Errorf("%s is not whole: it wants a Run, a Title that is a question, and a Doc of 80 letters or more", c.ID)
		}
	}
}
