package tree

// problemEdges are the dependencies of n that the tree does not meet, or that
// the user asked to have anew.
func (b *builder) problemEdges(n *Node) []*Edge {
	var bundled map[string]bool
	if !n.isProjectRoot() && !n.isWorkspace() && len(n.pkg.Bundle) > 0 {
		bundled = make(map[string]bool, len(n.pkg.Bundle))
		for _, name := range n.pkg.Bundle {
			bundled[name] = true
		}
	}
	var out []*Edge
	for _, e := range n.edgesOut.all() {
		if !bundled[e.name] && b.isProblem(e) {
			out = append(out, e)
		}
	}
	return out
}

func (b *builder) isProblem(e *Edge) bool {
	to := e.to
	switch {
	case to != nil && b.loadFailures.has(to):
		return false
	case to != nil && b.before(12) && to.inShrinkwrap():
		return false
	case to == nil:
		return e.kind != PeerOptional || b.explicit.has(e)
	case !e.valid():
		return e.kind != PeerOptional || b.before(11) || !b.opt.NoSave || b.requested
	case to.isWorkspace():
		return false
	}
	return b.updateNames[e.name] || b.vulnerable(to) || b.explicit.has(e)
}
