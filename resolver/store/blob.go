package store

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Digest names content: "sha512-" or "sha256-" and lower-case hex.
type Digest string

func (d Digest) path(dir string) (string, bool) {
	algorithm, sum, _ := strings.Cut(string(d), "-")
	size := map[string]int{"sha256": sha256.Size, "sha512": sha512.Size}[algorithm]
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != size || size == 0 || sum != strings.ToLower(sum) {
		return "", false
	}
	return filepath.Join(dir, "blob", algorithm, sum[:2], sum[2:]), true
}

// SHA256 is the digest of data.
func SHA256(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest("sha256-" + hex.EncodeToString(sum[:]))
}

// PutBlob keeps data under its SHA-256. What is there already stays, and
// counts as new for Prune.
func (s *Store) PutBlob(data []byte, now time.Time) (Digest, error) {
	d := SHA256(data)
	if s == nil || s.dir == "" {
		return d, ErrNotFound
	}
	path, _ := d.path(s.dir)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		if !now.IsZero() {
			_ = os.Chtimes(path, now, now)
		}
		return d, nil
	}
	return d, s.write(path, data)
}

// ReadBlob gives the content of a SHA-256 digest, at most maxBytes of it.
// Content that does not have the digest is removed, and ErrNotFound.
func (s *Store) ReadBlob(d Digest, maxBytes int64) ([]byte, error) {
	path, ok := s.BlobPath(d)
	if !ok {
		return nil, ErrNotFound
	}
	data, err := readBounded(path, maxBytes)
	if err != nil {
		return nil, err
	}
	if SHA256(data) != d {
		_ = os.Remove(path)
		return nil, ErrNotFound
	}
	return data, nil
}

// BlobPath is where the content of a digest stands, or would stand. It says
// nothing about what is there.
func (s *Store) BlobPath(d Digest) (string, bool) {
	if s == nil || s.dir == "" {
		return "", false
	}
	return d.path(s.dir)
}

// Writer takes content whose digest is known only at its end.
type Writer struct {
	s *Store
	f *os.File
}

// NewWriter begins a blob. Commit or Abort must follow.
func (s *Store) NewWriter() (*Writer, error) {
	f, err := s.temp()
	if err != nil {
		return nil, err
	}
	return &Writer{s: s, f: f}, nil
}

// Write adds to the blob.
func (w *Writer) Write(p []byte) (int, error) { return w.f.Write(p) }

// Commit gives the blob its name, which the caller has made sure is the digest
// of what was written, and returns its path.
func (w *Writer) Commit(d Digest) (string, error) {
	path, ok := w.s.BlobPath(d)
	if !ok {
		w.Abort()
		return "", ErrNotFound
	}
	err := w.f.Close()
	if err == nil {
		err = move(w.f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(w.f.Name())
		return "", err
	}
	return path, nil
}

// Abort throws the blob away.
func (w *Writer) Abort() {
	_ = w.f.Close()
	_ = os.Remove(w.f.Name())
}
