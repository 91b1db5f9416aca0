package fetch

import (
	"context"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// tagged is a server with one document per credential, and an ETag.
type tagged struct {
	hits, unchanged int
	body, tag       string
	control         string
}

func (s *tagged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.hits++
	if s.tag != "" && r.Header.Get("If-None-Match") == s.tag {
		s.unchanged++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", s.tag)
	w.Header().Set("Cache-Control", s.control)
	w.Header().Set("Set-Cookie", "not to be kept")
	fmt.Fprint(w, s.body, r.Header.Get("Authorization"))
}

func TestCache(t *testing.T) {
	s := &tagged{body: "one ", tag: `"1"`}
	srv := serve(t, s.ServeHTTP)
	o := quick()
	o.Store = newStore(t)
	now := time.Unix(1_800_000_000, 0)
	o.Now = func() time.Time { return now }
	ask := func(r Request) *Response {
		t.Helper()
		r.URL = srv.URL + "/x"
		resp, err := do(t, New(o), r)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	want := func(what string, r *Response, body string, cached bool, hits, unchanged int) {
		t.Helper()
		if string(r.Body) != body || r.Cached != cached || s.hits != hits || s.unchanged != unchanged {
			t.Errorf("%s: %q cached %v, %d hits, %d unchanged", what, r.Body, r.Cached, s.hits, s.unchanged)
		}
	}
	first := ask(Request{})
	want("first", first, "one ", false, 1, 0)
	want("again", ask(Request{}), "one ", true, 2, 1)
	want("fresh", ask(Request{Fresh: time.Minute}), "one ", true, 2, 1)
	now = now.Add(2 * time.Minute)
	want("stale", ask(Request{Fresh: time.Minute}), "one ", true, 3, 2)
	want("fresh again", ask(Request{Fresh: time.Minute}), "one ", true, 3, 2)
	now = now.Add(-time.Hour)
	want("from the future", ask(Request{Fresh: time.Minute}), "one ", true, 4, 3)
	want("another person", ask(Request{Secret: "Bearer a", Fresh: time.Hour}), "one Bearer a", false, 5, 3)
	want("that one again", ask(Request{Secret: "Bearer a", Fresh: time.Hour}), "one Bearer a", true, 5, 3)
	want("another form", ask(Request{Header: http.Header{"Accept": {"x"}}, Fresh: time.Hour}), "one ", false, 6, 3)
	want("not to be kept", ask(Request{NoStore: true, Fresh: time.Hour}), "one ", false, 7, 3)
	s.body, s.tag = "two ", `"2"`
	second := ask(Request{})
	want("changed", second, "two ", false, 8, 3)
	if b, err := New(o).Stored(first.Ref, 100); err != nil || string(b) != "one " {
		t.Errorf("what was answered before is gone: %q %v", b, err)
	}
	if _, err := New(o).Stored(first.Ref, 3); err == nil {
		t.Error("a bound is no bound")
	}
	s.control = "private, No-Store"
	s.body, s.tag = "three ", `"3"`
	if r := ask(Request{}); r.Ref != "" || string(r.Body) != "three " {
		t.Errorf("no-store is kept: %+v", r)
	}
	private(t, o.Store.Dir())
	o.Offline = true
	hits := s.hits
	want("offline", ask(Request{}), "two ", true, hits, s.unchanged)
	if _, err := do(t, New(o), Request{URL: srv.URL + "/y"}); err == nil || s.hits != hits {
		t.Error("offline, and asked")
	}
	if _, err := New(o).Stream(context.Background(), Request{URL: srv.URL}); err == nil || s.hits != hits {
		t.Error("offline, and asked")
	}
}

// private makes sure that only this user can read what is kept, and that no
// secret and no cookie is in it.
func private(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		if d.IsDir() || strings.Contains(path, "blob") {
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // our own
		if strings.Contains(string(text), "Bearer") || strings.Contains(string(text), "not to be kept") {
			t.Errorf("%s has %s", path, text)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDamage breaks every file of a cache in turn: the answer must be right
// all the same.
func TestDamage(t *testing.T) {
	s := &tagged{body: "one ", tag: `"1"`}
	srv := serve(t, s.ServeHTTP)
	o := quick()
	o.Store = newStore(t)
	ask := func() string {
		resp, err := do(t, New(o), Request{URL: srv.URL, Fresh: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return string(resp.Body)
	}
	for _, damage := range []func(path string) error{
		func(path string) error { return os.WriteFile(path, nil, 0o600) },
		func(path string) error { return os.WriteFile(path, []byte("{\"schema\":1}"), 0o600) },
		func(path string) error { return os.WriteFile(path, []byte("\x00garbage"), 0o600) },
		os.Remove,
		func(path string) error { return os.Truncate(path, 5) },
		func(path string) error { _ = os.Remove(path); return os.Mkdir(path, 0o700) },
	} {
		var files []string
		_ = ask()
		_ = filepath.WalkDir(o.Store.Dir(), func(path string, d fs.DirEntry, _ error) error {
			if d.Type().IsRegular() {
				files = append(files, path)
			}
			return nil
		})
		if len(files) < 2 {
			t.Fatal("nothing is kept:", files)
		}
		for _, f := range files {
			if err := damage(f); err != nil {
				t.Fatal(err)
			}
			if got := ask(); got != "one " {
				t.Errorf("%s damaged: %q", f, got)
			}
			_ = os.RemoveAll(f)
			_ = ask()
		}
	}
}
