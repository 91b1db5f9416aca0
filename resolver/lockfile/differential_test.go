package lockfile

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/semver/nodetest"
)

// loaded is one entry as npm or we have it.
type loaded struct {
	Name, Version, Resolved, Integrity string            `json:",omitempty"`
	Link, Dev, Optional, InBundle      bool              `json:",omitempty"`
	Deps, OptDeps, DevDeps             map[string]string `json:",omitempty"`
}

const askNode = `
const S = need('@npmcli/arborist/lib/shrinkwrap.js')
const out = []
for (const dir of input) {
  const s = await S.load({ path: dir })
  const r = {}
  for (const [loc, m] of Object.entries(s.data.packages)) {
    if (!loc) continue
    r[loc] = { Name: m.name, Version: m.version, Resolved: m.resolved, Integrity: m.integrity, Link: m.link, Dev: m.dev,
      Optional: m.optional, InBundle: m.inBundle, Deps: m.dependencies, OptDeps: m.optionalDependencies, DevDeps: m.devDependencies }
  }
  out.push(s.loadingError ? null : r)
}
return out`

func ours(t *testing.T, dir string, major int) map[string]loaded {
	t.Helper()
	l, err := Load(func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) }, Options{Dir: dir, NPM: major})
	if err != nil {
		return nil
	}
	out := map[string]loaded{}
	for _, e := range l.Entries {
		name := e.Name
		if name == e.Folder {
			name = ""
		}
		out[e.Path] = loaded{Name: name, Version: e.Version, Resolved: e.Resolved, Integrity: e.Integrity, Link: e.Link, Dev: e.Dev,
			Optional: e.Optional, InBundle: e.InBundle, Deps: mapOf(e.Dependencies), OptDeps: mapOf(e.OptionalDependencies), DevDeps: mapOf(e.DevDependencies)}
	}
	return out
}

func mapOf(d registry.Deps) map[string]string {
	if len(d) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, e := range d {
		m[e.Name] = e.Value
	}
	return m
}

// old makes a version 1 lockfile with everything its «version» may hold.
func old(rnd *rand.Rand, depth int) map[string]any {
	pick := func(of ...string) string { return of[rnd.Intn(len(of))] }
	deps := map[string]any{}
	for range 1 + rnd.Intn(4) {
		name := pick("a", "b", "c", "@s/d", "e")
		d := map[string]any{}
		d["version"] = pick("1.0.0", "2.1.0-a", "git+https://github.com/u/r.git#abc", "github:u/r#abc", "git+ssh://git@host.example/u/r.git#abc",
			"https://u:p@github.com/u/r.git#x", "https://host.example/x/-/x-1.2.3.tgz", "https://r.example/@s/y/-/y-2.0.0.tgz", "file:../out", "file:in/dir", "file:x-1.0.0.tgz",
			"npm:other@3.0.0", "^1.0.0", "nonsense!", "git+https://host.example/u/r.git")
		if rnd.Intn(3) > 0 {
			d["integrity"] = "sha512-AAAA"
		}
		if rnd.Intn(2) == 0 {
			d["resolved"] = pick("https://registry.npmjs.org/a/-/a-1.0.0.tgz", "https://host.example/a.tgz", "file:a-1.0.0.tgz")
		}
		if rnd.Intn(5) == 0 {
			d["from"] = pick("a@^1", "git+https://github.com/u/r.git", "file:in/dir", "^1.0.0", "u/r")
		}
		for _, flag := range []string{"dev", "optional", "bundled"} {
			if rnd.Intn(4) == 0 {
				d[flag] = true
			}
		}
		if rnd.Intn(2) == 0 {
			d["requires"] = map[string]any{pick("a", "b", "c"): "^1.0.0", "e": "1"}
		}
		if depth > 0 && rnd.Intn(3) == 0 {
			d["dependencies"] = old(rnd, depth-1)
		}
		deps[name] = d
	}
	return deps
}

func TestAgainstNPM(t *testing.T) {
	rnd := rand.New(rand.NewSource(20261121))
	var dirs []string
	base := t.TempDir()
	for i := range 400 {
		lock := map[string]any{"name": "project", "version": "1.0.0", "lockfileVersion": 1, "requires": true, "dependencies": old(rnd, 3)}
		dir := filepath.Join(base, fmt.Sprint(i))
		b, _ := json.Marshal(lock)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, PackageLock), b, 0o644); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []map[string]loaded
			npm.Run(t, askNode, dirs, &want)
			major, _ := strconv.Atoi(npm.Major())
			entries, wrong := 0, 0
			for i, dir := range dirs {
				got := ours(t, dir, major)
				entries += len(want[i])
				if reflect.DeepEqual(got, want[i]) {
					continue
				}
				if wrong++; wrong > 6 {
					continue
				}
				for _, p := range keysOf(got, want[i]) {
					if !reflect.DeepEqual(got[p], want[i][p]) {
						t.Errorf("%s %s:\n got %+v\nwant %+v", dir, p, got[p], want[i][p])
					}
				}
			}
			t.Logf("%d lockfiles with %d entries, %d read otherwise", len(dirs), entries, wrong)
		})
	}
}

func keysOf(a, b map[string]loaded) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	return out
}
