package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/checks"
)

// recorded is one report that has everything: foreign text that tries to fool
// a terminal, a page and a shell; every outcome and severity.
func recorded(t *testing.T) *checks.Document {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "recorded.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestRenderings compares every rendering with the one beside the record.
// Write them anew with UPDATE=1, and read the difference.
func TestRenderings(t *testing.T) {
	d := recorded(t)
	for _, f := range []Format{Text, JSON, SARIF, HTML} {
		t.Run(string(f), func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, f, d); err != nil {
				t.Fatal(err)
			}
			if f == SARIF { // the rules are the manual's words: not this test's
				b = *bytes.NewBuffer(withoutRules(t, b.Bytes()))
			}
			golden := filepath.Join("testdata", "recorded."+string(f)+".golden")
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != string(want) {
				t.Errorf("%s has changed:\n%s", golden, got)
			}
		})
	}
}

func withoutRules(t *testing.T, doc []byte) []byte {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatalf("SARIF is no JSON: %v", err)
	}
	driver := v["runs"].([]any)[0].(map[string]any)["tool"].(map[string]any)["driver"].(map[string]any)
	if rules, ok := driver["rules"].([]any); !ok || len(rules) == 0 {
		t.Error("SARIF names no rules")
	}
	delete(driver, "rules")
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNothingRawReachesAReader(t *testing.T) {
	d := recorded(t)
	for _, f := range []Format{Text, JSON, SARIF, HTML} {
		var b bytes.Buffer
		if err := Write(&b, f, d); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && deceives(r) {
				t.Errorf("%s has a raw %U", f, r)
				break
			}
		}
		if f == HTML && strings.Contains(b.String(), "<script") {
			t.Error("HTML lets a script through")
		}
	}
}

func TestJSONComesBack(t *testing.T) {
	d := recorded(t)
	var b bytes.Buffer
	if err := Write(&b, JSON, d); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := json.Marshal(d)
	y, _ := json.Marshal(again)
	if !bytes.Equal(x, y) {
		t.Errorf("a record read and written is another one:\n%s\n%s", x, y)
	}
}

func TestReadRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "line 1",
		"{\n\"schemaVersion\":":  "line 2",
		`{"schemaVersion": 2}`:   "schemaVersion is 2",
		`{}`:                     "schemaVersion is 0",
		`[]`:                     "no report",
		`{"packages":"express"}`: "no report",
	} {
		_, err := Read(strings.NewReader(in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) = %v, want %q", in, err, want)
		}
	}
}

func TestApproveLineIsSafeToPaste(t *testing.T) {
	for name, want := range map[string]string{
		"express":       "gpq approve express@1.0.0 a",
		"@scope/x":      "gpq approve @scope/x@1.0.0 a",
		"x; rm -rf ~":   "gpq approve 'x; rm -rf ~@1.0.0' a",
		"x'$(id)":       `gpq approve 'x'\''$(id)@1.0.0' a`,
		"-x":            "gpq approve '-x@1.0.0' a",
		"x\nrm -rf ~ #": `gpq approve 'x\nrm -rf ~ #@1.0.0' a`,
	} {
		got := approveLine(checks.DocumentPackage{Name: name, Version: "1.0.0"}, []string{"a"})
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestNotesAreCountedPastTheLimit(t *testing.T) {
	d := &checks.Document{}
	for i := range MaxNotes + 5 {
		d.Packages = append(d.Packages, checks.DocumentPackage{
			Name: "p", Version: "1.0.0", Change: "added",
			Findings: []checks.DocumentFinding{{Check: "license", Outcome: "flagged", Severity: "note", Message: strings.Repeat("x", i+1)}},
		})
	}
	short, long := &bytes.Buffer{}, &bytes.Buffer{}
	_ = WriteText(short, d, TextOptions{})
	_ = WriteText(long, d, TextOptions{All: true})
	if n := strings.Count(short.String(), "license"); n != MaxNotes || !strings.Contains(short.String(), "5 more notes") {
		t.Errorf("%d notes shown:\n%s", n, short)
	}
	if n := strings.Count(long.String(), "license"); n != MaxNotes+5 {
		t.Errorf("%d notes shown with All", n)
	}
}

// TestNoLineIsWiderThanTheTerminal: but for what cannot be broken, and the lines that are made to be copied.
func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	d := recorded(t)
	d.Packages[0].Findings[0].Message = strings.Repeat("nine and a few words that fill a line, ", 9)
	d.Packages[0].Findings[0].Check = "maintainers-changed"
	for _, width := range []int{30, 40, 60, 61, 80, 200} {
		var b bytes.Buffer
		if err := WriteText(&b, d, TextOptions{Width: width, All: true}); err != nil {
			t.Fatal(err)
		}
		full := 0
		for _, l := range strings.Split(b.String(), "\n") {
			words := strings.Fields(l)
			copied := !strings.HasPrefix(l, " ") || strings.HasPrefix(l, "  accept it:")
			if n := len([]rune(l)); n > width && len(words) > 1 && !copied {
				t.Errorf("%d columns of %d: %q", n, width, l)
			} else if n > width-8 && n <= width {
				full++
			}
		}
		if full == 0 {
			t.Errorf("no line of %d columns is near full:\n%s", width, b.String())
		}
	}
}

// TestNothingIsSaidTwice: a fact that the message ends with has no line of its own; any other has.
func TestNothingIsSaidTwice(t *testing.T) {
	d := &checks.Document{Packages: []checks.DocumentPackage{{Name: "p", Version: "1.0.0", Change: "added", Findings: []checks.DocumentFinding{{
		Check: "release-burst", Outcome: "flagged", Severity: "danger", Message: "2 lines; joined by: a new script",
		Evidence: []checks.DocumentEvidence{{Fact: "joined by", Value: "a new script", Source: "gpq"}, {Fact: "publisher", Value: "script", Source: "packument"}},
	}}}}}
	var b bytes.Buffer
	if err := WriteText(&b, d, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Count(s, "joined by") != 1 || !strings.Contains(s, "· publisher: script") {
		t.Error(s)
	}
}

// TestAcceptedIsToldAndCounted: where all is wanted it is told too.
func TestAcceptedIsToldAndCounted(t *testing.T) {
	for all, want := range map[bool]int{false: 0, true: 1} {
		var b bytes.Buffer
		if err := WriteText(&b, recorded(t), TextOptions{All: all}); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); strings.Count(s, "(accepted: ") != want || !strings.Contains(s, "1 accepted") {
			t.Errorf("all %v:\n%s", all, s)
		}
	}
}
