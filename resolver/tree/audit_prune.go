package tree

import "errors"

// pruneAudited prunes after an audit that changed nothing. npm then keeps what
// is superfluous, unless package.json was changed since the lockfile.
func (b *builder) pruneAudited() error {
	superfluous := false
	for n := range b.tree.inventory.order.all() {
		superfluous = superfluous || n.extraneous
	}
	if !superfluous || b.existing.ancient {
		return nil
	}
	root := b.tree.Target()
	if len(root.workspaces) > 0 || b.existing.root != nil && len(b.existing.root.Workspaces) > 0 {
		return errors.New("audit: a project with workspaces has what nothing needs: whether npm keeps that is not known")
	}
	if !b.inStep(root) {
		b.prune()
	}
	return nil
}

// inStep is whether the lockfile has exactly the project's dependencies.
func (b *builder) inStep(root *Node) bool {
	p := b.existing.root
	if p == nil {
		p = &Pkg{}
	}
	left := map[string]bool{}
	for name := range root.edgesOut.all() {
		left[name] = true
	}
	same := func(name, raw string, kind EdgeKind) bool {
		delete(left, name)
		e, ok := root.edgesOut.get(name)
		return ok && e.kind == kind && b.edgeSpec(e) == raw
	}
	for _, d := range p.DevDependencies {
		if !same(d.Name, d.Value, Dev) {
			return false
		}
	}
	for _, d := range p.OptionalDependencies {
		if !same(d.Name, d.Value, Optional) {
			return false
		}
	}
	for _, d := range p.PeerDependencies {
		kind := Peer
		if p.PeerOptional[d.Name] {
			kind = PeerOptional
		}
		if !same(d.Name, d.Value, kind) {
			return false
		}
	}
	for _, d := range p.Dependencies {
		if !same(d.Name, d.Value, Prod) {
			return false
		}
	}
	return len(left) == 0
}
