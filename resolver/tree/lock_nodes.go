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
	if err := b.loadEntries(root.Target(), x); err != nil {
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
		nodes[e.Location] = b.entryNode(base, &e)
		order = append(order, nodes[e.Location])
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
	if !b.flagsSuspect {
		return nil
	}
	for _, n := range order {
		if !n.isRoot() {
			n.flags = flags{true, true, true, true, true}
		}
	}
	b.calcFlags(base, false)
	return nil
}

// entryNode is the package that an entry speaks of, at its place.
func (b *builder) entryNode(base *Node, e *Entry) *Node {
	at := path.Join(base.path, e.Location)
	o := nodeOptions{root: b.tree, path: at, realpath: at, pkg: e.Pkg, integrity: e.Integrity,
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
