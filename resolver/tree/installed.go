package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
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

// scan takes down what lies in node_modules.
func (x *Existing) scan(dir string) {
	x.scanner(dir).modules(dir)
}

func (x *Existing) scanner(dir string) *scanner {
	return &scanner{x: x, root: dir, seen: map[string]bool{}}
}

// workspaces takes down the workspaces that no link leads to, with what
// lies in theirs.
func (s *scanner) workspaces() {
	p, err := ReadPackage(s.root)
	if err != nil {
		return
	}
	list, _ := findWorkspaces(filepath.ToSlash(s.root), p.Workspaces, &collator{})
	for _, w := range list {
		real, err := filepath.EvalSymlinks(w.path)
		if err != nil || s.seen[real] {
			continue
		}
		before := len(s.x.Entries)
		s.pkg(w.path)
		if len(s.x.Entries) > before {
			s.x.Entries[before].unlinked = true
		}
	}
}

// modules is whether anything lies in the project's own node_modules.
func (x *Existing) modules() bool {
	for i := range x.Entries {
		if strings.HasPrefix(x.Entries[i].Location, "node_modules/") {
			return true
		}
	}
	return false
}

type scanner struct {
	x    *Existing
	root string
	seen map[string]bool
}

const maxScanned = 200_000 // packages in one node_modules

func (s *scanner) modules(dir string) {
	for _, name := range moduleNames(filepath.Join(dir, "node_modules")) {
		if len(s.x.Entries) < maxScanned {
			s.pkg(filepath.Join(dir, "node_modules", filepath.FromSlash(name)))
		}
	}
}

// moduleNames are the names in a node_modules, scoped ones with their scope;
// hidden folders are none.
func moduleNames(nm string) []string {
	entries, _ := os.ReadDir(nm)
	var out []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if !strings.HasPrefix(name, "@") {
			if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
				out = append(out, name)
			}
			continue
		}
		scoped, _ := os.ReadDir(filepath.Join(nm, name))
		for _, k := range scoped {
			if !strings.HasPrefix(k.Name(), ".") {
				out = append(out, name+"/"+k.Name())
			}
		}
	}
	sort.Strings(out)
	return out
}

func (s *scanner) pkg(dir string) {
	loc := relpath(s.root, filepath.ToSlash(dir))
	real, err := filepath.EvalSymlinks(dir)
	if err != nil { // a link to nowhere: npm knows no more than that something is there
		s.x.Entries = append(s.x.Entries, Entry{Location: loc, Pkg: &Pkg{}, Name: nameFromFolder("/" + loc), flags: flags{true, true, true, true, true}})
		return
	}
	if st, err := os.Stat(real); err != nil || !st.IsDir() {
		return
	}
	isLink := false
	if st, err := os.Lstat(dir); err == nil {
		isLink = st.Mode()&fs.ModeSymlink != 0
	}
	if isLink {
		target := relpath(s.root, filepath.ToSlash(real))
		s.x.Entries = append(s.x.Entries, Entry{Location: loc, Link: true, Resolved: target, HasResolved: true,
			Name: nameFromFolder("/" + loc), Pkg: &Pkg{}})
		if s.seen[real] {
			return
		}
		loc, dir = target, real
	}
	s.seen[real] = true
	p, err := ReadPackage(dir)
	if err != nil {
		p = &Pkg{}
	}
	s.x.Entries = append(s.x.Entries, Entry{Location: loc, Pkg: p, Name: orElse(p.Name, nameFromFolder("/"+loc)), Version: p.Version,
		Resolved: p.Resolved, Integrity: p.Integrity, flags: flags{true, true, true, true, true}})
	s.modules(dir)
}
