package argv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"testing"
)

type line struct {
	Argv []string `json:"argv"`
	Npx  bool     `json:"npx"`
}

type answer struct {
	Cmd    *string        `json:"cmd"`
	Remain []string       `json:"remain"`
	Conf   map[string]any `json:"conf"`
	Notes  []string       `json:"notes"`
	Error  string         `json:"error"`
}

// npmFolders finds the npms to ask: the one on PATH, and those that GPQ_NPM_10, _11 and _12 name (node_modules/npm).
func npmFolders(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	add := func(folder string) {
		var pkg struct{ Version string }
		b, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if err == nil && json.Unmarshal(b, &pkg) == nil && pkg.Version != "" {
			found[pkg.Version] = folder
		}
	}
	for _, key := range []string{"GPQ_NPM_10", "GPQ_NPM_11", "GPQ_NPM_12"} {
		add(os.Getenv(key))
	}
	if p, err := exec.LookPath("npm"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			add(filepath.Dir(filepath.Dir(p)))
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		found = nil
	}
	if len(found) > 0 {
		return found
	}
	if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
		t.Fatal("GPQ_REQUIRE_NPM=1, and there is no npm to ask")
	}
	t.Skip("SKIPPED: no node and npm to ask: npm's reading of command lines is not compared")
	return nil
}

// askNPM gives all lines to one npm in one process.
func askNPM(t *testing.T, folder, dir string, lines []line) []answer {
	t.Helper()
	in, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/ask.js")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", script, folder)
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(in), os.Stderr
	cmd.Env = append(os.Environ(), "HOME=/home/someone", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("asking %s: %v", folder, err)
	}
	var answers []answer
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// differ describes where Parse and npm disagree; "" where they do not.
func differ(l line, version, dir string, a answer) string {
	npm, _ := Options{NPM: version}.npm()
	c := parseFor(npm, l.Argv, Options{NPM: version, Npx: l.Npx, Dir: dir, Home: "/home/someone"})
	if a.Error != "" {
		switch {
		case a.Error == "single" && strings.HasSuffix(c.Refused, "single-hyphen flag"):
			return ""
		case a.Error == "abbrev" && strings.HasSuffix(c.Refused, "abbreviated flag"):
			return ""
		}
		return fmt.Sprintf("npm refuses (%s), Parse says %q", a.Error, c.Refused)
	}
	if c.Refused != "" {
		return "Parse says npm refuses: " + c.Refused
	}
	if cmd := deref(a.Cmd); c.Name != cmd {
		return fmt.Sprintf("command: npm %q, Parse %q", cmd, c.Name)
	}
	var remain []string
	if c.Verb != "" || len(a.Remain) > 0 {
		remain = append([]string{c.Verb}, c.Positionals...)
	}
	if !reflect.DeepEqual(remain, a.Remain) && len(remain)+len(a.Remain) > 0 {
		return fmt.Sprintf("words: npm %q, Parse %q", a.Remain, remain)
	}
	want := map[string][]string{}
	for k, v := range a.Conf {
		want[k] = written(v)
	}
	open := append(c.Unsure, "local-address") // what Parse leaves open, and what depends on the machine
	for _, key := range open {
		delete(want, key)
		delete(c.Config, key)
	}
	if !reflect.DeepEqual(c.Config, want) {
		return fmt.Sprintf("configuration: npm %q, Parse %q", want, c.Config)
	}
	got, theirs := without(c.Notes, open), without(a.Notes, open)
	if !reflect.DeepEqual(got, theirs) {
		return fmt.Sprintf("notes: npm %q, Parse %q", theirs, got)
	}
	return ""
}

// without is the notes, sorted, but for those on values of the keys.
func without(notes, keys []string) []string {
	left := []string{}
	for _, n := range notes {
		kind, key, _ := strings.Cut(n, ":")
		if !(kind == "unsure" || kind == "invalid") || !contains(keys, key) {
			left = append(left, n)
		}
	}
	sort.Strings(left)
	return left
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// written is a value of npm's as Config writes it.
func written(v any) []string {
	switch v := v.(type) {
	case []any:
		out := []string{}
		for _, x := range v {
			out = append(out, written(x)...)
		}
		return out
	case nil:
		return []string{"null"}
	case bool:
		return []string{strconv.FormatBool(v)}
	case float64:
		return []string{jsNumberString(v)}
	case string:
		return []string{v}
	}
	return []string{fmt.Sprint(v)}
}

// TestLikeNPM compares with every npm there is over generated command lines. GPQ_SEED repeats a run.
func TestLikeNPM(t *testing.T) {
	folders := npmFolders(t)
	seed := uint64(20261121)
	if s, err := strconv.ParseUint(os.Getenv("GPQ_SEED"), 10, 64); err == nil {
		seed = s
	}
	count := 6000
	if n, err := strconv.Atoi(os.Getenv("GPQ_LINES")); err == nil {
		count = n
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	g := &generator{rand.New(rand.NewPCG(seed, 1))}
	lines := make([]line, count)
	for i := range lines {
		lines[i] = g.line()
	}
	for version, folder := range folders {
		t.Run(version, func(t *testing.T) {
			wrong := 0
			for i, a := range askNPM(t, folder, dir, lines) {
				if d := differ(lines[i], version, dir, a); d != "" {
					if wrong++; wrong <= 30 {
						t.Errorf("%q npx=%v: %s", lines[i].Argv, lines[i].Npx, d)
					}
				}
			}
			t.Logf("npm %s: %d lines, %d read differently", version, len(lines), wrong)
		})
	}
}
