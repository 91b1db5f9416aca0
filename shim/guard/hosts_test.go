package guard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// documents are packuments by name; one without versions cannot be had.
type documents map[string]*registry.Packument

func (d documents) Packument(_ context.Context, name string) (*registry.Packument, error) {
	if p := d[name]; p != nil {
		return p, nil
	}
	return nil, errors.New("out of reach")
}

func (d documents) Raw(context.Context, string) (*registry.Raw, error) {
	return nil, errors.New("none")
}

func document(tarballs ...string) *registry.Packument {
	p := &registry.Packument{Versions: map[string]*registry.Manifest{}}
	for i, url := range tarballs {
		p.Versions[string(rune('1'+i))+".0.0"] = &registry.Manifest{Dist: registry.Dist{Tarball: url}}
	}
	return p
}

func TestStray(t *testing.T) {
	source := documents{
		"here": document("https://r.test/here/-/here-1.0.0.tgz", "https://r.test:8443/here/-/here-2.0.0.tgz"),
		"away": document("https://r.test/away/-/away-1.0.0.tgz", "https://evil.test/away/-/away-2.0.0.tgz"),
		"none": document(),
		"nil":  document(""),
	}
	for name, c := range map[string]struct {
		only, ask string
		want      string // "" lets it be served
	}{
		"every host is replaced":       {"", "away", ""},
		"on the one host":              {"r.test", "here", ""},
		"one version is elsewhere":     {"r.test", "away", "away@2.0.0: its tarball is elsewhere"},
		"was checked":                  {"r.test", "checked", ""},
		"no version at all":            {"r.test", "none", ""},
		"a version without a tarball":  {"r.test", "nil", "nil@1.0.0: its tarball is elsewhere"},
		"cannot be told":               {"r.test", "down", "out of reach"},
		"another host is the only one": {"evil.test", "here", "elsewhere"},
	} {
		g := &Guard{opts: Options{Source: source}, only: c.only, names: map[string]bool{"checked": true}}
		err := g.stray(t.Context(), c.ask)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWhichHostIsReplaced(t *testing.T) {
	at := func(reg string, urls ...string) list {
		var l list
		for _, u := range urls {
			l = append(l, resolver.Package{Name: "x", Version: "1.0.0", Registry: reg, Tarball: u, Integrity: "sha512-x"})
		}
		return l
	}
	local := func(p resolver.Package) (string, bool) { return strings.CutPrefix(p.Tarball, "file:") }
	const reg = "https://r.test/"
	mixed := append(at(reg, reg+"a.tgz"), at("", "file:/x.tgz")...)
	byURL := append(mixed, at("", "https://other.test/b.tgz")...)
	for name, c := range map[string]struct {
		clear       list
		files       bool
		local       func(resolver.Package) (string, bool)
		only, start string // start of the address; "" is the bare one
	}{
		"registry alone":                {at(reg, reg+"a.tgz"), false, local, "", "127.0.0.1:"},
		"folders":                       {at(reg, reg+"a.tgz", reg+"b.tgz"), true, local, "r.test", "127.0.0.1:"},
		"folders, two registries":       {at(reg, reg+"a.tgz", "https://s.test/b.tgz"), true, local, "", "127.0.0.1:"},
		"a tarball of this machine":     {mixed, false, local, "", "localhost:"},
		"and one by URL":                {byURL, false, local, "", "localhost:"},
		"folders and a tarball":         {mixed, true, local, "r.test", "127.0.0.1:"},
		"folders and a tarball by URL":  {byURL, true, local, "", "127.0.0.1:"},
		"nobody says where files are":   {mixed, false, nil, "", "127.0.0.1:"},
		"nothing was cleared":           {nil, true, local, "reg.test", "127.0.0.1:"},
		"an address that cannot be one": {at(reg, "::"), true, local, "", "127.0.0.1:"},
	} {
		g, err := Start(t.Context(), Options{Clear: c.clear, Source: documents{}, Tarballs: Downloads{}, Files: c.files, Local: c.local,
			Upstream: Upstream{Registry: func(string) string { return "https://reg.test/npm/" }}})
		if err != nil {
			t.Fatal(err)
		}
		if g.Blocked() != (c.files && c.only == "") {
			t.Errorf("%s: blocked: %v", name, g.Blocked())
		}
		if g.only != c.only || !strings.HasPrefix(g.host, c.start) || strings.Contains(g.URL(), g.secret) != (c.start != "localhost:") {
			t.Errorf("%s: only %q, address %s", name, g.only, g.URL())
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Where npm replaces one host alone, what is served of a package that was
// checked has no address that npm would go to by itself.
func TestNoOtherAddress(t *testing.T) {
	const text = `{"name": "a", "versions": {"1.0.0": {"dist": {"tarball": "https://r.test/a-1.0.0.tgz", "integrity": "x"}},
		"2.0.0": {"dist": {"tarball": "https://evil.test/a-2.0.0.tgz"}}, "3.0.0": {"_resolved": "https://evil.test/a-3.0.0.tgz"},
		"4.0.0": {"dist": {"tarball": "https://evil.test/x", "tarball": "https:\\\\evil.test\\x"}}}, "time": {}}`
	raw := &registry.Raw{Body: []byte(text), Header: http.Header{"Content-Type": {registry.TypeFull}}}
	for _, accept := range []string{registry.TypeFull, registry.TypeAbbreviated} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		g := &Guard{only: "r.test"}
		body, kind, err := g.shaped(r, "a", raw)
		if err != nil || kind != registry.TypeFull || strings.Contains(string(body), "evil") || !strings.Contains(string(body), `"https://r.test/a-1.0.0.tgz"`) {
			t.Errorf("%s: %s, %v: %s", accept, kind, err, body)
		}
		g.only = ""
		if body, _, err := g.shaped(r, "a", raw); err != nil || string(body) != text {
			t.Errorf("where every host is replaced: %v: %s", err, body)
		}
	}
	g := &Guard{only: "r.test"}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/a", nil)
	if _, _, err := g.shaped(r, "a", &registry.Raw{Body: []byte(text + "x"), Header: http.Header{}}); err == nil {
		t.Error("what cannot be read is served")
	}
}

// At the bare name of this machine nobody but the guard answers, and it answers
// those alone who bring the secret.
func TestBareName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.tgz")
	if err := os.WriteFile(file, []byte("not looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := resolver.Package{Name: "x", Version: "1.0.0", Tarball: "file:" + file, Integrity: "sha512-x"}
	g, err := Start(t.Context(), Options{Clear: list{p}, Source: documents{}, Tarballs: Downloads{},
		Local: func(p resolver.Package) (string, bool) { return strings.CutPrefix(p.Tarball, "file:") }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	if len(g.cleared[file]) != 1 {
		t.Errorf("not served by its path: %v", g.cleared)
	}
	_, port, err := net.SplitHostPort(g.host)
	if err != nil || !g.bare {
		t.Fatalf("address %s: %v", g.host, err)
	}
	for _, addr := range []string{"127.0.0.1", "::1"} {
		if l, err := net.Listen("tcp", net.JoinHostPort(addr, port)); err == nil {
			_ = l.Close()
			t.Errorf("somebody else could answer at %s", addr)
		}
	}
	for header, want := range map[string]int{"": http.StatusForbidden, "Bearer " + g.secret: http.StatusFailedDependency, "Bearer x": http.StatusForbidden} {
		if res, body := ask(t, http.MethodGet, g.URL()+"x", "Authorization", header); res.StatusCode != want {
			t.Errorf("with %q: %d %s", header, res.StatusCode, body)
		}
	}
}
