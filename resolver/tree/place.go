package tree

// placement puts one dependency, found for one edge, into the tree, and its
// peers with it.
type placement struct {
	b        *builder
	dep      *Node
	edge     *Edge
	explicit bool
	parent   *placement // of a peer: what brought it

	can, canSelf *placeCheck
	current      *Node
	placed       *Node
	old          *Node
	children     []*placement
	evaluate     set[*Node]
}

func (p *placement) name() string { return p.edge.name }

func (p *placement) top() *placement {
	for p.parent != nil {
		p = p.parent
	}
	return p
}

// run does it. The error is an ERESOLVE failure.
func (p *placement) run() error {
	e := p.edge
	p.current = e.to
	if e.to != nil && e.valid() && !p.explicit && !p.b.updateNames[e.name] && !p.b.vulnerable(e.to) {
		return nil
	}
	p.search()
	if p.can == nil {
		if !p.b.opt.Force && (p.isMine() || p.b.opt.StrictPeerDeps) {
			return p.b.placeConflict(p)
		}
		if p.canSelf == nil {
			e.peerConflicted = true
			return nil
		}
		p.can = p.canSelf
	}
	return p.put()
}

// search walks up from the deepest place to the last one before a conflict.
func (p *placement) search() {
	for target := p.start(); target != nil; target = target.resolveParent() {
		if te, ok := target.edgesOut.get(p.name()); ok && te.peer() && !target.isTop() {
			continue
		}
		check := &placeCheck{b: p.b, dep: p.dep, edge: p.edge, target: target,
			preferDedupe: p.b.preferDedupe, explicit: p.explicit}
		if p.parent != nil {
			check.parent = p.parent.can
		}
		check.run()
		if check.self != conflict {
			p.canSelf = check
		}
		if check.result == conflict {
			return
		}
		p.can = check
		if p.dep.err != nil || p.b.strategy == "nested" {
			return
		}
		if rp := target.resolveParent(); p.b.strategy == "shallow" && rp != nil && rp.isProjectRoot() {
			return
		}
	}
}

func (p *placement) start() *Node {
	from := p.edge.from
	if p.parent != nil {
		from = p.parent.start()
	}
	return deepestTarget(from, p.name())
}

func (p *placement) put() error {
	target, e := p.can.target, p.edge
	kind := p.can.result
	if kind == conflict {
		kind = p.can.self
	}
	if kind == keep {
		if e.peer() && !e.valid() {
			e.peerConflicted = true
		}
		p.pruneDedupable(target, true)
		return nil
	}
	if loop := sameAbove(target, p.dep); loop != nil {
		p.placed = p.b.newNode(nodeOptions{link: true, parent: target, target: loop})
		return nil
	}
	siblings := p.dep.parent
	p.placed = p.copyOfDep()
	if old, ok := target.kids().get(p.name()); ok {
		p.old = old
		p.replaceOld(target)
	} else {
		p.placed.SetParent(target)
	}
	if e.peer() && !p.placed.satisfies(e) {
		e.peerConflicted = true
	}
	if e.to != nil && e.to != p.placed && e.valid() {
		p.pruneDedupable(e.to, false)
	}
	p.pruneBelow(target)
	return p.placePeers(siblings)
}

// sameAbove is the same artefact at target or above: a loop that would nest
// for ever becomes a link to it.
func sameAbove(target, dep *Node) *Node {
	for a := target; a != nil; a = a.resolveParent() {
		if a.matches(dep) && !a.isTop() {
			return a
		}
	}
	return nil
}

func (p *placement) copyOfDep() *Node {
	d := p.dep
	o := nodeOptions{name: d.name, pkg: d.pkg, resolved: d.resolved, integrity: d.integrity, err: d.err,
		overrides: d.overrides}
	if d.link {
		o.link, o.target, o.realpath = true, d.target, d.realpath
	}
	n := p.b.newNode(o)
	n.extended = d.extended
	return n
}

// pruneBelow takes out what the placed node made superfluous deeper down.
func (p *placement) pruneBelow(target *Node) {
	root := target.Root()
	for n := range root.inventory.byName[p.name()].all() {
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

// placePeers places the peers that the placed node misses, beside it.
func (p *placement) placePeers(siblings *Node) error {
	for _, e := range p.placed.edgesOut.all() {
		if !e.peer() || e.peerConflicted || e.valid() {
			continue
		}
		if siblings == nil {
			return errInternal
		}
		peer, ok := siblings.kids().get(e.name)
		if !ok || !peer.satisfies(e) {
			continue
		}
		child := &placement{b: p.b, dep: peer, edge: e, explicit: p.explicit, parent: p}
		p.children = append(p.children, child)
		if err := child.run(); err != nil {
			return err
		}
	}
	return nil
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
				e.peerConflicted = true
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

// isMine is whether the conflict is the project's own, not a dependency's.
func (p *placement) isMine() bool {
	e := p.top().edge
	n := e.from
	if n.isWorkspace() || n.isProjectRoot() {
		return true
	}
	if !e.peer() {
		return false
	}
	peers := false
	for in := range n.edgesIn.all() {
		if in.peer() {
			peers = true
			continue
		}
		if in.from.isWorkspace() || in.from.isProjectRoot() {
			return true
		}
	}
	if !peers {
		return false
	}
	for _, entry := range peerEntrySets(n) {
		if f := entry.edge.from; f.isWorkspace() || f.isProjectRoot() {
			return true
		}
	}
	return false
}
