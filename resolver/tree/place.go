package tree

import "fmt"

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

// rounds is how often this name is being placed for the sake of one package.
func (p *placement) rounds() int {
	n := 0
	for q := p; q != nil; q = q.parent {
		if q.name() == p.name() {
			n++
		}
	}
	return n
}

// run does it. The error is an ERESOLVE failure.
func (p *placement) run() error {
	e := p.edge
	p.current = e.to
	if e.to != nil && e.valid() && !p.explicit && !p.b.updateNames[e.name] && !p.b.vulnerable(e.to) {
		return nil
	}
	if p.parent == nil {
		p.b.tries = 0
	}
	p.search()
	if p.can == nil {
		if !p.b.opt.Force && (p.isMine() || p.b.opt.StrictPeerDeps) {
			return p.b.placeConflict(p)
		}
		if p.canSelf == nil {
			p.overlook(e, p.dep)
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
			p.overlook(e, p.dep)
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
		p.overlook(e, p.dep)
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
		if child.rounds() > maxRounds {
			return fmt.Errorf("%w: the peers of %s displace one another", ErrEndless, p.top().name())
		}
		p.children = append(p.children, child)
		if err := child.run(); err != nil {
			return err
		}
	}
	return nil
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
