package lockfile

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"gpq/resolver/semver/nodetest"
	"gpq/resolver/spec"
)

const yarnText = `# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@npm:b@^1":
  version "1.2.3"
  resolved "https://registry.yarnpkg.com/@s/a/-/a-1.2.3.tgz#0123"
  integrity sha512-AA==
  dependencies:
    "@s/b" "1 || 2"
    c "*"

c@*, c@^2:
  version "2.0.0"
  resolved "https://registry.npmjs.org/other/-/other-2.0.0.tgz"
d@1:
  version "1.0.0"
  resolved "https://host.example/d.tgz"
`

func TestYarn(t *testing.T) {
	y := ReadYarn([]byte(strings.ReplaceAll(yarnText, "\n", "\r\n")), Options{})
	if y.Err != nil || len(y.Entries) != 3 {
		t.Fatalf("got %+v", y)
	}
	a := y.At("@s/a@npm:b@^1")
	if a == nil || a.Line != 4 || a.Version != "1.2.3" || a.Resolved != "https://registry.yarnpkg.com/@s/a/-/a-1.2.3.tgz" || a.Integrity != "sha512-AA==" ||
		len(a.Dependencies) != 2 || a.Dependencies[0].Value != "1||2" {
		t.Fatalf("got %+v", a)
	}
	for _, c := range [][3]string{
		{"@s/a", "^1.0.0", "@s/a@1.2.3"}, {"c", "^2", "c@npm:other@2.0.0"}, {"d", "1", "d@https://host.example/d.tgz"},
	} {
		s, _, ok := y.Instead(spec.Resolve(c[0], c[1], spec.Place{}), spec.Place{})
		if !ok || s.Raw != c[2] {
			t.Errorf("%s: got %s", c[0], s.Raw)
		}
	}
	if _, _, ok := y.Instead(spec.Resolve("c", "^3", spec.Place{}), spec.Place{}); ok {
		t.Error("an answer to what yarn.lock does not have")
	}
	if y := ReadYarn([]byte("a@1:\n  version \"1.0.0\"\n\n  nonsense\n"), Options{}); y.Err == nil || y.Err.Line != 4 || y.At("a@1") == nil {
		t.Errorf("got %+v", y)
	}
}

func TestYarnAgainstNPM(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	lines := strings.Split(yarnText, "\n")
	extra := []string{"x@1:", "  version 1.0.0", "  dependencies:", "    y 1", "  optionalDependencies:", "    \"z\" \"^1\"", "", "", "#c", "   odd", "  x", "\"q, r@1\", s@2:", "  a b c", "    a b c", " :", "b"}
	var texts []string
	for range 3000 {
		var out []string
		for range rnd.Intn(14) {
			if rnd.Intn(2) == 0 {
				out = append(out, lines[rnd.Intn(len(lines))])
			} else {
				out = append(out, extra[rnd.Intn(len(extra))])
			}
		}
		texts = append(texts, strings.Join(out, "\n"))
	}
	type entry struct{ Version, Resolved, Integrity string }
	type answer struct {
		Entries map[string]entry
		Line    int
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []answer
			npm.Run(t, `const Y = need('@npmcli/arborist/lib/yarn-lock.js')
return input.map(text => {
  const y = new Y()
  let Line = 0
  try { y.parse(text) } catch (e) { Line = e.line || -1 }
  const Entries = {}
  for (const [k, e] of y.entries) Entries[k] = { Version: e.version || '', Resolved: e.resolved || '', Integrity: e.integrity || '' }
  return { Entries, Line }
})`, texts, &want)
			wrong := 0
			for i, text := range texts {
				y := ReadYarn([]byte(text), Options{})
				got := answer{Entries: map[string]entry{}}
				for _, e := range y.Entries {
					for _, k := range e.Keys {
						at := y.At(k)
						got.Entries[k] = entry{at.Version, at.Resolved, at.Integrity}
					}
				}
				if y.Err != nil {
					got.Line = y.Err.Line
				}
				if want[i].Line == -1 {
					want[i].Line = got.Line // npm fell over a block outside of an entry
				}
				if !reflect.DeepEqual(got, want[i]) {
					if wrong++; wrong < 6 {
						t.Errorf("%s\n got %+v\nwant %+v", text, got, want[i])
					}
				}
			}
			t.Logf("%d files, %d read otherwise", len(texts), wrong)
		})
	}
}

func FuzzYarn(f *testing.F) {
	f.Add(yarnText)
	f.Fuzz(func(t *testing.T, text string) {
		y := ReadYarn([]byte(text), Options{})
		for _, e := range y.Entries {
			for _, k := range e.Keys {
				y.Instead(spec.Spec{Raw: k}, spec.Place{})
			}
		}
	})
}

func TestYarnTooLarge(t *testing.T) {
	text := strings.Repeat("a@1:\n  version \"1\"\n", maxYarn/20)
	if y := ReadYarn([]byte(text), Options{}); y.Err != nil {
		t.Errorf("got %v", y.Err)
	}
	if y := ReadYarn([]byte(text+text), Options{}); y.Err == nil {
		t.Error("a file that is too large was read")
	}
}
