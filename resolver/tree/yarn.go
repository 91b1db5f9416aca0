package tree

// fromYarn tells a node where it is from, and its digest, as yarn.lock has it
// for what e asks: what lies in node_modules, or comes in another's tarball,
// says nothing of that itself.
func (b *builder) fromYarn(e *Edge) {
	n := e.to
	if b.existing == nil || b.existing.yarn == nil || b.opt.UpdateAll || n.link || n.Root() != b.tree && n.Root() != b.actual ||
		n.resolved != "" && n.integrity != "" || !e.valid() {
		return
	}
	y := b.existing.yarn.At(n.name + "@" + e.Spec())
	if y == nil || other(n.version(), y.Version) || other(n.integrity, y.Integrity) || other(n.resolved, y.Resolved) {
		return
	}
	resolved := y.Resolved
	if b.specs.resolve(n.name, e.Spec(), b.tree.path).Registry() {
		resolved = y.AtNPM()
	}
	n.integrity = orElse(n.integrity, y.Integrity)
	n.resolved = orElse(n.resolved, b.consistent(resolved, b.tree.path))
}

// other is whether both are known, and not the same.
func other(a, b string) bool { return a != "" && b != "" && a != b }
