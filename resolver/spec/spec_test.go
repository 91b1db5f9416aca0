package spec

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	at := Place{Dir: "/w/project", Home: "/home/someone"}
	for _, c := range []struct {
		arg   string
		kind  Kind
		name  string
		value string // Range of registry kinds, Where of the others
	}{
		{"express", Range, "express", "*"},
		{"express@", Range, "express", "*"},
		{"express@5.1.0", Version, "express", "5.1.0"},
		{"express@ v5.1.0 ", Version, "express", "v5.1.0"},
		{"express@^5", Range, "express", "^5"},
		{"express@next", Tag, "express", "next"},
		{"@types/node@20", Range, "@types/node", "20"},
		{"@types/node", Range, "@types/node", "*"},
		{"npm/cli", Git, "", ""},
		{"cli@npm/cli#v1", Git, "cli", ""},
		{"git@github.com:npm/cli.git", Git, "", "ssh://git@github.com/npm/cli.git"},
		{"git+ssh://git@host.example:a/b.git#x", Git, "", "git@host.example:a/b.git"},
		{"git+https://host.example/a.git#x", Git, "", "https://host.example/a.git"},
		{"https://github.com/npm/cli", Git, "", "https://github.com/npm/cli.git"},
		{"https://host.example/a.tgz", Remote, "", "https://host.example/a.tgz"},
		{"a@https://host.example/a.tgz", Remote, "a", "https://host.example/a.tgz"},
		{"./a", Directory, "", "/w/project/a"},
		{"../a.tgz", File, "", "/w/a.tgz"},
		{"a@file:../a", Directory, "a", "/w/a"},
		{"~/a.tar.gz", File, "", "/home/someone/a.tar.gz"},
		{"/a/../b", Directory, "", "/b"},
		{"a.tgz", File, "", "/w/project/a.tgz"},
		{"a/b/c", Directory, "", "/w/project/a/b/c"},
	} {
		s := Parse(c.arg, at)
		value := s.Where
		if s.Registry() {
			value = s.Range
		}
		if s.Kind != c.kind || s.Name != c.name || value != c.value || s.Raw != c.arg || s.Err != "" {
			t.Errorf("%q: got %+v, want %v %q %q", c.arg, s, c.kind, c.name, c.value)
		}
	}
}

func TestOpaque(t *testing.T) {
	for _, arg := range []string{
		"", "^1", "a@b c", "_private", "a@npm:b@npm:c", "a@npm:./b", "a@npm:^1", "workspace:*", "a@workspace:*", "a@link:../x",
		"a@catalog:", "javascript:alert(1)", "https://", "https://constructor/a/b", "git+exec://x/y", "a@\u202e1", "@a/.b@1",
		"a/b#v1::v2", "git://h.example/a#semver:%zz", "./a\x00b", "a@" + strings.Repeat("1 ", 1<<14), "node_modules", "https://[::1/a", "git://a:b/c",
	} {
		s := Parse(arg, Place{Dir: "/w"})
		if s.Kind != Opaque || s.Err == "" || s.Where != "" || s.Range != "" || s.Sub != nil || s.Repo != nil {
			t.Errorf("%.60q: got %+v", arg, s)
		}
	}
	if (Spec{}).Kind != Opaque || (Spec{}).Registry() {
		t.Error("the zero spec is something")
	}
}

func TestAlias(t *testing.T) {
	s := Resolve("here", "npm:@scope/there@^2", Place{})
	if s.Kind != Alias || s.Name != "here" || s.Sub == nil || !s.Registry() {
		t.Fatalf("got %+v", s)
	}
	if to := s.Target(); to.Kind != Range || to.Name != "@scope/there" || to.Range != "^2" {
		t.Errorf("got %+v", to)
	}
	plain := Resolve("here", "^2", Place{})
	if plain.Target().Name != "here" {
		t.Errorf("got %+v", plain.Target())
	}
}

