package registry

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLend: npm's cache gets what was verified under its digest, and nothing
// else, and what stands there stays.
func TestLend(t *testing.T) {
	s := newSite(t)
	s.pages["/a.tgz"], s.pages["/b.tgz"] = "bytes", "others"
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	c := newClient(t, Options{NPMCache: dir})
	place := func(text string) string {
		sum := sum512(text)
		return filepath.Join(dir, "_cacache", "content-v2", "sha512", sum[:2], sum[2:4], sum[4:])
	}
	if err := c.Lend(sriOf("bytes")); err == nil {
		t.Error("lent before it was fetched")
	}
	if _, err := os.Lstat(dir); err == nil {
		t.Error("a folder was made for nothing")
	}
	if _, err := c.Tarball(t.Context(), s.URL+"/b.tgz", sriOf("bytes")); err == nil {
		t.Fatal("taken for another")
	}
	if err := c.Lend(sriOf("bytes")); err == nil {
		t.Error("lent what it is not")
	}
	got, err := c.Tarball(t.Context(), s.URL+"/a.tgz", sriOf("bytes"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Lend(sriOf("bytes")); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(place("bytes")); err != nil || string(text) != "bytes" {
		t.Errorf("npm has %q, %v", text, err)
	}
	here, err1 := os.Stat(got.Path)
	there, err2 := os.Stat(place("bytes"))
	if err1 != nil || err2 != nil || !os.SameFile(here, there) {
		t.Error("written twice")
	}
	if err := os.WriteFile(place("bytes")+".new", []byte("npm's own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(place("bytes")+".new", place("bytes")); err != nil {
		t.Fatal(err)
	}
	if err := c.Lend(sriOf("bytes")); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(place("bytes")); string(text) != "npm's own" {
		t.Error("what npm had is gone")
	}
	for _, integrity := range []string{"", "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "nonsense", sriOf("bytes") + " " + sriOf("x")} {
		if err := c.Lend(integrity); err == nil {
			t.Errorf("%q: lent", integrity)
		}
	}
	if err := newClient(t, Options{}).Lend(sriOf("bytes")); err == nil {
		t.Error("lent to nowhere")
	}
}
