package tree

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Entry is one package of a lockfile, or of node_modules.
type Entry struct {
	Location string // slash separated, below the root
	Pkg      *Pkg
	Name     string // true name
	Version  string
	// Resolved is as written; of a link the path of its target.
	Resolved, Integrity       string
	HasResolved, HasIntegrity bool
	Link, InBundle            bool
	Shrinkwrap                bool
	Patched                   bool // npm 12: patchedDependencies
	flags                     flags
}

// Existing is what a project already has: of its lockfile, else of the hidden
// one in node_modules, else of node_modules itself.
type Existing struct {
	File    string // as in "package-lock.json"; "" for node_modules as it lies there
	Entries []Entry
	Root    *Pkg // what the lockfile says of the root; may be nil
	// Version is the lockfile's own version, 0 where it says none.
	Version int
	// Yarn has a yarn.lock's entries by «name@range», where npm would read it.
	Yarn  map[string]YarnEntry
	Notes []string
	// ExtensionsHash is npm 12's digest of the package extensions in force.
	ExtensionsHash, NPMExtensionHash string
	ancient                          bool
}

// YarnEntry is what a yarn.lock says of one request.
type YarnEntry struct{ Version, Resolved, Integrity string }

const maxLockfile = 256 << 20

// LoadExisting reads what is there. What npm would take for no lockfile is
// none; the notes say so.
func LoadExisting(_ context.Context, o Options, _ Deps) (*Existing, error) {
	x := &Existing{}
	if o.NoDisk || o.Path == "" {
		return x, nil
	}
	o.Path = filepath.Clean(o.Path)
	if o.Global {
		if len(o.Update) > 0 {
			x.scan(o.Path)
		}
		return x, nil
	}
	if !o.NoLock {
		x.readLock(o.Path, "npm-shrinkwrap.json", "package-lock.json")
	}
	if x.File == "" && !o.LockRequired {
		x.readInstalled(o.Path)
	}
	return x, nil
}

func (x *Existing) readLock(dir string, files ...string) {
	for _, f := range files {
		data, err := readBounded(filepath.Join(dir, f), maxLockfile)
		if errors.Is(err, os.ErrNotExist) || err == nil && len(data) == 0 {
			continue
		}
		if err == nil {
			err = x.parse(f, dir, data)
		}
		if err != nil {
			x.Notes = append(x.Notes, f+": npm will not read it: "+err.Error())
		}
		return
	}
}

// parse takes over a lockfile's text.
func (x *Existing) parse(file, dir string, data []byte) error {
	o, err := ParseObject(data)
	if err != nil {
		return err
	}
	if n, ok := o.any("lockfileVersion").(json.Number); ok {
		v, _ := n.Int64()
		x.Version = int(v)
	}
	x.File = file
	x.ExtensionsHash, x.NPMExtensionHash = o.str("packageExtensionsHash"), o.str("npmExtensionHash")
	x.ancient = x.Version < 2 && !o.truthy("requires")
	packages := o.object("packages")
	if packages == nil && o.object("dependencies") != nil {
		packages = upgradeV1(o, dir)
	}
	for _, loc := range packages.Keys() {
		e := packages.object(loc)
		if e == nil {
			continue
		}
		if loc == "" {
			x.Root = PkgFromObject(e)
			continue
		}
		x.Entries = append(x.Entries, entryOf(loc, e))
	}
	return nil
}

func entryOf(loc string, o *Object) Entry {
	p := PkgFromObject(o)
	e := Entry{Location: loc, Pkg: p, Version: p.Version,
		Resolved: o.str("resolved"), Integrity: o.str("integrity"),
		Link: o.truthy("link"), InBundle: o.truthy("inBundle"), Shrinkwrap: o.truthy("hasShrinkwrap"),
		Patched: o.truthy("patched"),
	}
	_, e.HasResolved = o.Get("resolved")
	_, e.HasIntegrity = o.Get("integrity")
	if p.Name == "" {
		p.Name = nameFromFolder("/" + loc)
	}
	e.Name = p.Name
	p.Resolved, p.Integrity = "", ""
	dev, opt := o.truthy("dev"), o.truthy("optional")
	e.flags = flags{dev: dev, optional: opt, devOptional: dev || opt || o.truthy("devOptional"),
		peer: o.truthy("peer"), extraneous: o.truthy("extraneous")}
	return e
}

// At is the entry at a location.
func (x *Existing) At(loc string) *Entry {
	for i := range x.Entries {
		if x.Entries[i].Location == loc {
			return &x.Entries[i]
		}
	}
	return nil
}

