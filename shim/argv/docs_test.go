package argv

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocumented reads the table for people and asks Parse the same.
func TestDocumented(t *testing.T) {
	b, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range TableVersions() {
		if !strings.Contains(string(b), v) {
			t.Errorf("the page does not name npm %s", v)
		}
	}
	count := 0
	for _, row := range strings.Split(string(b), "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !strings.Contains(cells[1], "`") {
			continue
		}
		kind, checked := strings.TrimSpace(cells[2]), strings.HasPrefix(strings.TrimSpace(cells[3]), "yes")
		for i, code := range strings.Split(cells[1], "`") {
			words := strings.Fields(code)
			if i%2 == 0 || len(words) == 0 || words[0] != "npm" && words[0] != "npx" {
				continue
			}
			count++
			c := Parse(words[1:], Options{NPM: "11.19.1", Npx: words[0] == "npx", InWorkspace: func() bool { return false }})
			if c.MayFetch() != checked || c.Class.String() != kind && !c.Prints {
				t.Errorf("`%s`: %s, may fetch %v (%s)", code, c.Class, c.MayFetch(), c.Why())
			}
		}
	}
	if count < 80 {
		t.Errorf("only %d commands were read", count)
	}
}

// TestVariablesDocumented holds the page to the variables and flags that are read.
func TestVariablesDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	for _, file := range []string{"ownenv.go", "own.go"} {
		text, err := os.ReadFile(file) //nolint:gosec // of this package
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	names := regexp.MustCompile(`GPQ_[A-Z_]+|--[a-z]+(-[a-z]+)*`).FindAllString(source, -1)
	for _, name := range names {
		if !strings.Contains(string(page), "`"+name) {
			t.Errorf("the page does not name %s", name)
		}
	}
	if len(names) < 16 {
		t.Errorf("only %v were read", names)
	}
}
