package lockfile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

const modern = `{
  "name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
  "packages": {
    "": {"name": "project", "dependencies": {"a": "^1"}, "workspaces": ["packages/*"]},
    "node_modules/a": {
      "version": "1.2.3", "resolved": "https://r.example/a/-/a-1.2.3.tgz", "integrity": "sha512-AA==",
      "dependencies": {"b": "1"}, "peerDependencies": {"c": "*"}, "peerDependenciesMeta": {"c": {"optional": true}},
      "engines": {"node": ">=18"}, "os": ["linux", "!win32"], "cpu": "x64", "libc": ["glibc"], "bin": {"a": "cli.js"},
      "hasInstallScript": true, "license": "MIT", "deprecated": "no more", "devOptional": true
    },
    "node_modules/alias": {"name": "@s/true", "version": "2.0.0", "bin": "x.js", "inBundle": true, "bundleDependencies": ["z"]},
    "node_modules/@s/kid": {"version": "3.0.0", "resolved": "https://r.example/k.tgz"},
    "node_modules/own": {"resolved": "packages/own", "link": true},
    "node_modules/sibling": {"resolved": "../sibling", "link": true},
    "../sibling": {"version": "0.0.1"},
    "packages/own": {"version": "1.0.0", "dev": true},
    "node_modules/a/node_modules/b": {"version": "1.0.0", "optional": true}
  }
}`

