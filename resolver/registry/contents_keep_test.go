package registry

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // as old packages have it
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gpq/resolver/store"
)

func (s *site) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.seen)
}

func sum512(text string) string {
	sum := sha512.Sum512([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestContentsOnce: an archive is fetched and unpacked once ever.
func TestContentsOnce(t *testing.T) {
	s := newSite(t)
	text := string(pack(t, file{name: "a/package.json", text: "p"}, file{name: "a/node_modules/b/package.json", text: ""}, file{name: "a/node_modules/b/binding.gyp", text: "g"}, file{name: "a/binding.gyp", text: "g"}, file{name: "a/Package.json", text: "t"}))
	s.pages["/a.tgz"] = text
	url, sri := s.URL+"/a.tgz", sriOf(text)
	first := newClient(t, Options{})
	want, err := ReadArchive(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	if first.Stocked(sri, false) {
		t.Error("stocked before it came")
	}
	got, err := first.Contents(t.Context(), url, sri)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v %v\nwant %+v", got, err, want)
	}
	if !first.Stocked(sri, true) {
		t.Error("not stocked")
	}
	path, _ := first.o.Store.BlobPath(store.Digest("sha512-" + sum512(text)))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	later := New(first.doer, Options{Store: first.o.Store})
	if got, err := later.Contents(t.Context(), url, sri); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("from the disk: %+v %v", got, err)
	}
	if s.asked() != 1 {
		t.Errorf("asked %d times", s.asked())
	}
	if !later.Stocked(sri, false) || later.Stocked(sri, true) {
		t.Error("the archive itself is gone")
	}
}

// TestContentsOfAChoice: where an integrity leaves a choice, what is told is of
// the archive that is handed out.
func TestContentsOfAChoice(t *testing.T) {
	s := newSite(t)
	good, bad := string(pack(t, file{name: "a/package.json", text: "good"})), string(pack(t, file{name: "a/package.json", text: "bad"}))
	s.pages["/good.tgz"], s.pages["/bad.tgz"] = good, bad
	c := newClient(t, Options{})
	if _, err := c.Contents(t.Context(), s.URL+"/good.tgz", sriOf(good)); err != nil {
		t.Fatal(err)
	}
	path, _ := c.o.Store.BlobPath(store.Digest("sha512-" + sum512(good)))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	both := sriOf(good) + " " + sriOf(bad)
	got, err := c.Contents(t.Context(), s.URL+"/bad.tgz", both)
	if err != nil || string(got.PackageJSON) != "bad" || c.Stocked(both, false) {
		t.Errorf("%+v %v", got, err)
	}
	weak := sha1.Sum([]byte(good)) //nolint:gosec // as old packages have it
	if d := (Dist{Shasum: hex.EncodeToString(weak[:])}); onlySum(d.SRI()) != "" || onlySum("") != "" || onlySum("sha512-x") != "" {
		t.Error("what pins nothing pins")
	}
}

// TestContentsMalformed: that an archive is none is remembered too; that it
// could not be fetched is not.
func TestContentsMalformed(t *testing.T) {
	s := newSite(t)
	s.pages["/a.tgz"] = "no archive"
	c := newClient(t, Options{})
	var m *MalformedError
	for range 2 {
		if _, err := c.Contents(t.Context(), s.URL+"/a.tgz", sriOf("no archive")); !errors.As(err, &m) {
			t.Errorf("no archive: %v", err)
		}
	}
	if s.asked() != 1 {
		t.Errorf("asked %d times", s.asked())
	}
	if _, err := c.Contents(t.Context(), s.URL+"/a.tgz", sriOf("other")); !errors.Is(err, ErrIntegrity) || c.Stocked(sriOf("no"), false) {
		t.Errorf("another content: %v", err)
	}
	if _, err := c.Contents(t.Context(), s.URL+"/none.tgz", sriOf("x")); err == nil || errors.As(err, &m) {
		t.Errorf("not there: %v", err)
	}
}

// TestNPMCache: what npm has is not downloaded, if it is what it should be.
func TestNPMCache(t *testing.T) {
	s := newSite(t)
	text := string(pack(t, file{name: "a/package.json", text: "p"}))
	s.pages["/a.tgz"] = text
	sum := sum512(text)
	for name, c := range map[string]struct {
		content string
		asked   int
	}{"right": {text, 0}, "damaged": {text + "x", 1}, "a pipe, a folder": {"", 1}} {
		dir := t.TempDir()
		place := filepath.Join(dir, "_cacache", "content-v2", "sha512", sum[:2], sum[2:4], sum[4:])
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			t.Fatal(err)
		}
		if c.content == "" {
			_ = os.Mkdir(place, 0o700)
		} else if err := os.WriteFile(place, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		before := s.asked()
		client := newClient(t, Options{NPMCache: dir})
		got, err := client.Contents(t.Context(), s.URL+"/a.tgz", sriOf(text))
		if err != nil || string(got.PackageJSON) != "p" || s.asked()-before != c.asked {
			t.Errorf("%s: %v %v, asked %d times", name, got, err, s.asked()-before)
		}
		if _, err := os.Lstat(place); err != nil {
			t.Errorf("%s: npm's own file is gone", name)
		}
		if name != "right" {
			continue
		}
		_ = os.Remove(place) // npm cache clean, meanwhile
		if tb, err := client.Tarball(t.Context(), s.URL+"/a.tgz", sriOf(text)); err != nil || !isFile(tb.Path) {
			t.Errorf("after it was cleaned: %v %v", tb, err)
		}
	}
}

func FuzzReadRecord(f *testing.F) {
	var e encoder
	e.contents(&Contents{PackageJSON: []byte("p"), Files: 1, Twins: []string{"x"}, BundledGyps: []string{"node_modules/a"}, Gyps: []Gyp{{Name: "a", Text: []byte("b")}}, Bundled: map[string][]byte{"node_modules/a": {}}})
	f.Add(e.b)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readRecord(b)
		if err != nil {
			return
		}
		var again encoder
		again.contents(got)
		if same, err := readRecord(again.b); err != nil || !reflect.DeepEqual(got, same) {
			t.Errorf("%+v\n%+v %v", got, same, err)
		}
	})
}
