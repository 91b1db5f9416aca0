package tree

// bundler is the node whose tarball n comes in, nil where it is its own.
func (n *Node) bundler() *Node {
	for p := n.parent; p != nil; p = p.parent {
		if len(p.pkg.Bundle) > 0 {
			return n.findBundler(map[*Node]bool{})
		}
	}
	return nil // only an ancestor can be the answer
}

func (n *Node) findBundler(seen map[*Node]bool) *Node {
	if seen[n] {
		return nil
	}
	n.env.spend(1)
	seen[n] = true
	if n.parent == nil {
		return nil
	}
	if b := n.parent.findBundler(seen); b != nil {
		return b
	}
	for _, name := range n.parent.pkg.Bundle {
		if name == n.name {
			return n.parent
		}
	}
	for e := range n.edgesIn.all() {
		if b := e.from.findBundler(seen); b != nil && b == n.parent {
			return b
		}
	}
	return nil
}

// inDepBundle is whether n comes in a dependency's tarball; what the project
// bundles is still fetched.
func (n *Node) inDepBundle() bool {
	b := n.bundler()
	return b != nil && b != n.Root()
}

func (n *Node) inShrinkwrap() bool {
	for p := n.parent; p != nil; p = p.parent {
		if p.hasShrinkwrap {
			return true
		}
	}
	return false
}

// canReplace is whether n may stand where old stands without upsetting
// anyone; edges from peers named in ignore, of the same set, do not count.
func (n *Node) canReplace(old *Node, ignore func(name string) bool) bool {
	if n.name != old.name || n.pkg.Name != old.pkg.Name {
		return false
	}
	if n.env.before(11) {
		if n.overrides != old.overrides {
			return false
		}
	} else if old.edgesOut.len() > 0 && !n.overrides.equal(old.overrides) {
		return false
	}
	deps := gatherDepSet([]*Node{old}, func(e *Edge) bool { return e.to != old && e.valid() })
	for e := range old.edgesIn.all() {
		if !old.isTop() && e.from.parent == old.parent && e.peer() && ignore != nil && ignore(e.from.name) {
			continue
		}
		if !deps.has(e.from) && !e.satisfiedBy(n) {
			return false
		}
	}
	return true
}

// canDedupe is whether n may go because all that need it would be content
// with what they would find further up.
func (n *Node) canDedupe(preferDedupe, explicit bool) bool {
	if n.inDepBundle() || n.inShrinkwrap() {
		return false
	}
	rp := n.resolveParent()
	if rp == nil || rp.resolveParent() == nil {
		return false
	}
	if n.edgesIn.len() == 0 {
		return true
	}
	other := rp.resolveParent().Resolve(n.name)
	switch {
	case other == nil:
		return false
	case other.matches(n):
		return true
	case !other.canReplace(n, nil):
		return false
	}
	cmp := n.env.ranges.compare(other.version(), n.version())
	if n.env.before(11) {
		return preferDedupe || cmp >= 0
	}
	return preferDedupe || cmp == 0 || cmp > 0 && !n.overridden() || explicit
}

// gatherDepSet is the nodes given and what only they need, by the edges that
// count.
func gatherDepSet(start []*Node, counts func(*Edge) bool) *set[*Node] {
	deps := setOf(start...)
	for n := range deps.all() {
		n.env.spend(1 + n.edgesOut.len())
		for _, e := range n.edgesOut.all() {
			if e.to != nil && counts(e) {
				deps.add(e.to)
			}
		}
	}
	for changed := true; changed && deps.len() > 0; {
		changed = false
		for n := range deps.all() {
			n.env.spend(1)
			for e := range n.edgesIn.all() {
				if !deps.has(e.from) && counts(e) {
					changed = true
					deps.del(n)
					break
				}
			}
		}
	}
	return deps
}

// optionalSet is what cannot stand without n: the optional part of the tree
// that n belongs to, and what only that part needs.
func (n *Node) optionalSet() *set[*Node] {
	part := setOf(n)
	for m := range part.all() {
		n.env.spend(1 + m.edgesIn.len())
		for e := range m.edgesIn.all() {
			if !e.optional() {
				part.add(e.from)
			}
		}
	}
	if n.env.before(11) {
		return gatherDepSet(part.slice(), func(e *Edge) bool { return !e.optional() })
	}
	return gatherDepSet(part.slice(), func(e *Edge) bool {
		return !part.has(e.to) && (e.from == nil || !e.from.inert)
	})
}

// deepestTarget is the deepest place at or above start where name could go:
// beside, not inside, what only has it as a peer.
func deepestTarget(start *Node, name string) *Node {
	for t := start; t != nil; t = t.resolveParent() {
		if t.isProjectRoot() || t.resolveParent() == nil || t.globalTop() {
			return t
		}
		if e, ok := t.edgesOut.get(name); !ok || !e.peer() {
			return t
		}
	}
	return nil
}

// peerEntry is one way into a peer set: the edge and the peers it brings.
type peerEntry struct {
	edge  *Edge
	peers *set[*Node]
}

// peerEntrySets are the peer sets that n belongs to, by their entry edges.
func peerEntrySets(n *Node) []peerEntry {
	union := setOf(n)
	for m := range union.all() {
		n.env.spend(1 + m.edgesOut.len() + m.edgesIn.len())
		for _, e := range m.edgesOut.all() {
			if e.to != nil && e.peer() && e.valid() {
				union.add(e.to)
			}
		}
		for e := range m.edgesIn.all() {
			if e.peer() && e.valid() {
				union.add(e.from)
			}
		}
	}
	var out []peerEntry
	for peer := range union.all() {
		for e := range peer.edgesIn.all() {
			if !e.valid() || e.peer() && !e.from.isTop() {
				continue
			}
			if sub := peersOf(peer); sub.has(n) {
				out = append(out, peerEntry{e, sub})
			}
		}
	}
	return out
}

func peersOf(n *Node) *set[*Node] {
	sub := setOf(n)
	for m := range sub.all() {
		n.env.spend(1 + m.edgesOut.len())
		for _, e := range m.edgesOut.all() {
			if e.to != nil && e.peer() && e.valid() {
				sub.add(e.to)
			}
		}
	}
	return sub
}
