package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"
)

// Limits say what Prune leaves. Zero fields limit nothing.
type Limits struct {
	MaxBytes int64
	MaxAge   time.Duration // since last written
	Now      time.Time     // needed for MaxAge
}

type entry struct {
	path string
	size int64
	when time.Time
}

// Prune deletes what is too old, and then the oldest until the rest fits. It
// gives the number of bytes deleted. What another process deletes meanwhile is
// no error.
func (s *Store) Prune(l Limits) (int64, error) {
	if s == nil || s.dir == "" {
		return 0, nil
	}
	all, err := s.entries()
	if err != nil {
		return 0, err
	}
	sort.Slice(all, func(i, j int) bool { return all[i].when.Before(all[j].when) })
	var total, gone int64
	for _, e := range all {
		total += e.size
	}
	for _, e := range all {
		old := l.MaxAge > 0 && l.Now.Sub(e.when) > l.MaxAge
		if !old && (l.MaxBytes <= 0 || total <= l.MaxBytes) {
			continue
		}
		if os.Remove(e.path) == nil {
			gone += e.size
		}
		total -= e.size
	}
	return gone, nil
}

// entries are all files but locks: a lock that is deleted while held would let
// two in.
func (s *Store) entries() (all []entry, err error) {
	err = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // gone meanwhile
		}
		if d.IsDir() && path == filepath.Join(s.dir, "lock") {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			all = append(all, entry{path: path, size: info.Size(), when: info.ModTime()})
		}
		return nil
	})
	return all, err
}
