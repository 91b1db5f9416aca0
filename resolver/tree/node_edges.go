package tree

import "gpq/resolver/registry"

// loadDeps makes the edges out of n from its package. The order counts: later
// kinds take the place of earlier ones.
func (n *Node) loadDeps() {
	if n.link {
		return
	}
	v, p := n.env, n.pkg
	if len(p.PeerDependencies) > 0 && !v.opt.LegacyPeerDeps {
		var required, optional registry.Deps
		for _, d := range p.PeerDependencies {
			if p.PeerOptional[d.Name] {
				optional = append(optional, d)
			} else {
				required = append(required, d)
			}
		}
		n.loadKind(required, Peer)
		n.loadKind(optional, PeerOptional)
	}
	n.loadKind(p.Dependencies, Prod)
	n.loadKind(p.OptionalDependencies, Optional)
	mine := n.isTop() && !n.globalTop() && n.path != ""
	source := n.source == nil || n.source.isTop() && !n.source.globalTop() && n.source.path != ""
	if mine && source {
		n.loadKind(p.DevDependencies, Dev)
	}
}

func (n *Node) loadKind(deps registry.Deps, kind EdgeKind) {
	for _, d := range deps {
		if cur, ok := n.edgesOut.get(d.Name); ok && cur.kind == Workspace {
			continue
		}
		n.env.newEdge(n, kind, d.Name, d.Value)
	}
}

func (n *Node) loadWorkspaces() {
	for _, w := range n.workspaces {
		n.env.newEdge(n, Workspace, w.name, "file:"+w.path)
	}
}

func (n *Node) setWorkspaces(list []workspace) {
	n.workspaces = list
	n.loadWorkspaces()
	n.loadDeps()
}

// setPkg gives n another package: all its edges are made anew.
func (n *Node) setPkg(p *Pkg) {
	for _, e := range n.edgesOut.all() {
		e.detach()
	}
	n.pkg = p
	n.loadWorkspaces()
	n.loadDeps()
	for _, e := range n.edgesIn.slice() {
		e.reload(true)
	}
}

// setTarget makes a link stand for t.
func (n *Node) setTarget(t *Node) {
	if t == n.target {
		return
	}
	if n.path == "" {
		if t.path != "" {
			n.realpath = t.path
		} else {
			t.path, t.realpath = n.realpath, n.realpath
		}
		t.setRoot(n.Root())
		n.target = t
		t.linksIn.add(n)
		n.setPkg(t.pkg)
		return
	}
	n.delist()
	n.setPkg(t.pkg)
	n.realpath = t.path
	n.refresh()
	t.setRoot(n.Root())
}

func (n *Node) addEdgeIn(e *Edge) {
	if n.env.before(11) {
		if e.overrides != nil {
			n.overrides = e.overrides
		}
	} else if n.overrides == nil || !n.overrides.equal(e.overrides) {
		n.overridesEdgeAdded(e.overrides)
	}
	n.edgesIn.add(e)
	if n.env.onEdge != nil {
		n.env.onEdge(e)
	}
}

func (n *Node) deleteEdgeIn(e *Edge) {
	n.edgesIn.del(e)
	if e.overrides != nil && !n.env.before(11) {
		n.overridesEdgeRemoved(e.overrides)
	}
}

func (n *Node) overridesEdgeRemoved(other *overrideSet) {
	if n.overrides == nil || !n.overrides.equal(other) {
		return
	}
	var now *overrideSet
	for e := range n.edgesIn.all() {
		if now != nil && e.overrides != nil {
			now, _ = n.env.specificSet(e.overrides, now)
		} else {
			now = e.overrides
		}
	}
	if n.overrides.equal(now) {
		return
	}
	n.overrides = now
	if now != nil {
		n.recalculateOverrides()
	}
}

func (n *Node) overridesEdgeAdded(other *overrideSet) {
	if other == nil {
		return
	}
	if n.overrides == nil {
		n.overrides = other
		n.recalculateOverrides()
		return
	}
	if n.overrides.equal(other) {
		return
	}
	now, _ := n.env.specificSet(n.overrides, other)
	if now != nil && !n.overrides.equal(now) {
		n.overrides = now
		n.recalculateOverrides()
	}
}

// recalculateOverrides hands the overrides in force on to what n depends on.
func (n *Node) recalculateOverrides() {
	if n.link {
		if n.target != nil && n.overrides != nil && n.env.overridesReach(n.overrides, n.target) {
			n.target.overridesEdgeAdded(n.overrides)
		}
		return
	}
	for _, e := range n.edgesOut.all() {
		e.reload(true)
		if e.to != nil {
			e.to.overridesEdgeAdded(e.overrides)
		}
	}
}

// overridesReach is whether a rule names anything that t needs, at any depth.
func (v *env) overridesReach(s *overrideSet, t *Node) bool {
	seen := map[*Node]bool{}
	stack := []*Node{t}
	for len(stack) > 0 {
		n := stack[len(stack)-1].Target()
		stack = stack[:len(stack)-1]
		if n == nil {
			panic(stop{errInternal}) // a link on the move: npm stumbles over it
		}
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, e := range n.edgesOut.all() {
			if v.edgeRule(s, e).name == e.name {
				return true
			}
			if e.to != nil {
				stack = append(stack, e.to)
			}
		}
	}
	return false
}

// overridden is whether an override brought n to its version.
func (n *Node) overridden() bool {
	o := n.overrides
	if o == nil || o.value == "" || o.name != n.name {
		return false
	}
	for e := range n.edgesIn.all() {
		if e.overrides != nil && e.overrides.name == n.name && e.overrides.value == n.version() &&
			!e.overrides.equal(e.from.overrides) {
			return true
		}
	}
	return false
}
