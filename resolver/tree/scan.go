package tree

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// scan takes down what lies in node_modules.
func (x *Existing) scan(dir string) {
	s := x.scanner(dir)
	s.modules(dir)
	s.sort(0)
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
	start := len(s.x.Entries)
	defer func() { s.sort(start) }()
	for _, w := range list {
		real, err := filepath.EvalSymlinks(w.path)
		if err != nil || s.seen[real] {
			continue
		}
		before := len(s.x.Entries)
		s.pkg(w.path, 0)
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
	// npm reads all folders side by side, and puts packages into its tree as they
	// come: at is how long what is read now takes it, and when that was for each
	// entry.
	at   int
	when []int
}

// What npm does for one package before it has that: a folder listed, a path
// resolved, a package.json read; beside that a listing for each scope, and for
// what is in a scope that one's path.
const (
	readingPackage = 7
	readingScope   = 1
	resolvingScope = 1
)

func (s *scanner) add(e Entry) {
	s.x.Entries, s.when = append(s.x.Entries, e), append(s.when, s.at)
}

// sort puts the entries from start on into the order npm has them in.
func (s *scanner) sort(start int) {
	byTime := make([]int, len(s.x.Entries)-start)
	for i := range byTime {
		byTime[i] = i
	}
	entries, when := slices.Clone(s.x.Entries[start:]), s.when[len(s.when)-len(byTime):]
	sort.SliceStable(byTime, func(i, k int) bool { return when[byTime[i]] < when[byTime[k]] })
	for i, from := range byTime {
		s.x.Entries[start+i] = entries[from]
	}
}

const maxScanned = 200_000 // packages in one node_modules

func (s *scanner) modules(dir string) {
	names := moduleNames(filepath.Join(dir, "node_modules"))
	before, first, scope := s.at, s.at+readingPackage, ""
	for _, name := range names {
		if in, _, ok := strings.Cut(name, "/"); ok && in != scope {
			first, scope = first+readingScope, in
		}
	}
	all := first
	if scope != "" {
		all += resolvingScope
	}
	defer func() { s.at = before }()
	for _, name := range names {
		if s.at = first; strings.Contains(name, "/") {
			s.at = all
		}
		if len(s.x.Entries) < maxScanned {
			s.pkg(filepath.Join(dir, "node_modules", filepath.FromSlash(name)), all)
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

// pkg takes down the package in dir, and what lies in that, which npm reads
// from then on.
func (s *scanner) pkg(dir string, then int) {
	loc := relpath(s.root, filepath.ToSlash(dir))
	real, err := filepath.EvalSymlinks(dir)
	if err != nil { // a link to nowhere: npm knows no more than that something is there
		s.add(Entry{Location: loc, Pkg: &Pkg{}, Name: nameFromFolder("/" + loc), flags: flags{true, true, true, true, true}})
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
		s.add(Entry{Location: loc, Link: true, Resolved: target, HasResolved: true,
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
	s.add(Entry{Location: loc, Pkg: p, Name: orElse(p.Name, nameFromFolder("/"+loc)), Version: p.Version,
		Resolved: p.Resolved, Integrity: p.Integrity, flags: flags{true, true, true, true, true}})
	s.at = then
	s.modules(dir)
}
