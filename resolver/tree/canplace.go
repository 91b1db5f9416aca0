package tree

type placing uint8

const (
	conflict placing = iota
	placeOK
	keep
	replace
)

func (p placing) String() string { return [...]string{"CONFLICT", "OK", "KEEP", "REPLACE"}[p] }

// placeCheck answers, without touching the tree, whether a dependency with
// its peers can go to a target.
type placeCheck struct {
	b             *builder
	dep           *Node
	target        *Node
	edge          *Edge
	parent        *placeCheck // of a peer: the check of what brings it
	explicit      bool
	preferDedupe  bool
	peerPath      []*Node
	children      []*placeCheck
	current       *Node
	targetEdge    *Edge
	edgeOverride  bool
	result        placing
	self          placing // the answer with the peers left out
	selfKnown     bool
	peersResult   placing
	peersResolved bool
}

func (c *placeCheck) run() *placeCheck {
	c.b.tried()
	c.preferDedupe = c.preferDedupe || c.edge.peer()
	c.current, _ = c.target.kids().get(c.edge.name)
	c.targetEdge, _ = c.target.edgesOut.get(c.edge.name)
	c.edgeOverride = !c.dep.satisfies(c.edge)
	c.result = c.check()
	if !c.selfKnown {
		c.self = c.result
	}
	return c
}

func (c *placeCheck) check() placing {
	if c.dep.err != nil {
		if c.current != nil {
			return replace
		}
		return placeOK
	}
	if c.targetEdge != nil && c.targetEdge.peer() && !c.target.isTop() {
		return conflict
	}
	if c.current == nil && c.targetEdge != nil && c.targetEdge != c.edge && !c.dep.satisfies(c.targetEdge) {
		return conflict
	}
	if c.current != nil {
		return c.withCurrent()
	}
	return c.withoutCurrent()
}

// withCurrent decides where the target already holds something by the name.
func (c *placeCheck) withCurrent() placing {
	cur, dep := c.current, c.dep
	if dep.matches(cur) && (cur.satisfies(c.edge) || c.edgeOverride) {
		if c.explicit {
			return replace
		}
		return keep
	}
	try := c.tryReplace()
	if try && dep.canReplace(cur, nil) {
		if r := c.peers(replace); r != conflict {
			return r
		}
	}
	if cur.satisfies(c.edge) && (!c.explicit || c.preferDedupe) {
		return keep
	}
	if c.preferDedupe && !try && dep.canReplace(cur, nil) {
		if r := c.peers(replace); r != conflict {
			return r
		}
	}
	if c.target != c.deepest() {
		return conflict
	}
	if !c.edge.peer() && c.target == c.edge.from {
		return c.peers(replace)
	}
	if c.parent == nil && !c.edge.peer() {
		return conflict
	}
	if c.canMoveCurrent() {
		return c.peers(replace)
	}
	return conflict
}

// tryReplace is whether the new version is one to prefer to the one there.
func (c *placeCheck) tryReplace() bool {
	was, is := c.current.version(), c.dep.version()
	if was == "" || is == "" {
		return false
	}
	if c.b.ranges.compare(is, was) >= 0 {
		return true
	}
	return !c.b.before(11) && c.b.vulnerable(c.current) && !c.b.vulnerable(c.dep)
}

// canMoveCurrent is whether every peer set that holds the current node can be
// replaced by the new set or go deeper.
func (c *placeCheck) canMoveCurrent() bool {
	ok := true
	siblings := c.dep.parent
	if siblings == nil {
		panic(stop{errInternal})
	}
	for _, entry := range peerEntrySets(c.current) {
		if entry.edge == c.edge || entry.edge == c.topEdge() {
			continue
		}
		node := entry.edge.to
		if rep, has := siblings.kids().get(node.name); has {
			inSet := func(name string) bool { _, in := siblings.kids().getExact(name); return in }
			if rep.canReplace(node, inSet) {
				continue
			}
		} else if canClobber(node, siblings) {
			continue
		}
		for peer := range entry.peers.all() {
			deep := deepestTarget(entry.edge.from, peer.name)
			if deep == c.target || c.target.isDescendantOf(deep) {
				ok = false
				break
			}
		}
	}
	return ok
}

// canClobber walks out along valid peer edges: nothing met on the way that the
// new set has otherwise may be unsatisfied by it.
func canClobber(entry, siblings *Node) bool {
	walk := setOf(entry)
	for peer := range walk.all() {
		for _, e := range peer.edgesOut.all() {
			if !e.peer() || !e.valid() {
				continue
			}
			rep, has := siblings.kids().get(e.name)
			if !has {
				if e.to != nil {
					walk.add(e.to)
				}
				continue
			}
			if !rep.satisfies(e) {
				return false
			}
		}
	}
	return true
}

func (c *placeCheck) withoutCurrent() placing {
	if c.target != c.topEdge().from {
		if cur := c.target.Resolve(c.edge.name); cur != nil {
			for e := range cur.edgesIn.all() {
				if e.from.isDescendantOf(c.target) && e.valid() && !c.dep.satisfies(e) {
					return conflict
				}
			}
		}
	}
	return c.peers(placeOK)
}

func (c *placeCheck) deepest() *Node {
	if c.parent != nil {
		return deepestTarget(c.parent.deepest(), c.edge.name)
	}
	return deepestTarget(c.edge.from, c.edge.name)
}

func (c *placeCheck) topEdge() *Edge {
	for c.parent != nil {
		c = c.parent
	}
	return c.edge
}

// peers is state where all the peers can come along, else conflict.
func (c *placeCheck) peers(state placing) placing {
	c.self, c.selfKnown = state, true
	if c.peersResolved {
		return c.peersResult
	}
	path := append(append([]*Node(nil), c.peerPath...), c.dep)
	saw := false
	for _, e := range c.dep.edgesOut.all() {
		if !e.peer() || e.to == nil || contains(path, e.to) {
			continue
		}
		check := (&placeCheck{
			b: c.b, dep: e.to, target: deepestTarget(c.target, e.to.name),
			parent: c, edge: e, peerPath: path, preferDedupe: true,
		}).run()
		c.children = append(c.children, check)
		saw = saw || check.result == conflict
	}
	c.peersResolved, c.peersResult = true, state
	if saw {
		c.peersResult = conflict
	}
	return c.peersResult
}

func contains(list []*Node, n *Node) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}
