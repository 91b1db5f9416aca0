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
	MaxAge   time.Duration // since last written or read
	MinAge   time.Duration // what is younger stays, however much there is: others may be at work
	Now      time.Time     // needed for MaxAge and MinAge
	Areas    []string      // only these, and of digests «blob»; none is all
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
	all := s.entries(l.Areas)
	sort.Slice(all, func(i, j int) bool { return all[i].when.Before(all[j].when) })
	var total, gone int64
	for _, e := range all {
		total += e.size
	}
	for _, e := range all {
		age := l.Now.Sub(e.when)
		if l.MinAge > 0 && age < l.MinAge {
			break // and so are all that follow
		}
		old := l.MaxAge > 0 && age > l.MaxAge
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

// entries are all files of some areas but locks: a lock that is deleted while
// held would let two in.
func (s *Store) entries(areas []string) (all []entry) {
	if len(areas) == 0 {
		areas = []string{"."}
	}
	for _, area := range areas {
		if area != "." && !word(area) {
			continue
		}
		_ = filepath.WalkDir(filepath.Join(s.dir, area), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // gone meanwhile, or never there
			}
			if d.IsDir() && path == filepath.Join(s.dir, "lock") {
				return filepath.SkipDir
			}
			if !d.Type().IsRegular() {
				return nil
			}
			if info, err := d.Info(); err == nil {
				all = append(all, entry{path: path, size: info.Size(), when: used(info)})
			}
			return nil
		})
	}
	return all
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
