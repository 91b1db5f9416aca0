// Package store keeps files under one folder of this user: written whole or
// not at all, found by key or by digest, safe to delete at any time. What
// stands in it may be damaged; readers check and take damage for absence.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotFound says that the store has no such entry, or only a damaged one.
var ErrNotFound = errors.New("not in the store")

// Store is one folder. Several processes may use it at once. The zero Store
// has nothing and keeps nothing.
type Store struct {
	dir string
}

// Open takes dir for a store and makes it where it is missing. A folder that
// others may write to, or that is not this user's, is refused.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store %s: %w", dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", dir, err)
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("store %s: %w", dir, err)
	}
	return &Store{dir: dir}, nil
}

// Dir is the store's folder, "" of the zero Store.
func (s *Store) Dir() string { return s.dir }

// area names are this program's own words; anything else is a mistake.
func (s *Store) file(area, key string) (string, error) {
	if s == nil || s.dir == "" {
		return "", ErrNotFound
	}
	if !word(area) {
		return "", fmt.Errorf("store: bad area %q", area)
	}
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(s.dir, area, name[:2], name[2:]), nil
}

func word(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && s[0] != '-'
}

// Get reads what stands under key, at most maxBytes of it; a larger entry is
// ErrNotFound, as is a missing one.
func (s *Store) Get(area, key string, maxBytes int64) ([]byte, error) {
	path, err := s.file(area, key)
	if err != nil {
		return nil, err
	}
	return readBounded(path, maxBytes)
}

func readBounded(path string, maxBytes int64) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the name is a digest
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxBytes {
		return nil, ErrNotFound
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, ErrNotFound
	}
	return data, nil
}

// Has says whether something stands under key.
func (s *Store) Has(area, key string) bool {
	path, err := s.file(area, key)
	if err != nil {
		return false
	}
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// Put writes data under key, in place of what was there.
func (s *Store) Put(area, key string, data []byte) error {
	path, err := s.file(area, key)
	if err != nil {
		return err
	}
	return s.write(path, data)
}

// Delete takes an entry away; a missing one is no error.
func (s *Store) Delete(area, key string) error {
	path, err := s.file(area, key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) write(path string, data []byte) error {
	f, err := s.temp()
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err2 := f.Close(); err == nil {
		err = err2
	}
	if err == nil {
		err = move(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// temp makes a new file that only this user can read.
func (s *Store) temp() (*os.File, error) {
	if s == nil || s.dir == "" {
		return nil, ErrNotFound
	}
	dir := filepath.Join(s.dir, "tmp")
	f, err := os.CreateTemp(dir, "new-*")
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, "new-*")
}

// move renames into a folder that may not be there yet.
func move(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.Rename(from, to)
}