// Duplicated are the names of which there is more than one node.
func (x *Existing) Duplicated() []string {
	count := map[string]int{}
	var out []string
	for _, e := range x.Entries {
		name := nameFromFolder("/" + e.Location)
		if count[name]++; count[name] == 2 {
			out = append(out, name)
		}
	}
	return out
}

// Versions are all versions there are, by true name.
func (x *Existing) Versions() map[string][]string {
	out := map[string][]string{}
	for _, e := range x.Entries {
		if !e.Link && e.Name != "" && e.Version != "" && !isIn(out[e.Name], e.Version) {
			out[e.Name] = append(out[e.Name], e.Version)
		}
	}
	return out
}

// loadExisting puts what there is below the root.
func (b *builder) loadExisting(root *Node) error {
	x := b.opt.Existing
	if x == nil {
		var err error
		if x, err = LoadExisting(b.ctx, *b.opt, b.deps); err != nil {
			return err
		}
	}
	b.existing = x
	if b.opt.LockRequired && x.File == "" {
		return &Failure{Code: "EUSAGE", Message: "npm ci needs a package-lock.json or npm-shrinkwrap.json"}
	}
	if b.opt.UpdateAll && !b.opt.Global {
		b.loadedFromDisk = x.File != "" && !strings.Contains(x.File, "/")
		return nil
	}
	if len(x.Entries) == 0 && x.File == "" {
		return nil
	}
	b.loadedFromDisk = true
	b.oldLock = x.Version < 2 && x.File != "" && !strings.Contains(x.File, "/")
	b.flagsSuspect = true
	if err := b.loadEntries(root.Target(), x); err != nil {
		return err
	}
	b.ahead.skip = b.skipOf(root)
	return nil
}

// skipOf says which dependencies the top of the tree already meets: nothing
// need be asked ahead for them.
func (b *builder) skipOf(root *Node) func(name, rng string) bool {
	top := map[string]string{}
	for _, n := range root.Target().kids().all() {
		if !b.updateNames[n.name] && !b.vulnerable(n) {
			top[n.name] = n.version()
		}
	}
	return func(name, rng string) bool {
		v, ok := top[name]
		return ok && v != "" && b.deps.Semver.Satisfies(v, rng, looseOptions)
	}
}

// loadEntries makes nodes of a lockfile's entries, below base.
func (b *builder) loadEntries(base *Node, x *Existing) error {
	nodes := map[string]*Node{"": base}
	var order []*Node
	var links []Entry
	for i := range x.Entries {
		e := x.Entries[i]
		if e.Link {
			links = append(links, e)
			continue
		}
		at := path.Join(base.path, e.Location)
		n := b.newNode(nodeOptions{root: b.tree, path: at, realpath: at, pkg: e.Pkg, integrity: e.Integrity,
			resolved: b.consistent(e.Resolved, b.tree.path), hasShrinkwrap: e.Shrinkwrap, flags: &e.flags})
		nodes[e.Location] = n
		order = append(order, n)
	}
	for _, e := range links {
		l, err := b.loadLink(base, e, nodes)
		if err != nil {
			return err
		}
		order = append(order, l)
	}
	if b.oldLock {
		assignBundles(order)
	}
	for _, n := range order {
		if !n.isRoot() {
			n.flags = flags{true, true, true, true, true}
		}
	}
	b.calcFlags(base, false)
	return nil
}

func (b *builder) loadLink(base *Node, e Entry, nodes map[string]*Node) (*Node, error) {
	at := path.Join(base.path, e.Location)
	targetPath := e.Resolved
	if !path.IsAbs(targetPath) {
		targetPath = path.Join(base.path, e.Resolved)
	}
	loc := relpath(base.path, targetPath)
	target := nodes[loc]
	if target == nil {
		return nil, &Failure{Code: "EMISSINGTARGET", Message: "the lockfile's " + e.Location + " links to " + loc + ", which it does not have"}
	}
	l := b.newNode(nodeOptions{link: true, path: at, realpath: targetPath, target: target, pkg: target.pkg, root: b.tree})
	l.flags = target.flags
	nodes[e.Location] = l
	nodes[loc] = l.Target()
	if t := l.Target(); t != nil && t.parent == nil {
		if p, err := b.readPackage(l.realpath); err == nil {
			t.setPkg(p)
		}
	}
	return l, nil
}

// assignBundles tells old lockfiles' bundled packages to those that bundle
// them.
func assignBundles(nodes []*Node) {
	for _, n := range nodes {
		p := n.parent
		if p == nil || !n.pkg.InBundle || p.pkg.InBundle {
			continue
		}
		if _, ok := p.edgesOut.get(n.name); ok {
			p.pkg.Bundle = append(p.pkg.Bundle, n.name)
			p.pkg.HasBundle = true
		}
	}
}
