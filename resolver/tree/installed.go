package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gpq/resolver/lockfile"
)

const hiddenLock = lockfile.Hidden

// readInstalled takes the hidden lockfile where it is as new as what it tells
// of, else what lies in node_modules.
func (x *Existing) readInstalled(dir string, o lockfile.Options) {
	h := &Existing{}
	file := filepath.Join(dir, filepath.FromSlash(hiddenLock))
	st, err := os.Stat(file)
	if err == nil {
		data, err := readBounded(file, maxLockfile)
		if err == nil {
			if l, err := lockfile.Read(hiddenLock, data, o); err == nil {
				h.take(l)
			}
		}
		if h.File != "" && len(h.Faults) == 0 && h.current(dir, st.ModTime().Add(10*time.Millisecond), o.NPM > 10) {
			h.yarn, h.Notes = x.yarn, append(x.Notes, h.Notes...)
			*x = *h
			return
		}
	}
	s := x.scanner(dir)
	s.modules(dir)
	s.sort(0)
	s.workspaces()
}

var errStale = errors.New("the hidden lockfile is older than node_modules")

// current is whether node_modules has exactly the entries, and nothing newer
// than the hidden lockfile.
func (x *Existing) current(dir string, limit time.Time, since11 bool) bool {
	listed := map[string]bool{}
	for _, e := range x.Entries {
		listed[e.Location] = true
	}
	c := &currency{root: dir, limit: limit, listed: listed, seen: map[string]bool{}}
	if c.modules(dir) != nil || since11 && c.stores(x.Entries) != nil {
		return false
	}
	for loc := range listed {
		if !c.seen[loc] {
			return false
		}
	}
	return true
}

type currency struct {
	root         string
	limit        time.Time
	listed, seen map[string]bool
}

// stores looks through what no link in node_modules leads to: what lies beside
// a package in its folder of a store, and folders of the project's own.
func (c *currency) stores(entries []Entry) error {
	linked := map[string]bool{}
	for _, e := range entries {
		if e.Link {
			linked[e.Resolved] = true
		}
	}
	for _, e := range entries {
		err, at := error(nil), ""
		if at = storeFolder(e.Location); at != "" {
			c.seen[at] = true
			err = c.folder(filepath.Join(c.root, filepath.FromSlash(at), "node_modules"))
		} else if at, _, _ = strings.Cut(e.Location, "/node_modules/"); at != "" && !strings.Contains("/"+at+"/", "/node_modules/") && !linked[at] {
			err = c.pkg(filepath.Join(c.root, filepath.FromSlash(at)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// storeFolder is the folder of a store in which a package lies, with what it
// depends on beside it; "" where it lies in none.
func storeFolder(loc string) string {
	i := strings.LastIndex(loc, "/.store/")
	if i < 0 {
		return ""
	}
	rest := loc[i+len("/.store/"):]
	if j := strings.Index(rest, "/node_modules/"); j > 0 {
		return loc[:len(loc)-len(rest)+j]
	}
	return ""
}

func (c *currency) modules(dir string) error {
	return c.folder(filepath.Join(dir, "node_modules"))
}

// folder looks through a node_modules, or a scope in one.
func (c *currency) folder(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	if st.ModTime().After(c.limit) {
		return errStale
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if err := c.entry(dir, e); err != nil {
			return err
		}
	}
	return nil
}

func (c *currency) entry(dir string, e fs.DirEntry) error {
	at := filepath.Join(dir, e.Name())
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		c.seen[c.rel(at)] = true
		target, err := filepath.EvalSymlinks(at)
		if err != nil {
			return nil
		}
		if st, err := os.Stat(target); err == nil && st.IsDir() && !c.seen[c.rel(target)] {
			return c.pkg(target)
		}
	case e.IsDir() && !strings.HasPrefix(e.Name(), "."):
		if strings.HasPrefix(e.Name(), "@") {
			return c.folder(at)
		}
		return c.pkg(at)
	}
	return nil
}

func (c *currency) pkg(dir string) error {
	rel := c.rel(dir)
	c.seen[rel] = true
	st, err := os.Stat(dir)
	if err != nil || st.ModTime().After(c.limit) || !c.listed[rel] {
		return errStale
	}
	return c.modules(dir)
}

func (c *currency) rel(p string) string { return relpath(c.root, filepath.ToSlash(p)) }
