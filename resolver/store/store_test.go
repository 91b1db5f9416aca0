package store

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "deep", "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	shared := filepath.Join(dir, "shared")
	if err := os.Mkdir(shared, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(shared, 0o777); err != nil { //nolint:gosec // what must be refused
		t.Fatal(err)
	}
	if _, err := Open(shared); err == nil {
		t.Error("a folder that others write to is taken")
	}
	file := filepath.Join(dir, "file")
	_ = os.WriteFile(file, nil, 0o600)
	if _, err := Open(file); err == nil {
		t.Error("a file is taken")
	}
	if info, err := os.Stat(open(t).Dir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
}

func TestPutGet(t *testing.T) {
	s := open(t)
	for _, key := range []string{"a", "../../../etc/passwd", "", strings.Repeat("x", 10_000), "a\x00b", "A"} {
		if _, err := s.Get("x", key, 100); !errors.Is(err, ErrNotFound) {
			t.Errorf("%.20q: %v", key, err)
		}
		if err := s.Put("x", key, []byte(key + "!")[:min(len(key)+1, 90)]); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get("x", key, 100)
		if err != nil || string(got) != (key + "!")[:min(len(key)+1, 90)] {
			t.Errorf("%.20q: %q %v", key, got, err)
		}
	}
	if _, err := s.Get("x", "a", 1); !errors.Is(err, ErrNotFound) {
		t.Error("larger than asked for:", err)
	}
	if _, err := s.Get("y", "a", 100); !errors.Is(err, ErrNotFound) {
		t.Error("another area:", err)
	}
	if err := s.Delete("x", "a"); err != nil {
		t.Error(err)
	}
	if err := s.Delete("x", "a"); err != nil {
		t.Error(err)
	}
	for _, area := range []string{"", "..", "a/b", "A", "-a", "."} {
		if err := s.Put(area, "k", nil); err == nil {
			t.Errorf("area %q", area)
		}
	}
	everythingPrivate(t, s)
}

func everythingPrivate(t *testing.T, s *Store) {
	t.Helper()
	_ = filepath.WalkDir(s.Dir(), func(path string, d os.DirEntry, err error) error {
		if info, err := d.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Error(path, info.Mode(), err)
		}
		return err
	})
}

func TestNoStore(t *testing.T) {
	var none *Store
	for _, s := range []*Store{none, {}} {
		if _, err := s.Get("x", "a", 1); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		if s.Put("x", "a", nil) == nil {
			t.Error("put")
		}
		if _, err := s.PutBlob(nil, time.Time{}); err == nil {
			t.Error("blob")
		}
		if _, err := s.ReadBlob(SHA256(nil), 1); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.NewWriter(); err == nil {
			t.Error("writer")
		}
		if _, err := s.Lock(context.Background(), "x"); err == nil {
			t.Error("lock")
		}
		if n, err := s.Prune(Limits{}); n != 0 || err != nil {
			t.Error(n, err)
		}
	}
}

func TestBlobs(t *testing.T) {
	s := open(t)
	now := time.Unix(1_800_000_000, 0)
	d, err := s.PutBlob([]byte("hello"), now)
	if err != nil || d != SHA256([]byte("hello")) {
		t.Fatal(d, err)
	}
	if _, err := s.PutBlob([]byte("hello"), now); err != nil {
		t.Error(err)
	}
	if b, err := s.ReadBlob(d, 5); string(b) != "hello" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if _, err := s.ReadBlob(d, 4); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	path, _ := s.BlobPath(d)
	_ = os.WriteFile(path, []byte("jello"), 0o600)
	if _, err := s.ReadBlob(d, 5); !errors.Is(err, ErrNotFound) {
		t.Error("damage is not seen:", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("damage is kept")
	}
	for _, bad := range []Digest{"", "sha256-", "sha256-xx", "md5-00", "sha512-" + Digest(strings.Repeat("A", 128)), "sha256-../../x", d + "0", "sha512-" + d[7:]} {
		if p, ok := s.BlobPath(bad); ok {
			t.Errorf("%q stands at %s", bad, p)
		}
	}
}

func TestWriter(t *testing.T) {
	s := open(t)
	w, err := s.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("hello"))
	sum := sha512.Sum512([]byte("hello"))
	path, err := w.Commit(Digest("sha512-" + hex.EncodeToString(sum[:])))
	if b, _ := os.ReadFile(path); string(b) != "hello" || err != nil { //nolint:gosec // our own
		t.Errorf("%q %v", b, err)
	}
	w, _ = s.NewWriter()
	if _, err := w.Commit("nonsense"); err == nil {
		t.Error("a name that is no digest")
	}
	w, _ = s.NewWriter()
	w.Abort()
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), "tmp")); len(left) != 0 {
		t.Error("left behind:", left)
	}
	everythingPrivate(t, s)
}