func read(t *testing.T, text string) *Lock {
	t.Helper()
	l, err := Read(PackageLock, []byte(text), Options{Dir: "/w/project"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestModern(t *testing.T) {
	l := read(t, modern)
	if l.Version != 3 || l.Ancient || l.Root == nil || l.Root.Name != "project" || len(l.Root.Workspaces) != 1 || len(l.Entries) != 8 || len(l.Notes) != 0 {
		t.Fatalf("got %+v", l)
	}
	a := l.At("node_modules/a")
	if a.Name != "a" || a.Version != "1.2.3" || a.Line != 5 || !a.HasIntegrity || !a.HasInstallScript || a.License != "MIT" || a.Deprecated != "no more" ||
		len(a.PeerOptional) != 1 || len(a.OS) != 2 || a.CPU[0] != "x64" || !a.DevOptional || a.Fault != "" {
		t.Errorf("got %+v", a)
	}
	alias := l.At("node_modules/alias")
	if alias.Name != "@s/true" || alias.Folder != "alias" || alias.Bin[0].Name != "true" || !alias.InBundle || alias.HasResolved {
		t.Errorf("got %+v", alias)
	}
	if k := l.At("node_modules/@s/kid"); k.Name != "@s/kid" || k.HasIntegrity {
		t.Errorf("got %+v", k)
	}
	if s := l.At("node_modules/sibling"); s.Target != "../sibling" || !s.Outside || s.Fault != "" || !l.At("../sibling").Outside {
		t.Errorf("got %+v", s)
	}
	if o := l.At("node_modules/own"); o.Target != "packages/own" || o.Outside || o.Fault != "" {
		t.Errorf("got %+v", o)
	}
	if b := l.Find("node_modules/a", "b"); b == nil || b.Path != "node_modules/a/node_modules/b" {
		t.Errorf("got %+v", b)
	}
	if l.Find("node_modules/@s/kid", "b") != nil || l.Find("node_modules/@s/kid", "a") == nil {
		t.Error("looked up otherwise than node does")
	}
}

func TestHostilePaths(t *testing.T) {
	for _, p := range []string{
		"/etc/passwd", "C:/x", "node_modules/../../x", "node_modules/..", "node_modules/a/../b", "./node_modules/a", "node_modules//a", `node_modules\\a`,
		"node_modules", "node_modules/a/node_modules", "node_modules/.bin", "node_modules/__proto__", "__proto__/node_modules/__proto__", "node_modules/a/b",
		"node_modules/@s", "node_modules/a\\u0000b", "node_modules/a ", ".", "node_modules/node_modules", "node_modules/.store/../node_modules/a", "node_modules/a/",
	} {
		l := read(t, `{"lockfileVersion": 3, "packages": {"`+p+`": {"version": "1.0.0"}}}`)
		if len(l.Entries) != 1 || l.Entries[0].Fault == "" {
			t.Errorf("%s: got %+v", p, l.Entries)
		}
	}
	for _, p := range []string{"node_modules/a", "node_modules/@s/a", "packages/a", "../a", "../../a/node_modules/b", "packages/a/node_modules/@s/b", "node_modules/.store/a@1.0.0-x/node_modules/a"} {
		l := read(t, `{"lockfileVersion": 3, "packages": {"`+p+`": {"version": "1.0.0"}}}`)
		if l.Entries[0].Fault != "" {
			t.Errorf("%s: got %+v", p, l.Entries[0])
		}
	}
	l := read(t, `{"lockfileVersion": 1, "requires": true, "dependencies": {"../../x": {"version": "1.0.0", "integrity": "sha512-A"}, "a": {"version": "non sense"}}}`)
	for _, e := range l.Entries {
		if e.Fault == "" {
			t.Errorf("got %+v", e)
		}
	}
}

func TestHostileLinks(t *testing.T) {
	for _, to := range []string{"gone", "node_modules/b", "/etc", "node_modules/a"} {
		l := read(t, `{"lockfileVersion": 3, "packages": {"node_modules/a": {"resolved": "`+to+`", "link": true}, "node_modules/b": {"resolved": "node_modules/a", "link": true}}}`)
		if l.At("node_modules/a").Fault == "" {
			t.Errorf("%s: got %+v", to, l.At("node_modules/a"))
		}
	}
	if l := read(t, `{"lockfileVersion": 3, "packages": {"node_modules/a": {"name": "../x", "version": "1.0.0"}}}`); l.Entries[0].Fault == "" {
		t.Error("a name that climbs")
	}
}

func TestTwice(t *testing.T) {
	l := read(t, `{"lockfileVersion": 3, "packages": {
"node_modules/a": {"version": "1.0.0", "integrity": "sha512-A"},
"node_modules/b": {"version": "1.0.0"},
"node_modules/a": {"version": "6.6.6", "version": "6.6.7"}}}`)
	if len(l.Entries) != 2 || l.Entries[0].Version != "6.6.7" || l.Entries[0].HasIntegrity || len(l.Notes) != 2 {
		t.Fatalf("got %+v", l)
	}
	if n := l.Notes[1]; n.Line != 4 || n.Path != "packages › node_modules/a" || !strings.Contains(n.Text, "twice") {
		t.Errorf("got %+v", l.Notes)
	}
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		text, want string
		conflict   bool
	}{
		{"{\n \"a\": 1,\n}", "package-lock.json:2: ", false},
		{"{\n\"a\": ", "package-lock.json:2: the text ends too early", false},
		{"{} x", "package-lock.json:1: ", false},
		{"null", "package-lock.json:1: no JSON object", false},
		{"{\"packages\": 5}", "package-lock.json:1: packages is no object", false},
		{"{\n<<<<<<< HEAD\n\"a\": 1,\n=======\n\"a\": 2\n>>>>>>> x\n}", "package-lock.json:2: git merge conflict", true},
	} {
		_, err := Read(PackageLock, []byte(c.text), Options{})
		var p *ParseError
		if !errors.As(err, &p) || !strings.HasPrefix(err.Error(), c.want) || p.Conflict != c.conflict {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := Read(PackageLock, []byte("{}"), Options{MaxBytes: 1}); err == nil {
		t.Error("a file that is too large was read")
	}
	for text, want := range map[string]string{
		"[0" + strings.Repeat(",0", maxValues) + "]":                         "more than",
		strings.Repeat("[", maxDepth+1):                                      "too deep",
		strings.Repeat(`{"`+strings.Repeat("a", 9<<10)+`":`, maxDepth) + "1": "too deep", // and soon
	} {
		if _, err := Read(PackageLock, []byte(text), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s…: got %v", text, err)
		}
	}
	if l, err := Read(PackageLock, []byte("\ufeff[]"), Options{}); err != nil || len(l.Entries) != 0 {
		t.Errorf("got %v, %v", l, err)
	}
}

func TestNewer(t *testing.T) {
	var v *VersionError
	if _, err := Read(PackageLock, []byte(`{"lockfileVersion": 5}`), Options{NPM: 12}); !errors.As(err, &v) {
		t.Errorf("npm 12: got %v", err)
	}
	if _, err := Read(PackageLock, []byte(`{"lockfileVersion": 5}`), Options{NPM: 11}); err != nil {
		t.Errorf("npm 11: got %v", err)
	}
	l := read(t, `{"lockfileVersion": 4, "packages": {"": {"packageExtensionsHash": "h"}, "node_modules/a": {"version": "1.0.0", "patched": {"path": "x"}}}}`)
	if l.PackageExtensionsHash != "h" || !l.Entries[0].Patched {
		t.Errorf("got %+v", l)
	}
}

func TestWhichFile(t *testing.T) {
	files := map[string]string{Shrinkwrap: `{"lockfileVersion": 2}`, PackageLock: `{"lockfileVersion": 3}`}
	load := func(npm int) *Lock {
		l, err := Load(func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}, Options{NPM: npm})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	if l := load(11); l.File != Shrinkwrap {
		t.Errorf("npm 11: got %s", l.File)
	}
	if l := load(12); l.File != PackageLock || len(l.Notes) != 1 {
		t.Errorf("npm 12: got %+v", l)
	}
	files[Shrinkwrap] = ""
	if l := load(10); l.File != PackageLock {
		t.Errorf("an empty shrinkwrap: got %s", l.File)
	}
	clear(files)
	if l := load(10); l != nil || l.At("x") != nil {
		t.Errorf("got %+v", l)
	}
	if _, err := Load(func(string) ([]byte, error) { return nil, fs.ErrPermission }, Options{NPM: 11}); err == nil {
		t.Error("a file that cannot be read was taken for none")
	}
}

func TestVersionFromTarball(t *testing.T) {
	for _, c := range [][4]string{
		{"x", "https://r.example/a/-/a-1.0.0.tgz", "a", "1.0.0"},
		{"x", "https://r.example/m/@s/a/-/a-1.0.0-b.tgz", "@s/a", "1.0.0-b"},
		{"x", "https://r.example/@s%2fa/-/a-1.0.0.tgz", "@s/a", "1.0.0"},
		{"x", "https://r.example/x-2.0.0.tgz", "x", "2.0.0"},
		{"@s/x", "/w/x-2.0.0.tgz", "@s/x", "2.0.0"},
		{"x", "/w/x-2.0.tgz", "", ""},
		{"x", "/w/x-2.0.0.tar.gz", "", ""},
		{"", "", "", ""},
	} {
		if name, version := VersionFromTarball(c[0], c[1]); name != c[2] || version != c[3] {
			t.Errorf("%v: got %s %s", c, name, version)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(modern, 11)
	f.Add(`{"requires": true, "dependencies": {"a": {"version": "file:../x", "requires": {"b": "1"}, "dependencies": {"b": {"version": "npm:c@1"}}}}}`, 12)
	f.Fuzz(func(t *testing.T, text string, npm int) {
		l, err := Read(PackageLock, []byte(text), Options{Dir: "/w/p", NPM: npm})
		if err != nil {
			return
		}
		for i := range l.Entries {
			e := &l.Entries[i]
			if l.At(e.Path) != e || e.Path == "" && !e.Link && e.Fault == "" {
				t.Fatalf("an entry that cannot be found: %+v", e)
			}
			if e.Fault == "" && (strings.HasPrefix(e.Path, "/") || strings.Contains(e.Path, "/../")) && !strings.HasPrefix(e.Path, "../") {
				t.Fatalf("a path that climbs: %+v", e)
			}
		}
	})
}
