package tree

import "cmp"

// peerConflict is a peer set that does not come together: other is what asks
// for the same beside e, or nil.
func (b *builder) peerConflict(e, other *Edge) error {
	current := e.from.Resolve(e.name)
	if current == nil {
		return errInternal // npm means to explain it, and has nothing in hand
	}
	c := &Conflict{Wanted: ask(e), FoundAsk: askOf(other), Found: partyOf(current), FoundFor: b.why.asks(current, nil)}
	c.resolving(e.from)
	return &Failure{Code: "ERESOLVE", Message: "unable to resolve dependency tree: " + c.Error(), Err: c}
}

// placeConflict is a package that found no place, or one of its peers.
func (b *builder) placeConflict(p *placement) error {
	c := p.explain(p.top().edge, p.top().dep)
	return &Failure{Code: "ERESOLVE", Message: "could not resolve: " + c.Error(), Err: c}
}

// overlook goes on with a peer that is not what e asks for. npm warns of it
// there: it explains what stands in the way, and goes by that from then on.
func (p *placement) overlook(e *Edge, dep *Node) {
	e.peerConflicted = true
	_ = p.explain(e, dep)
}

// explain says why dep has no place for e, in npm's order.
func (p *placement) explain(e *Edge, dep *Node) *Conflict {
	c, why := &Conflict{Wanted: ask(e)}, p.b.why
	current := e.from.Resolve(e.name)
	peer, wanted, inTheWay := p.dep, p.edge, p.current
	why.visit(e.from)
	why.asks(dep, e)
	if p.parent != nil {
		c.Found, c.FoundFor = partyOf(current), why.asks(current, e)
		why.asks(inTheWay, p.edge)
	} else {
		if p.canSelf != nil && p.canSelf.self != conflict {
			peer, wanted, inTheWay = p.canSelf.conflictingPeer()
		}
		found := cmp.Or(current, inTheWay)
		c.Found, c.FoundFor = partyOf(found), why.asks(found, nil)
		why.visit(inTheWay)
	}
	if peer != nil {
		c.Peer, c.PeerFor = partyOf(peer), why.asks(peer, wanted)
	}
	for _, n := range []*Node{dep, current, e.from} {
		if c.Resolving == nil && n != nil {
			c.resolving(n)
		}
	}
	return c
}

// conflictingPeer is the first peer that could not be placed where another is:
// for what it is wanted, and what is there.
func (c *placeCheck) conflictingPeer() (dep *Node, wanted *Edge, inTheWay *Node) {
	all := append([]*placeCheck(nil), c.children...)
	for i := 0; i < len(all); i++ {
		if k := all[i]; k.result == conflict && k.current != nil {
			return k.dep, k.edge, k.current
		}
		all = append(all, all[i].children...)
	}
	return nil, nil, nil
}

// explained is what has been said of the packages that a conflict is about: npm
// explains a package once and goes by that afterwards (Arborist's node.js).
type explained map[*Node][]Ask

// asks is what n is there for, or the one edge given where n has not been
// explained before.
func (x explained) asks(n *Node, only *Edge) []Ask {
	if n == nil {
		return nil
	}
	n = cmp.Or(n.source, n)
	if n.isProjectRoot() {
		return nil
	}
	if _, ok := x[n]; !ok && only != nil {
		x[n] = []Ask{ask(only)}
		x.visit(only.from)
	}
	x.visit(n)
	return x[n]
}

// visit explains n, and then what needs it.
func (x explained) visit(n *Node) {
	for todo := []*Node{n}; len(todo) > 0; {
		n, todo = todo[0], todo[1:]
		if n == nil {
			continue
		}
		n = cmp.Or(n.source, n)
		if _, ok := x[n]; ok || n.isProjectRoot() {
			continue
		}
		x[n] = nil
		n.env.spend(1 + n.edgesIn.len())
		for e := range n.edgesIn.all() {
			if e.valid() || e.from.isProjectRoot() {
				x[n] = append(x[n], ask(e))
				todo = append(todo, e.from)
			}
		}
	}
}

// resolving says of whose peers n is one, where n is not in the tree yet.
func (c *Conflict) resolving(n *Node) {
	if src := n.Root().source; src != nil {
		p := n.Root().pkg
		c.Resolving = &Party{Name: p.Name, Version: p.Version, Project: p.Name == ""}
	}
}