// TestAtOnce has many writers of one key and readers that must only ever see
// a whole value, while the folder is deleted under them.
func TestAtOnce(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				text := strings.Repeat(fmt.Sprint(i), 5000)
				_ = s.Put("x", "key", []byte(text))
				if n == 25 {
					_ = os.RemoveAll(s.Dir())
				}
				got, err := s.Get("x", "key", 1<<20)
				if err == nil && (len(got) != 5000 || strings.Count(string(got), string(got[:1])) != 5000) {
					t.Errorf("half a value: %d bytes", len(got))
				}
			}
		})
	}
	wg.Wait()
	if err := s.Put("x", "key", []byte("v")); err != nil {
		t.Error("after the folder was deleted:", err)
	}
}

func TestLock(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	unlock, err := s.Lock(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Lock(ctx, "b")
	if err != nil {
		t.Fatal(err)
	}
	other()
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(short, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("held twice:", err)
	}
	unlock()
	again, err := s.Lock(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestPrune(t *testing.T) {
	s := open(t)
	now := time.Unix(1_800_000_000, 0)
	var paths []string
	for i := range 5 {
		d, err := s.PutBlob([]byte{byte(i), 0, 0, 0, 0, 0, 0, 0, 0, 0}, now)
		if err != nil {
			t.Fatal(err)
		}
		path, _ := s.BlobPath(d)
		when := now.Add(-time.Duration(i) * 24 * time.Hour)
		_ = os.Chtimes(path, when, when)
		paths = append(paths, path)
	}
	unlock, _ := s.Lock(context.Background(), "held")
	defer unlock()
	there := func() (n string) {
		for i, p := range paths {
			if _, err := os.Stat(p); err == nil {
				n += fmt.Sprint(i)
			}
		}
		return n
	}
	if gone, err := s.Prune(Limits{}); gone != 0 || err != nil || there() != "01234" {
		t.Error(gone, err, there())
	}
	if gone, err := s.Prune(Limits{MaxAge: 80 * time.Hour, Now: now}); gone != 10 || err != nil || there() != "0123" {
		t.Error(gone, err, there())
	}
	if gone, err := s.Prune(Limits{MaxBytes: 25}); gone != 20 || err != nil || there() != "01" {
		t.Error(gone, err, there())
	}
	if gone, err := s.Prune(Limits{MaxBytes: 1, MaxAge: time.Hour, Areas: []string{"http", "../blob"}}); gone != 0 || err != nil || there() != "01" {
		t.Error("of areas that are not named:", gone, err, there())
	}
	if gone, err := s.Prune(Limits{MaxBytes: 1, MaxAge: time.Hour, MinAge: 12 * time.Hour, Now: now, Areas: []string{"blob"}}); gone != 10 || err != nil || there() != "0" {
		t.Error("what is in use:", gone, err, there())
	}
	_ = os.Chtimes(paths[0], now, now.Add(-time.Hour*24*90))
	if gone, err := s.Prune(Limits{MaxAge: 24 * time.Hour, Now: now}); gone != 0 && runtime.GOOS == "linux" || err != nil {
		t.Error("what was read lately:", gone, err)
	}
	if locks, _ := filepath.Glob(filepath.Join(s.Dir(), "lock/*/*")); len(locks) != 1 {
		t.Error("a lock is pruned")
	}
}