func TestRepo(t *testing.T) {
	s := Parse("gitlab:group/sub/project#semver:%5E1.2::path:pkg/a", Place{})
	want := Repo{Range: "^1.2", Subdir: "/pkg/a", Host: s.Repo.Host}
	if s.Kind != Git || *s.Repo != want || s.Repo.Host.User != "group/sub" || s.Repo.Host.Project != "project" {
		t.Fatalf("got %+v %+v", s, s.Repo)
	}
	h := Parse("https://user:secret@github.com/a/b.git#dev", Place{}).Repo.Host
	for _, c := range []struct{ got, want string }{
		{h.SSH(false), "git@github.com:a/b.git"},
		{h.SSHURL(true), "git+ssh://git@github.com/a/b.git#dev"},
		{h.HTTPS(false), "git+https://user:secret@github.com/a/b.git"},
		{h.Shortcut(true), "github:a/b#dev"},
		{h.Tarball("dev/x"), "https://codeload.github.com/a/b/tar.gz/dev%2Fx"},
		{h.Tarball(""), "https://codeload.github.com/a/b/tar.gz/HEAD"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestBefore11(t *testing.T) {
	if s := Parse("-x@1", Place{NPM: 10}); s.Kind != Range {
		t.Errorf("npm 10: got %+v", s)
	}
	if s := Parse("-x@1", Place{NPM: 11}); s.Kind != Opaque {
		t.Errorf("npm 11: got %+v", s)
	}
	if s := Resolve("a", "1.x.3", Place{NPM: 10}); s.Kind != Range {
		t.Errorf("npm 10: got %+v", s)
	}
	if s := Resolve("a", "1.x.3", Place{}); s.Kind != Tag {
		t.Errorf("npm 11: got %+v", s)
	}
}

func TestNoFolder(t *testing.T) {
	if s := Resolve("a", "file:../b", Place{}); s.Kind != Directory || s.Where != "" {
		t.Errorf("a relative path without a folder: got %+v", s)
	}
	if s := Resolve("a", "file:/b", Place{}); s.Kind != Directory || s.Where != "/b" {
		t.Errorf("got %+v", s)
	}
}

func TestScope(t *testing.T) {
	for name, want := range map[string]string{"@a/b": "@a", "a": "", "@a": "", "": ""} {
		if got := Scope(name); got != want {
			t.Errorf("%q: got %q", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a@npm:b@1", "git@h.x:a/b#semver:1::path:x", "https://[::1]:80/a?b#c", "file:c:/../~", "github:a/b", "@s/n@^1"} {
		f.Add(s, "name")
	}
	f.Fuzz(func(t *testing.T, arg, name string) {
		at := Place{Dir: "/w/p", Home: "/h"}
		for _, s := range []Spec{Parse(arg, at), Resolve(name, arg, at), Parse(arg, Place{NPM: 10})} {
			check(t, s)
		}
	})
}

// check holds what must be true of every spec.
func check(t *testing.T, s Spec) {
	t.Helper()
	switch {
	case s.Kind == Opaque && s.Err == "", s.Kind != Opaque && s.Err != "":
		t.Fatalf("opaque without a reason, or the other way: %+v", s)
	case s.Registry() && s.Kind != Alias && NameError(s.Target().Name) != "" && s.Name[0] != '-':
		t.Fatalf("a bad name: %+v", s)
	case s.Kind == Alias && (s.Sub == nil || s.Sub.Name == "" || s.Sub.Kind == Alias || !s.Sub.Registry()):
		t.Fatalf("a bad alias: %+v", s)
	case (s.Kind == Directory || s.Kind == File) && s.Where != "" && s.Where[0] != '/':
		t.Fatalf("a path that is not absolute: %+v", s)
	case s.Kind == Git && s.Repo == nil, s.Kind == Remote && s.Where == "":
		t.Fatalf("nowhere: %+v", s)
	}
	if s.Kind == Git && s.Repo.Host != nil {
		h := s.Repo.Host
		_, _, _, _ = h.SSH(true), h.HTTPS(true), h.Shortcut(true), h.Tarball("")
	}
}
