package registry

import (
	"context"
	"crypto/sha1" //nolint:gosec // as old packages have it
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gpq/resolver/fetch"
	"gpq/resolver/store"
)

// site is a registry: paths to what they answer.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]string
	codes map[string]int
	seen  []*http.Request
	delay time.Duration
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]string{}, codes: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r)
	path := r.URL.EscapedPath()
	if code := s.codes[path]; code != 0 {
		w.WriteHeader(code)
		return
	}
	page, ok := s.pages[path]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, page)
}

func (s *site) count(path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seen {
		if r.URL.EscapedPath() == path {
			n++
		}
	}
	return n
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	st, err := store.Open(filepath.Join(t.TempDir(), "cache"))
	if err != nil {
		t.Fatal(err)
	}
	o.Store = st
	return New(fetch.New(fetch.Options{Store: st, Now: time.Now, MinWait: time.Millisecond, Stall: time.Second}), o)
}

func TestPackument(t *testing.T) {
	s := newSite(t)
	s.pages["/a"] = `{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0"}}}`
	s.pages["/@s%2fa"] = `{"name":"@s/a"}`
	s.pages["/other"] = `{"name":"a"}`
	s.pages["/cut"] = `{"name":"cut","versions":{`
	s.pages["/list"] = `[]`
	s.codes["/gone"], s.codes["/forbidden"], s.codes["/login"], s.codes["/broken"] = 410, 403, 401, 500
	c := newClient(t, Options{Default: s.URL})
	for name, want := range map[string]error{
		"a": nil, "@s/a": nil, "other": ErrUnreadable, "cut": ErrUnreadable, "list": ErrUnreadable,
		"missing": ErrNotFound, "gone": ErrNotFound, "forbidden": ErrForbidden, "login": ErrForbidden, "broken": ErrUnreachable,
		"": ErrNotFound, "..": ErrNotFound, "a/b": ErrNotFound, "@s/../x": ErrNotFound, "a?b": ErrNotFound, "a b": ErrNotFound, "@/a": ErrNotFound, "a%2f": ErrNotFound, ".a": ErrNotFound, "@s/": ErrNotFound,
	} {
		p, err := c.Packument(context.Background(), name)
		if want == nil {
			if err != nil || p.Name != name || p.Registry != s.URL+"/" {
				t.Errorf("%q: %+v %v", name, p, err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, want) || e.What != name || e.Host != strings.TrimPrefix(s.URL, "http://") {
			t.Errorf("%q: %v, want %v", name, err, want)
		}
	}
	s.Close()
	if _, err := New(fetch.New(fetch.Options{Retries: -1}), Options{Default: s.URL}).Packument(context.Background(), "a"); !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
}

func TestPackumentIsAskedOnce(t *testing.T) {
	s := newSite(t)
	s.delay = 20 * time.Millisecond
	s.pages["/a"] = `{"name":"a"}`
	c := newClient(t, Options{Default: s.URL})
	impatient, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	var ok atomic.Int64
	for i := range 20 {
		wg.Go(func() {
			ctx := context.Background()
			if i%4 == 0 {
				ctx = impatient
			}
			_, err := c.Packument(ctx, "a")
			if err == nil {
				ok.Add(1)
			} else if ctx == context.Background() || !errors.Is(err, ErrUnreachable) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r, err := c.Raw(context.Background(), "a")
	if err != nil || string(r.Body) != s.pages["/a"] || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v %v", r, err)
	}
	if n := s.count("/a"); ok.Load() < 15 || n > 6 {
		t.Errorf("%d of 15 have it, after %d requests", ok.Load(), n)
	}
	before := s.count("/a")
	_, _ = c.Packument(context.Background(), "a")
	if s.count("/a") != before {
		t.Error("asked again")
	}
}

func TestRawIsWhatWasDecoded(t *testing.T) {
	s := newSite(t)
	s.pages["/a"] = `{"name":"a","x":1}`
	c := newClient(t, Options{Default: s.URL})
	ctx := context.Background()
	if _, err := c.Packument(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	_ = os.RemoveAll(filepath.Join(c.o.Store.Dir(), "blob"))
	if r, err := c.Raw(ctx, "a"); err != nil || string(r.Body) != s.pages["/a"] {
		t.Errorf("%v %v", r, err)
	}
	_ = os.RemoveAll(c.o.Store.Dir())
	s.pages["/a"] = `{"name":"a","x":2}`
	if _, err := c.Raw(ctx, "a"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("another document is given for the checked one: %v", err)
	}
	bare := New(onlyDo{fetch.New(fetch.Options{})}, Options{Default: s.URL})
	if r, err := bare.Raw(ctx, "a"); err != nil || string(r.Body) != s.pages["/a"] {
		t.Errorf("%v %v", r, err)
	}
}

// onlyDo hides what a client can beside Do.
type onlyDo struct{ fetch.Doer }

func TestRegistryFor(t *testing.T) {
	c := New(nil, Options{Scopes: map[string]string{"@a": "https://u:p@a.example/x"}})
	for name, want := range map[string]string{"x": DefaultRegistry, "@a/x": "https://a.example/x/", "@b/x": DefaultRegistry, "@a": DefaultRegistry, "": DefaultRegistry} {
		if got := c.RegistryFor(name); got != want {
			t.Errorf("%q is at %q, want %q", name, got, want)
		}
	}
	for url, want := range map[string]string{"https://a.example/x/y": "Basic dTpw", "https://a.example/y": "", "https://b.example/x/y": ""} {
		if got := c.Authorization(url); got != want {
			t.Errorf("%s gets %q, want %q", url, got, want)
		}
	}
}

func sriOf(text string) string {
	sum := sha512.Sum512([]byte(text))
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestTarball(t *testing.T) {
	s := newSite(t)
	s.pages["/a.tgz"] = "content"
	weak := sha1.Sum([]byte("content")) //nolint:gosec // as old packages have it
	d := Dist{Shasum: hex.EncodeToString(weak[:])}
	right, wrong := sriOf("content"), sriOf("other")
	ctx := context.Background()
	for name, test := range map[string]struct {
		integrity string
		err       error
		verified  bool
	}{
		"right":                      {right, nil, true},
		"wrong":                      {wrong, ErrIntegrity, false},
		"one of two":                 {wrong + " " + right, nil, true},
		"right, but a weaker wrong":  {right + " sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=", nil, true},
		"wrong, with a weaker right": {wrong + " " + d.SRI(), ErrIntegrity, false},
		"shasum":                     {d.SRI(), nil, true},
		"wrong shasum":               {"sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=", ErrIntegrity, false},
		"with options":               {right + "?foo", nil, true},
		"none":                       {"", nil, false},
		"unknown algorithm":          {"md5-AAAA", ErrIntegrity, false},
		"nonsense":                   {"x", ErrIntegrity, false},
		"too short":                  {"sha512-AAAA", ErrIntegrity, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Options{})
			got, err := c.Tarball(ctx, s.URL+"/a.tgz", test.integrity)
			if !errors.Is(err, test.err) {
				t.Fatalf("%v, want %v", err, test.err)
			}
			left := files(t, filepath.Join(c.o.Store.Dir(), "tmp"))
			if len(left) > 0 {
				t.Error("left behind:", left)
			}
			if err != nil {
				if kept := files(t, filepath.Join(c.o.Store.Dir(), "blob")); len(kept) > 0 {
					t.Error("kept:", kept)
				}
				return
			}
			text, _ := os.ReadFile(got.Path)
			if string(text) != "content" || got.Size != 7 || got.Integrity() != right || got.Verified != test.verified {
				t.Errorf("%+v", got)
			}
			if !test.verified {
				return
			}
			// Another client of the same store finds it, and sees when it is damaged.
			again := New(fetch.New(fetch.Options{Retries: -1}), Options{Store: c.o.Store})
			if _, err := again.Tarball(ctx, "http://127.0.0.1:1/a.tgz", test.integrity); err != nil {
				t.Error(err)
			}
			_ = os.WriteFile(got.Path, []byte("CONTENT"), 0o600)
			third := New(fetch.New(fetch.Options{Retries: -1}), Options{Store: c.o.Store})
			if _, err := third.Tarball(ctx, "http://127.0.0.1:1/a.tgz", test.integrity); !errors.Is(err, ErrUnreachable) {
				t.Errorf("a damaged file: %v", err)
			}
		})
	}
	if _, err := New(fetch.New(fetch.Options{}), Options{}).Tarball(ctx, s.URL+"/a.tgz", ""); !errors.Is(err, ErrUnreachable) {
		t.Errorf("without a store: %v", err)
	}
	if _, err := newClient(t, Options{}).Tarball(ctx, s.URL+"/b.tgz?token=x", right); !errors.Is(err, ErrNotFound) || strings.Contains(err.Error(), "token") {
		t.Error(err)
	}
}

func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return nil
	})
	return all
}
