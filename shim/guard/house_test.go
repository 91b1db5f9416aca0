package guard

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
	"gpq/resolver/store"
)

// list clears what stands in it.
type list []resolver.Package

func (l list) Packages() []resolver.Package              { return l }
func (l list) Permits(p resolver.Package) bool           { return slices.Contains(l, p) }
func everything(context.Context, resolver.Package) error { return nil }

// house is a guard between npm and a fake registry.
type house struct {
	*Guard
	fake   *registrytest.Server
	client *registry.Client
	mu     sync.Mutex
	no     []Refusal
}

// plan is what a test says of a house.
type plan struct {
	fake    registrytest.Options
	sources []string // default: testdata/registry
	clear   func(*registrytest.Server) list
	admit   func(context.Context, resolver.Package) error
	scopes  map[string]string
}

// build starts a fake registry, a client of it and a guard before it.
func build(t *testing.T, p plan) *house {
	t.Helper()
	if p.sources == nil {
		p.sources = []string{"../../testdata/registry"}
	}
	h := &house{fake: registrytest.New(t, p.fake, p.sources...)}
	kept, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	doer := fetch.New(fetch.Options{Store: kept})
	token := func(string) string {
		if p.fake.Token == "" {
			return ""
		}
		return "Bearer " + p.fake.Token
	}
	h.client = registry.New(doer, registry.Options{Default: h.fake.URL, Store: kept, Authorization: token, Scopes: p.scopes})
	opts := Options{Clear: list(nil), Source: h.client, Tarballs: Downloads{h.client}, Admit: p.admit,
		Upstream: Upstream{Doer: doer, Registry: h.client.RegistryFor, Authorization: token},
		Refused:  func(r Refusal) { h.mu.Lock(); h.no = append(h.no, r); h.mu.Unlock() }}
	if p.clear != nil {
		opts.Clear = p.clear(h.fake)
	}
	for s := range p.scopes {
		opts.Scopes = append(opts.Scopes, s)
	}
	if h.Guard, err = Start(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// artefact is a version as the fake registry has it.
func artefact(s *registrytest.Server, name, version string) resolver.Package {
	_, integrity, _ := s.Tarball(name, version)
	base := name[strings.LastIndex(name, "/")+1:]
	return resolver.Package{Name: name, Version: version, Registry: s.URL,
		Tarball: s.URL + name + "/-/" + base + "-" + version + ".tgz", Integrity: resolver.Integrity(integrity)}
}

// ask sends one request and gives the whole answer.
func ask(t *testing.T, method, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}
