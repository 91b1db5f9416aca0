package tree

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCollatorAgainstNode compares with node's own localeCompare over many
// paths and over every pair of printable characters.
func TestCollatorAgainstNode(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal("node is not installed")
		}
		t.Skip("node is not installed: nothing to compare with")
	}
	var pairs [][2]string
	for a := ' '; a < 127; a++ {
		for b := ' '; b < 127; b++ {
			pairs = append(pairs, [2]string{"x" + string(a), "x" + string(b)}, [2]string{string(a) + "y", string(b)})
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		a := randomPath(r)
		b := randomPath(r)
		if r.IntN(2) == 0 { // near misses
			i := r.IntN(len(a))
			b = a[:i] + string("-_./@aAbB0 9~"[r.IntN(13)]) + a[i:]
		}
		pairs = append(pairs, [2]string{a, b})
	}
	cmd := exec.Command("node", "-e", `const p=JSON.parse(require('fs').readFileSync(0));process.stdout.write(JSON.stringify(p.map(([a,b])=>Math.sign(a.localeCompare(b,'en')))))`)
	in, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	var c collator
	wrong := 0
	for i, p := range pairs {
		if got := sign(c.compare(p[0], p[1])); got != want[i] {
			if wrong++; wrong < 10 {
				t.Errorf("%q against %q: got %d, node says %d", p[0], p[1], got, want[i])
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d wrong", wrong, len(pairs))
	}
}

func sign(n int) int { return min(max(n, -1), 1) }

func randomPath(r *rand.Rand) string {
	parts := []string{"node_modules", "@babel", "core", "React-DOM", "react", "a.b", "a_b", "a-b", "ab", "A", "é", "straße", "10", "9", "is-odd", "packages/w1", "ñ-x"}
	n := 1 + r.IntN(5)
	out := make([]string, n)
	for i := range out {
		out[i] = parts[r.IntN(len(parts))]
		if r.IntN(40) > 0 {
			for strings.ContainsAny(out[i], "éßñ") {
				out[i] = parts[r.IntN(len(parts))]
			}
		}
	}
	return strings.Join(out, "/")
}

func TestRelpath(t *testing.T) {
	for _, c := range [][3]string{
		{"/a", "/a", ""}, {"/a", "/a/b/c", "b/c"}, {"/a/b", "/a", ".."}, {"/a/b", "/a/bc", "../bc"}, {"/", "/x", "x"}, {"/a/b/c", "/d", "../../../d"},
	} {
		if got := relpath(c[0], c[1]); got != c[2] {
			t.Errorf("from %s to %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"packages/*", "packages/a", true}, {"packages/*", "packages/a/b", false}, {"packages/**", "packages/a/b", true},
		{"{a,b}/*", "b/x", true}, {"{a,b}/*", "c/x", false}, {"a", "a", true}, {"**", ".git", false}, {"{a", "{a", true},
	} {
		if got := globMatch(c.pattern, c.path); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.path, got)
		}
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("packages/*", "packages/a")
	f.Add("{a,{b,c}}/**/x", "b/1/x")
	f.Add("[", "{{{{")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 60 || len(s) > 60 {
			return
		}
		globMatch(pattern, s)
	})
}

func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"name":"a","dependencies":{"b":"1","2":"x"},"bundledDependencies":true,"workspaces":{"packages":["a"]}}`))
	f.Add([]byte(`{"a":[[[{}]]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseObject(data)
		if err != nil {
			return
		}
		p := PkgFromObject(o).clone()
		p.addDep("x", "1", "", true)
		p.rmDep("x")
		if isIn(p.Bundle, "x") {
			t.Error("x is still bundled")
		}
	})
}
