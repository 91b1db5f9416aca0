package tree

// pruneBelow takes out what the placed node made superfluous deeper down.
func (p *placement) pruneBelow(target *Node) {
	root := target.Root()
	for n := range root.inventory.byName[p.name()].all() {
		p.b.spend(1 + n.depth())
		if n.isTop() || !n.isDescendantOf(target) {
			continue
		}
		p.pruneDedupable(n, false)
		if n.Root() != root {
			continue
		}
		for _, kid := range n.kids().all() {
			p.pruneDedupable(kid, false)
		}
	}
}

// replaceOld puts the placed node where another version stands, and removes
// what that leaves without a dependent.
func (p *placement) replaceOld(target *Node) {
	var oldDeps []*Node
	for name, e := range p.old.edgesOut.all() {
		if _, still := p.placed.edgesOut.get(name); still || e.to == nil {
			continue
		}
		to := e.to
		oldDeps = append(oldDeps, gatherDepSet([]*Node{to}, func(x *Edge) bool { return x.to != to }).slice()...)
	}
	prune := p.conflictingSets(target)
	p.placed.replace(p.old)
	p.pruneForReplacement(oldDeps)
	for _, n := range prune {
		for e := range n.edgesIn.all() {
			p.evaluate.add(e.from)
		}
		n.setRoot(nil)
	}
}

// conflictingSets are the peer sets at this level that the new version does
// not satisfy and that can go deeper.
func (p *placement) conflictingSets(target *Node) []*Node {
	var prune []*Node
	for e := range p.old.edgesIn.all() {
		if p.placed.satisfies(e) || !e.peer() || e.from.parent != target || e.peerConflicted {
			continue
		}
		for _, entry := range peerEntrySets(e.from) {
			node, from := entry.edge.to, entry.edge.from
			// npm asks for the deepest place of no name at all here.
			if deepestTarget(node, "") == target || from.isProjectRoot() || from.isWorkspace() {
				p.overlook(e, p.dep)
				continue
			}
			prune = append(prune, gatherDepSet([]*Node{node}, func(x *Edge) bool {
				return x.to != node && !x.peerConflicted
			}).slice()...)
		}
	}
	return prune
}

func (p *placement) pruneForReplacement(oldDeps []*Node) {
	invalid := &set[*Node]{}
	for _, e := range p.placed.edgesOut.all() {
		if e.to != nil && !e.valid() {
			invalid.add(e.to)
		}
	}
	for _, d := range oldDeps {
		for n := range gatherDepSet([]*Node{d}, func(e *Edge) bool { return e.to != d && e.valid() }).all() {
			invalid.add(n)
		}
	}
	placed := p.placed
	junk := gatherDepSet(invalid.slice(), func(e *Edge) bool {
		return e.from != placed && e.to != placed && e.valid()
	})
	for n := range junk.all() {
		n.setRoot(nil)
	}
}

// pruneDedupable removes n where something further up does as well, and looks
// at everything below it if asked.
func (p *placement) pruneDedupable(n *Node, descend bool) {
	if n.canDedupe(p.b.preferDedupe, p.explicit) {
		junk := gatherDepSet([]*Node{n}, func(e *Edge) bool { return e.to != n && e.valid() })
		for m := range junk.all() {
			m.setRoot(nil)
		}
		return
	}
	if !descend {
		return
	}
	for _, kid := range p.b.byLocation(n.kids().values()) {
		p.pruneDedupable(kid, true)
	}
	for _, top := range p.b.byLocation(n.fsChildren.slice()) {
		for _, kid := range p.b.byLocation(top.kids().values()) {
			p.pruneDedupable(kid, true)
		}
	}
}
