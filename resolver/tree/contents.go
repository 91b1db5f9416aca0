package tree

import (
	"path"
	"sort"
	"strings"
	"sync"

	"gpq/resolver/lockfile"
	"gpq/resolver/spec"
)

// crackOpen looks into the tarball of a package that brings others along, and
// puts those below it.
func (b *builder) crackOpen(n *Node) error {
	bundles := len(n.pkg.Bundle) > 0
	if n == b.tree || n.isProjectRoot() || n.isWorkspace() || n.link || n.inert || n.resolved == "" ||
		!bundles && !n.hasShrinkwrap || n.Unknown() {
		return nil
	}
	if !b.opt.Complete || b.deps.Contents == nil {
		b.result.note(n, "it bundles other packages, and its tarball was not looked into")
		return nil
	}
	c, err := b.deps.Contents.Open(b.ctx, n.pkgWithPlace())
	if err != nil {
		if ctxErr := b.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		b.result.note(n, "it brings other packages along, and its tarball could not be looked into: "+err.Error())
		return nil
	}
	x := &Existing{}
	if n.hasShrinkwrap && len(c.Shrinkwrap) > 0 {
		l, err := lockfile.Read(lockfile.Shrinkwrap, c.Shrinkwrap, lockfile.Options{Dir: n.path, NPM: b.major})
		if err != nil {
			b.result.note(n, "its own npm-shrinkwrap.json: "+err.Error())
		} else {
			x.take(l)
			for _, f := range x.Runs {
				b.result.note(n, "from its own npm-shrinkwrap.json, whose entry for "+f.Name+" says what to run: "+f.Why)
			}
			if err := b.loadShrinkwrap(n, x); err != nil {
				return err
			}
		}
	}
	if bundles {
		b.loadBundled(n, c.Bundled, x)
	}
	return nil
}

// pkgWithPlace is the node's package with where this node has it from.
func (n *Node) pkgWithPlace() *Pkg {
	p := *n.pkg
	p.Resolved, p.Integrity = n.resolved, n.integrity
	return &p
}

// loadShrinkwrap puts a dependency's own locked tree below it. Entries that
// leave it are npm's failure.
func (b *builder) loadShrinkwrap(n *Node, x *Existing) error {
	for _, e := range x.Entries {
		if b.before(11) {
			break
		}
		places := []string{e.Location}
		if e.Link {
			places = append(places, e.Resolved)
		}
		for _, p := range places {
			if c := path.Clean(p); path.IsAbs(p) || c == "." || c == ".." || strings.HasPrefix(c, "../") {
				return &Failure{Code: "EINVALIDLOCATION", Message: n.name + ": its npm-shrinkwrap.json leaves its folder: " + p}
			}
		}
	}
	old, suspect := b.oldLock, b.flagsSuspect
	b.oldLock, b.flagsSuspect = x.Version < 2, true
	defer func() { b.oldLock, b.flagsSuspect = old, suspect }()
	return b.loadEntries(n, x)
}

// loadBundled puts the packages in n's tarball below it. Where it also has a
// lockfile, that tells where they are from.
func (b *builder) loadBundled(n *Node, files map[string][]byte, x *Existing) {
	locs := make([]string, 0, len(files))
	for loc := range files {
		locs = append(locs, loc)
	}
	sort.Slice(locs, func(i, j int) bool {
		if d := strings.Count(locs[i], "node_modules/") - strings.Count(locs[j], "node_modules/"); d != 0 {
			return d < 0
		}
		return locs[i] < locs[j]
	})
	b.onEdge = func(e *Edge) {
		// What bundled packages need of one another has settled before.
		if b.before(11) || e.from == n || !e.from.isDescendantOf(n) || !e.to.isDescendantOf(n) {
			b.fromYarn(e)
		}
	}
	defer func() { b.onEdge = b.fromYarn }()
	for _, loc := range locs {
		at := path.Join(n.path, loc)
		if !strings.HasPrefix(at, n.path+"/") {
			continue
		}
		p := &Pkg{}
		if o, err := ParseObject(files[loc]); err == nil {
			p = PkgFromObject(o)
		}
		o := nodeOptions{root: b.tree, path: at, realpath: at, pkg: p}
		if e := x.At(loc); e != nil && !e.Link && !other(e.Version, p.Version) {
			o.resolved, o.integrity = e.Resolved, e.Integrity
		}
		b.newNode(o)
	}
	b.calcFlags(n, false)
}

// inflate asks the registry for what an old lockfile does not say: every
// package's own dependencies.
func (b *builder) inflate() error {
	if !b.oldLock && !b.existingAncient() {
		return nil
	}
	var nodes []*Node
	for n := range b.tree.inventory.order.all() {
		if !n.isProjectRoot() && strings.HasPrefix(n.location, "node_modules") && !n.link {
			nodes = append(nodes, n)
		}
	}
	got := make([]*Pkg, len(nodes))
	var wg sync.WaitGroup
	slots := make(chan struct{}, defaultAhead)
	for i, n := range nodes {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			got[i] = b.inflated(n)
		})
	}
	wg.Wait()
	for i, n := range nodes {
		if got[i] != nil {
			n.setPkg(got[i])
		}
	}
	b.resetFlags()
	b.calcFlags(b.tree, true)
	return nil
}

func (b *builder) existingAncient() bool { return b.existing != nil && b.existing.ancient }

func (b *builder) inflated(n *Node) *Pkg {
	id := n.version()
	if n.resolved != "" && (id == "" || strings.HasPrefix(n.resolved, "file:")) {
		id = n.resolved
	}
	name := n.name
	if n.pkg.Name != "" && n.pkg.Name != n.name {
		name = n.pkg.Name
	}
	r := registrySpec(b.specs.resolve(name, id, path.Dir(n.path)))
	if r == nil || r.Kind == spec.Tag {
		return nil
	}
	d, _ := b.ahead.document(r.Name, nil)
	select {
	case <-d.done:
	case <-b.ctx.Done():
		return nil
	}
	if d.err != nil {
		return nil
	}
	p := b.ahead.pick(d.p, r, "").pkg
	if p == nil {
		return nil
	}
	if _, ok := agreed(n.integrity, p.Integrity); !ok {
		return nil // npm goes on with what it has
	}
	return p
}
