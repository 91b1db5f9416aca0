package registry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver/fetch"
	"gpq/resolver/store"
)

func looseClient(t *testing.T, o Options) *Client {
	t.Helper()
	kept, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o.Store = kept
	return New(fetch.New(fetch.Options{Store: kept}), o)
}

func TestLocal(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	good := pack(t, file{name: "package/package.json", text: `{"name":"a"}`})
	for name, body := range map[string][]byte{"good.tgz": good, "text.tgz": []byte("no archive"), "empty.tgz": nil, "cut.tgz": good[:len(good)/2]} {
		if err := os.WriteFile(at(name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("good.tgz", at("link.tgz")), os.Symlink("loop.tgz", at("loop.tgz")), os.Mkdir(at("dir.tgz"), 0o700)); err != nil {
		t.Fatal(err)
	}
	c := looseClient(t, Options{})
	l, err := c.Local(t.Context(), at("good.tgz"))
	if err != nil || string(l.Contents.PackageJSON) != `{"name":"a"}` || !strings.HasPrefix(l.Integrity, "sha512-") {
		t.Fatalf("%+v, %v", l, err)
	}
	if linked, err := c.Local(t.Context(), at("link.tgz")); err != nil || linked.Integrity != l.Integrity {
		t.Errorf("through a link: %+v, %v", linked, err)
	}
	for name, malformed := range map[string]bool{"text.tgz": true, "empty.tgz": true, "cut.tgz": true, "dir.tgz": false, "loop.tgz": false, "none.tgz": false} {
		if _, err := c.Local(t.Context(), at(name)); err == nil || isMalformed(err) != malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.LocalContents(t.Context(), at("good.tgz"), l.Integrity); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Local(ended, at("good.tgz")); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	holdLocal(t, at("good.tgz"), good, l.Integrity)
}

// holdLocal: a file is handed out only while it is what it was.
func holdLocal(t *testing.T, name string, body []byte, integrity string) {
	t.Helper()
	r, err := OpenLocal(t.Context(), name, integrity)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, pack(t, file{name: "package/package.json", text: `{"name":"b"}`}), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, body) {
		t.Errorf("what was opened changed with the file: %v", err)
	}
	if err := SameLocal(t.Context(), name, integrity); err == nil {
		t.Error("another file is the same")
	}
	if _, err := OpenLocal(t.Context(), name, integrity); err == nil {
		t.Error("another file was opened")
	}
	fresh := looseClient(t, Options{})
	if _, err := fresh.LocalContents(t.Context(), name, integrity); !errors.Is(err, ErrIntegrity) {
		t.Errorf("contents of another file: %v", err)
	}
	for _, none := range []string{"", "md5-x", "sha512-"} {
		_, opened := OpenLocal(t.Context(), name, none)
		_, looked := fresh.LocalContents(t.Context(), name, none)
		if same := SameLocal(t.Context(), name, none); same == nil || opened == nil || looked == nil {
			t.Errorf("%q holds: %v, %v, %v", none, same, opened, looked)
		}
	}
}

func TestRemote(t *testing.T) {
	body := pack(t, file{name: "package/package.json", text: `{"name":"a"}`})
	var seen []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.Path+" "+r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/a.tgz":
			_, _ = w.Write(body)
		case "/page.tgz":
			_, _ = io.WriteString(w, "<html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	secret := Credentials{ByDart: map[string]Credential{"//registry.test/": {Token: "secret"}}, Registries: []string{"https://registry.test/"}}
	c := looseClient(t, Options{Default: "https://registry.test/", Authorization: secret.Authorization})
	l, err := c.Remote(t.Context(), srv.URL+"/a.tgz")
	if err != nil || string(l.Contents.PackageJSON) != `{"name":"a"}` {
		t.Fatalf("%+v, %v", l, err)
	}
	if got, err := c.Tarball(t.Context(), srv.URL+"/a.tgz", l.Integrity); err != nil || !got.Verified {
		t.Errorf("what was looked at is not there: %v", err)
	}
	if _, err := c.Remote(t.Context(), srv.URL+"/page.tgz"); !isMalformed(err) {
		t.Errorf("a page: %v", err)
	}
	if _, err := c.Remote(t.Context(), srv.URL+"/none.tgz"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
	if got := strings.Join(seen, ","); got != "/a.tgz ,/page.tgz ,/none.tgz " {
		t.Errorf("asked: %s", got)
	}
}
