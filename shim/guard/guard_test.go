package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
)

func TestOnlyThisNpm(t *testing.T) {
	h := build(t, plan{admit: everything})
	root := "http://" + h.host + "/"
	for name, c := range map[string]struct {
		url  string
		head []string
		want int
	}{
		"secret path":   {h.URL() + "plain", nil, 200},
		"token":         {root + "plain", []string{"Authorization", "Bearer " + h.secret}, 200},
		"nothing":       {root + "plain", nil, 403},
		"wrong secret":  {root + "gpq-" + strings.Repeat("a", 26) + "/plain", nil, 403},
		"prefix":        {root + h.secret[:20] + "/plain", nil, 403},
		"wrong token":   {root + "plain", []string{"Authorization", "Bearer x"}, 403},
		"empty token":   {root + "plain", []string{"Authorization", "Bearer "}, 403},
		"secret inside": {root + "x/" + h.secret + "/plain", nil, 403},
	} {
		if res, body := ask(t, "GET", c.url, c.head...); res.StatusCode != c.want {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", h.URL()+"plain", nil)
	req.Host = "evil.example:80"
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != 403 {
		t.Errorf("another Host: %v %v", res, err)
	}
}

func TestTarballs(t *testing.T) {
	h := build(t, plan{clear: func(s *registrytest.Server) list {
		bare := artefact(s, "side", "1.0.0")
		bare.Integrity = ""
		return list{artefact(s, "plain", "1.1.0"), artefact(s, "@scope/tool", "1.1.0"), bare}
	}})
	true1, integrity, _ := h.fake.Tarball("plain", "1.1.0")
	for name, c := range map[string]struct {
		path, wanted string
		status       int
	}{
		"cleared":                      {"plain/-/plain-1.1.0.tgz", "", 200},
		"cleared, as npm expects":      {"plain/-/plain-1.1.0.tgz", integrity, 200},
		"npm expects weaker digest":    {"plain/-/plain-1.1.0.tgz", "sha1-xxxx", 200},
		"npm expects other content":    {"plain/-/plain-1.1.0.tgz", "sha512-xxxx", 403},
		"scoped":                       {"@scope/tool/-/tool-1.1.0.tgz", "", 200},
		"scoped, escaped":              {"@scope%2ftool/-/tool-1.1.0.tgz", "", 200},
		"other version":                {"plain/-/plain-1.0.0.tgz", "", 403},
		"cleared without integrity":    {"side/-/side-1.0.0.tgz", "", 403},
		"unknown":                      {"nobody/-/nobody-1.0.0.tgz", "", 403},
		"not a path of that packument": {"plain/-/plain-1.1.0.tgz/x.tgz", "", 403},
	} {
		res, body := ask(t, "GET", h.URL()+c.path, "Pacote-Req-Type", "tarball", "Pacote-Integrity", c.wanted)
		if res.StatusCode != c.status {
			t.Errorf("%s: %d %.80s", name, res.StatusCode, body)
		}
		if c.status == 403 && !strings.HasPrefix(string(body), `{"error":"gpq: `) {
			t.Errorf("%s: %s", name, body)
		}
		if strings.HasPrefix(name, "cleared,") && !bytes.Equal(body, true1) {
			t.Errorf("%s: other bytes", name)
		}
	}
	if len(h.no) != 5 {
		t.Errorf("told of %d refusals: %+v", len(h.no), h.no)
	}
}

// A registry that gives other bytes than were cleared must not reach npm.
func TestTamperedTarball(t *testing.T) {
	h := build(t, plan{clear: func(s *registrytest.Server) list { return list{artefact(s, "plain", "1.1.0")} }})
	h.fake.Fault(registrytest.Fault{Path: "/plain/-/*", Body: []byte("something else")})
	res, body := ask(t, "GET", h.URL()+"plain/-/plain-1.1.0.tgz")
	if res.StatusCode != 403 || bytes.Contains(body, []byte("something else")) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestAdmit(t *testing.T) {
	var asked []resolver.Package
	h := build(t, plan{admit: func(_ context.Context, p resolver.Package) error {
		asked = append(asked, p)
		if p.Version == "1.0.0" {
			return errors.New("too old")
		}
		return nil
	}})
	want := artefact(h.fake, "plain", "1.1.0")
	for range 2 {
		if res, body := ask(t, "GET", h.URL()+"plain/-/plain-1.1.0.tgz"); res.StatusCode != 200 {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	}
	if len(asked) != 1 || asked[0] != want {
		t.Errorf("asked about %+v", asked)
	}
	res, body := ask(t, "GET", h.URL()+"plain/-/plain-1.0.0.tgz")
	if res.StatusCode != 403 || string(body) != `{"error":"gpq: plain@1.0.0: too old"}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestPackuments(t *testing.T) {
	const npmAsks = registry.TypeAbbreviated + "; q=1.0, application/json; q=0.8, */*"
	for _, fake := range []registrytest.Options{{}, {FullOnly: true}, {AlsoShort: []string{"license", "libc", "keywords"}}} {
		h := build(t, plan{fake: fake})
		for _, name := range []string{"plain", "@scope/tool", "native", "platform-elsewhere", "plugin", "carrier", "forsaken"} {
			for _, accept := range []string{npmAsks, "application/json"} {
				path := strings.ReplaceAll(name, "/", "%2f")
				there, want := ask(t, "GET", h.fake.URL+path, "Accept", accept)
				here, got := ask(t, "GET", h.URL()+path, "Accept", accept)
				if a, b := there.Header.Get("Content-Type"), here.Header.Get("Content-Type"); a != b {
					t.Errorf("%s: content type %s, want %s", name, b, a)
				}
				if same(t, want, got); here.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s may be cached", name)
				}
			}
		}
	}
}

// same compares two JSON documents by value.
func same(t *testing.T, want, got []byte) {
	t.Helper()
	var a, b any
	if json.Unmarshal(want, &a) != nil || json.Unmarshal(got, &b) != nil {
		t.Fatalf("no JSON: %s\n%s", want, got)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("documents differ (-want +got):\n%.2000s", diff)
	}
}

func TestUnavailable(t *testing.T) {
	h := build(t, plan{})
	h.fake.Fault(registrytest.Fault{Path: "/twice", Status: 401})
	for path, want := range map[string]int{"absent": 404, "twice": 424, "a/b": 403, "-x": 403, "@a": 403} {
		if res, body := ask(t, "GET", h.URL()+path, "Pacote-Req-Type", "packument"); res.StatusCode != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

func TestForward(t *testing.T) {
	h := build(t, plan{fake: registrytest.Options{Token: "theirs"}})
	for name, c := range map[string]struct {
		method, path string
		want         int
	}{
		"keys":       {"GET", "-/npm/v1/keys", 200},
		"advisories": {"POST", "-/npm/v1/security/advisories/bulk", 200},
		"publish":    {"PUT", "plain", 403},
		"login":      {"PUT", "-/user/org.couchdb.user:x", 403},
		"post":       {"POST", "-/npm/v1/tokens", 403},
		"delete":     {"DELETE", "-/npm/v1/tokens/token/x", 403},
	} {
		res, body := ask(t, c.method, h.URL()+c.path, "Authorization", "Bearer "+h.secret, "Content-Type", "application/json")
		if res.StatusCode != c.want {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
	for _, r := range h.fake.Log() {
		if got := r.Header.Get("Authorization"); got != "Bearer theirs" {
			t.Errorf("%s %s was sent with %q", r.Method, r.Path, got)
		}
		if strings.Contains(r.Path, h.secret) {
			t.Errorf("%s gives the secret away", r.Path)
		}
	}
}

func TestZeroOptionsRefuse(t *testing.T) {
	if g, err := Start(t.Context(), Options{}); err == nil {
		_ = g.Close()
		t.Error("started without a clearance")
	}
}

// liar lists what it does not permit.
type liar struct{ list }

func (liar) Permits(resolver.Package) bool { return false }

// careless opens whatever it is asked for.
type careless struct{}

func (careless) Open(context.Context, resolver.Package) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("anything")), nil
}

// Nothing passes by being listed, and nothing without an integrity.
func TestListedIsNotPermitted(t *testing.T) {
	h := build(t, plan{})
	sound := artefact(h.fake, "plain", "1.1.0")
	bare := sound
	bare.Integrity = ""
	for name, c := range map[string]Clearance{"not permitted": liar{list{sound}}, "no integrity": list{bare}} {
		g, err := Start(t.Context(), Options{Clear: c, Source: h.client, Tarballs: careless{}})
		if err != nil {
			t.Fatal(err)
		}
		if res, body := ask(t, "GET", g.URL()+"plain/-/plain-1.1.0.tgz"); res.StatusCode != 403 {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
		_ = g.Close()
	}
	if _, err := (Downloads{h.client}).Open(t.Context(), bare); err == nil {
		t.Error("a tarball without integrity was opened")
	}
}

// The guard's own token goes to no registry.
func TestForwardWithoutCredentials(t *testing.T) {
	h := build(t, plan{})
	ask(t, "GET", h.URL()+"-/ping", "Authorization", "Bearer "+h.secret, "Cookie", "a=b")
	for _, r := range h.fake.Log("/-/ping") {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Errorf("sent on: %v", r.Header)
		}
	}
	if len(h.fake.Log("/-/ping")) != 1 {
		t.Error("was not passed on")
	}
}

// What a registry's words do to a terminal, they do not do through the guard.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"a «b» ä 包": "a «b» ä 包", "\x1b[31m": `\x1b[31m`, "a\u202eb\u200b\ufeff": `a\u202eb\u200b\ufeff`, "\n\u009b": `\n\u009b`, "\xff": `\ufffd`,
		strings.Repeat("x", 3000): strings.Repeat("x", 2000) + "…",
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	h := build(t, plan{})
	res, body := ask(t, http.MethodPut, h.URL()+"a%1b%e2%80%ae")
	if res.StatusCode != http.StatusForbidden || strings.ContainsAny(string(body), "\x1b\u202e") {
		t.Errorf("%d %q", res.StatusCode, body)
	}
}
