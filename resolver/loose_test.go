package resolver

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver/registry"
)

// TestPlaces: what a lockfile gives no place for is where the registry has it;
// a digest that the lockfile has stays, and what only lies on the disk has none.
func TestPlaces(t *testing.T) {
	s := shelve("a@1.0.0", "b@1.0.0", "c@1.0.0")
	for name, c := range map[string]struct {
		files map[string]string
		want  map[string]string // name → tarball and integrity
	}{
		"no places": {map[string]string{"package.json": `{"dependencies":{"a":"1","z":"npm:b@1","c":"1"}}`,
			"package-lock.json": `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1","z":"npm:b@1","c":"1"}},
			"node_modules/a":{"version":"1.0.0","integrity":"sha512-mine"},"node_modules/z":{"name":"b","version":"1.0.0"},
			"node_modules/c":{"version":"1.0.0","resolved":"https://elsewhere.test/c.tgz"}}}`},
			map[string]string{"a": "https://r.test/a/-/a-1.0.0.tgz sha512-mine", "b": "https://r.test/b/-/b-1.0.0.tgz sha512-b1.0.0", "c": "https://elsewhere.test/c.tgz "}},
		"a version that the registry does not have": {map[string]string{"package.json": `{"dependencies":{"a":"9"}}`,
			"package-lock.json": `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"9"}},"node_modules/a":{"version":"9.0.0","integrity":"sha512-x"}}}`},
			map[string]string{"a": " sha512-x"}},
		"what lies there": {map[string]string{"package.json": `{"dependencies":{"a":"1"}}`, "node_modules/a/package.json": `{"name":"a","version":"1.0.0"}`},
			map[string]string{"a": " "}},
	} {
		plan, err := New(Settings{Source: s}).Resolve(context.Background(), request(project(t, c.files)))
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range plan.Items {
			if got := it.Tarball + " " + string(it.Integrity); got != c.want[it.Name] {
				t.Errorf("%s: %s: got %q, want %q", name, it.Name, got, c.want[it.Name])
			}
		}
		if len(plan.Items) != len(c.want) {
			t.Errorf("%s: %d items", name, len(plan.Items))
		}
	}
}

// looseShelf is a registry beside which there are tarballs.
type looseShelf struct {
	*shelf
	opened map[string]int
	holds  map[string]string // package.json by place
}

func (s looseShelf) look(place string) (*registry.Loose, error) {
	s.opened[place]++
	text, ok := s.holds[place]
	if !ok {
		return nil, errors.New("not there")
	}
	c := &registry.Contents{Files: 1}
	if text != "" {
		c.PackageJSON = []byte(text)
	}
	return &registry.Loose{Integrity: "sha512-of " + filepath.Base(place), Contents: c}, nil
}

func (s looseShelf) Contents(context.Context, string, string) (*registry.Contents, error) {
	return nil, errors.New("not there")
}
func (s looseShelf) Local(_ context.Context, file string) (*registry.Loose, error) {
	return s.look("file:" + filepath.Base(file))
}
func (s looseShelf) LocalContents(context.Context, string, string) (*registry.Contents, error) {
	return nil, errors.New("not there")
}
func (s looseShelf) Remote(_ context.Context, address string) (*registry.Loose, error) {
	return s.look(address)
}

// TestLoose: what a tarball says of itself is believed as far as npm believes
// it, and each is opened once.
func TestLoose(t *testing.T) {
	s := looseShelf{shelve("a@1.0.0", "n@1.0.0 hid@https://e.test/hid.tgz"), map[string]int{}, map[string]string{
		"file:ok.tgz":            `{"name":"ok","version":"1.0.0","_resolved":"https://lie.test/x.tgz","_integrity":"sha512-lie","_hasShrinkwrap":true,"dependencies":{"a":"1","in":"file:in.tgz"}}`,
		"file:in.tgz":            `{"name":"in","version":"2.0.0"}`,
		"file:empty.tgz":         "",
		"file:broken.tgz":        "{",
		"file:nobody.tgz":        `{"version":"1.0.0"}`,
		"https://e.test/hid.tgz": `{"name":"hid","version":"3.0.0","dependencies":{"a":"*"}}`,
	}}
	dir := project(t, map[string]string{"package.json": `{"dependencies":{"ok":"file:ok.tgz","twin":"file:ok.tgz","empty":"file:empty.tgz","broken":"file:broken.tgz",
		"gone":"file:gone.tgz","nobody":"file:nobody.tgz","n":"1"}}`})
	q := request(dir)
	plan, err := New(Settings{Source: s}).Resolve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, it := range plan.Items {
		got[it.Name] = it.Version + " " + it.Registry + " " + it.Tarball + " " + string(it.Integrity) + " " + strings.Join(it.Places, ",")
		if file, local := q.LocalFile(it.Package); local != (it.Tarball[:5] == "file:") || local && file != filepath.Join(dir, it.Tarball[5:]) {
			t.Errorf("%s lies at %q, %v", it.Name, file, local)
		}
	}
	for name, want := range map[string]string{
		"ok":     "1.0.0  file:ok.tgz sha512-of file:ok.tgz node_modules/ok,node_modules/twin",
		"in":     "2.0.0  file:in.tgz sha512-of file:in.tgz node_modules/in",
		"hid":    "3.0.0  https://e.test/hid.tgz sha512-of hid.tgz node_modules/hid",
		"nobody": "1.0.0  file:nobody.tgz sha512-of file:nobody.tgz node_modules/nobody",
		"a":      "1.0.0 https://r.test/ https://r.test/a/-/a-1.0.0.tgz sha512-a1.0.0 node_modules/a",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	open := map[string]bool{}
	for _, u := range plan.Unresolved {
		open[u.Name] = true
	}
	for _, name := range []string{"empty", "broken", "gone"} {
		if !open[name] || got[name] != "" {
			t.Errorf("%s is not left open: %v", name, plan.Unresolved)
		}
	}
	for place, n := range s.opened {
		if n != 1 {
			t.Errorf("%s was opened %d times", place, n)
		}
	}
}

// TestLocalFile: only what is from no registry and from a file is one.
func TestLocalFile(t *testing.T) {
	q := Request{Dir: "/p"}
	for p, want := range map[Package]string{
		{Tarball: "file:x.tgz"}:           "/p/x.tgz",
		{Tarball: "file:../x.tgz"}:        "/x.tgz",
		{Tarball: "file:/y/x.tgz"}:        "/y/x.tgz",
		{Tarball: "file:"}:                "",
		{Tarball: "https://x.test/x.tgz"}: "",
		{}:                                "",
		{Tarball: "file:x.tgz", Registry: "https://"}: "",
	} {
		if got, ok := q.LocalFile(p); got != want || ok != (want != "") {
			t.Errorf("%+v: %q, %v", p, got, ok)
		}
	}
}
