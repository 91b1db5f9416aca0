package tree

import (
	"path"
	"strings"
)

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
	b.loadedFromDisk = x.File != "" || x.modules() || x.unread
	if x.File == "" && !x.unread {
		defer b.loadWorkspaceFolders(root)
	}
	if len(x.Entries) == 0 && x.File == "" {
		return nil
	}
	b.oldLock = x.Version < 2 && x.File != "" && !strings.Contains(x.File, "/")
	b.flagsSuspect = !b.trusted(root, x)
	load := b.loadEntries
	if x.installed() && !root.link && !b.opt.Global {
		load = b.loadActual
	}
	if err := load(root.Target(), x); err != nil {
		return err
	}
	if b.opt.Global {
		b.keepGlobals(root.Target())
	}
	b.ahead.skip = b.skipOf(root)
	return nil
}

func (b *builder) loadWorkspaceFolders(root *Node) {
	t := root.Target()
	for _, w := range t.workspaces {
		if root.Root().inventory.at(relpath(t.realpath, w.path)) != nil {
			continue
		}
		p, err := b.readPackage(w.path)
		if err != nil {
			continue
		}
		o := nodeOptions{path: w.path, realpath: w.path, pkg: p, root: b.tree}
		if t.overrides != nil {
			o.overrides = b.nodeRule(t.overrides, p.Name, p.Version)
		}
		b.newNode(o)
	}
}

func (b *builder) skipOf(root *Node) func(name, rng string) bool {
	top := map[string]string{}
	for _, n := range root.Target().kids().all() {
		if !b.updateNames[n.name] {
			top[n.name] = n.version()
		}
	}
	return func(name, rng string) bool {
		v, ok := top[name]
		return ok && v != "" && b.deps.Semver.Satisfies(v, rng, looseOptions)
	}
}

// installed is whether the entries are what lies in node_modules.
func (x *Existing) installed() bool {
	return x.File == "" && !x.unread || strings.Contains(x.File, "/")
}

// loadActual loads what lies in node_modules under a root of its own, and takes
// that over: what nodes and edges have of overrides, and the order they are in,
// is what is left of both (Arborist's load-actual.js).
func (b *builder) loadActual(root *Node, x *Existing) error {
	actual, err := b.rootNode()
	if err != nil {
		return err
	}
	b.actual = actual
	nodes, err := b.placeEntries(actual, x)
	if err != nil {
		return err
	}
	root.replace(actual)
	for _, n := range actual.fsChildren.slice() {
		n.setRoot(root)
	}
	b.flagEntries(root, nodes)
	return nil
}

// loadEntries puts what a lockfile tells of below base.
func (b *builder) loadEntries(base *Node, x *Existing) error {
	nodes, err := b.placeEntries(base, x)
	if err != nil {
		return err
	}
	b.flagEntries(base, nodes)
	return nil
}

func (b *builder) placeEntries(base *Node, x *Existing) ([]*Node, error) {
	nodes := map[string]*Node{"": base}
	var order []*Node
	var links []Entry
	for i := range x.Entries {
		e := x.Entries[i]
		if e.Link {
			links = append(links, e)
			continue
		}
		nodes[e.Location] = b.entryNode(base, &e)
		order = append(order, nodes[e.Location])
	}
	for _, e := range links {
		l, err := b.loadLink(base, e, nodes)
		if err != nil {
			return nil, err
		}
		order = append(order, l)
	}
	if b.oldLock {
		assignBundles(order)
	}
	return order, nil
}

// flagEntries works the flags of the nodes out, where those noted are not
// believed.
func (b *builder) flagEntries(base *Node, nodes []*Node) {
	if !b.flagsSuspect {
		return
	}
	for _, n := range nodes {
		if !n.isRoot() {
			n.flags = flags{true, true, true, true, true}
		}
	}
	b.calcFlags(base, false)
}

// entryNode is the package that an entry speaks of, at its place.
func (b *builder) entryNode(base *Node, e *Entry) *Node {
	at := path.Join(base.path, e.Location)
	o := nodeOptions{root: base.Root(), path: at, realpath: at, pkg: e.Pkg, integrity: e.Integrity,
		resolved: b.consistent(e.Resolved, b.tree.path), hasShrinkwrap: e.Shrinkwrap, flags: &e.flags}
	if e.unlinked && base.overrides != nil {
		o.overrides = b.nodeRule(base.overrides, e.Pkg.Name, e.Pkg.Version)
	}
	n := b.newNode(o)
	n.extended = e.Extended
	return n
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
	l := b.newNode(nodeOptions{link: true, path: at, realpath: targetPath, target: target, pkg: target.pkg, root: base.Root()})
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
