package tree

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpq/resolver/lockfile"
	"gpq/resolver/registry"
)

// A LaidFolder is a package's folder in node_modules whose own files make npm
// run something when it rebuilds, whatever any lockfile says of it.
type LaidFolder struct {
	Folder        string        // from the root, with slashes
	Name, Version string        // as its package.json has them
	Scripts       registry.Deps // those that npm runs, in npm's order
	Gyp           bool          // a binding.gyp, for which npm runs node-gyp
	Bundles       bool          // its package.json names packages that come inside
}

// laidEvents are what npm runs when it rebuilds; prepare for what is linked.
var laidEvents = []string{"preinstall", "install", "postinstall", "prepare"} //nolint:gochecknoglobals // never changed

// LaidDown is what lies in node_modules below root, and below the folders of
// the project's own that own names and that links lead to.
type LaidDown struct {
	Folders  []LaidFolder // that would run something
	Bundlers []LaidFolder // that say they bring others along
	// Runs are entries of npm's own record in node_modules that say what to run.
	Runs []Fault
}

// Laid looks through node_modules as npm does when it rebuilds, and a little
// further: also at what npm would pass over. own are folders of the project's
// own.
func Laid(root string, own []string) *LaidDown {
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	s := &laidScan{root: root, seen: map[string]bool{}, out: &LaidDown{}}
	s.modules(root)
	for _, dir := range own {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			s.own(real)
		}
	}
	s.recorded()
	slices.SortFunc(s.out.Folders, func(a, b LaidFolder) int { return strings.Compare(a.Folder, b.Folder) })
	return s.out
}

type laidScan struct {
	root  string
	seen  map[string]bool // real folders, and node_modules
	count int
	out   *LaidDown
}

// recorded goes by npm's own record in node_modules, where that is what npm
// goes by: it may name any folder.
func (s *laidScan) recorded() {
	data, err := readBounded(filepath.Join(s.root, filepath.FromSlash(hiddenLock)), maxLockfile)
	if err != nil {
		return
	}
	l, err := lockfile.Read(hiddenLock, data, lockfile.Options{Dir: s.root})
	if err != nil {
		return
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Runs != "" {
			s.out.Runs = append(s.out.Runs, Fault{Location: e.Path, Name: e.Name, Version: e.Version, Why: e.Runs})
		}
		if !filepath.IsAbs(e.Path) {
			s.pkg(filepath.Join(s.root, filepath.FromSlash(e.Path)))
		}
	}
}

// modules looks through a folder's node_modules: at hidden folders in it too, in
// which pnpm, and npm's «linked» strategy, keep what the rest are links to.
func (s *laidScan) modules(dir string) {
	nm := filepath.Join(dir, "node_modules")
	if s.seen[nm] {
		return
	}
	s.seen[nm] = true
	for _, name := range moduleNames(nm) {
		s.pkg(filepath.Join(nm, filepath.FromSlash(name)))
	}
	entries, _ := os.ReadDir(nm)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") || !e.IsDir() {
			continue
		}
		stored, _ := os.ReadDir(filepath.Join(nm, e.Name()))
		for _, k := range stored {
			s.modules(filepath.Join(nm, e.Name(), k.Name()))
		}
	}
}

// own is a folder of the project's own: its scripts are the project's, what lies
// in its node_modules is not, nor in one between it and the root.
func (s *laidScan) own(dir string) {
	for {
		s.modules(dir)
		up := filepath.Dir(dir)
		if up == dir || !below(s.root, up) {
			return
		}
		dir = up
	}
}

func below(root, dir string) bool {
	return strings.HasPrefix(dir, strings.TrimSuffix(root, "/")+"/")
}

func (s *laidScan) pkg(dir string) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || s.seen[real] || s.count >= maxScanned {
		return
	}
	if st, err := os.Stat(real); err != nil || !st.IsDir() {
		return
	}
	s.seen[real] = true
	s.count++
	if !strings.Contains(filepath.ToSlash(real)+"/", "/node_modules/") || !s.inModules(real) {
		s.own(real)
		return
	}
	s.folder(real)
	s.modules(real)
	if i := strings.LastIndex(filepath.ToSlash(real), "/node_modules/"); strings.Contains(real[:i], "/node_modules/.") {
		s.modules(real[:i]) // what is kept beside it, for it
	}
}

// inModules is whether a folder lies in a node_modules of this project, or of
// another place altogether: the project itself may lie in one.
func (s *laidScan) inModules(real string) bool {
	rest, inside := strings.CutPrefix(filepath.ToSlash(real), filepath.ToSlash(s.root)+"/")
	return !inside || strings.Contains("/"+rest+"/", "/node_modules/")
}

// folder takes a package's folder down, if npm would run something for it.
func (s *laidScan) folder(dir string) {
	f := LaidFolder{Folder: relpath(s.root, filepath.ToSlash(dir))}
	if data, err := readBounded(filepath.Join(dir, "package.json"), maxPackageJSON); err == nil {
		if o, err := ParseObject(data); err == nil {
			p := PkgFromObject(o)
			f.Name, f.Version, f.Bundles = p.Name, p.Version, p.HasBundle
			for _, event := range laidEvents {
				if cmd := strings.TrimSpace(o.object("scripts").str(event)); cmd != "" {
					f.Scripts = append(f.Scripts, registry.Dep{Name: event, Value: cmd})
				}
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "binding.gyp")); err == nil {
		f.Gyp = true
	}
	if f.Bundles {
		s.out.Bundlers = append(s.out.Bundlers, f)
	}
	if f.Gyp || len(f.Scripts) > 0 {
		s.out.Folders = append(s.out.Folders, f)
	}
}
