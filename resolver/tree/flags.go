package tree

// calcFlags walks out from the root and takes back every flag that a way to a
// node gainsays; resetRoot clears the root's own first.
func (v *env) calcFlags(root *Node, resetRoot bool) {
	if resetRoot {
		root.flags = flags{}
	}
	if v.before(11) {
		v.calcFlagsOld(root)
		return
	}
	seen := &set[*Node]{}
	stack := []*Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		seen.add(n)
		v.spend(1 + n.edgesOut.len())
		if !n.extraneous {
			for p := n.resolveParent(); p != nil && p.extraneous; p = p.resolveParent() {
				p.extraneous = false
			}
		}
		if n.link {
			if t := n.target; t != nil && (t.takeFlags(n) || !seen.has(t)) {
				stack = append(stack, t)
			}
			continue
		}
		for _, e := range n.edgesOut.all() {
			if e.to != nil && e.unsetFlags() {
				stack = append(stack, e.to)
			}
		}
	}
	seen.del(root)
	for n := range seen.all() {
		if n.devOptional && (n.dev || n.optional) {
			n.devOptional = false
		}
	}
}

// takeFlags takes back what the link is not.
func (n *Node) takeFlags(l *Node) bool {
	was := n.flags
	n.dev = n.dev && l.dev
	n.optional = n.optional && l.optional
	n.devOptional = n.devOptional && l.devOptional
	n.peer = n.peer && l.peer
	n.extraneous = n.extraneous && l.extraneous
	return n.flags != was
}

func (e *Edge) unsetFlags() bool {
	n, to := e.from, e.to
	was := to.flags
	dev, opt, peer := e.kind == Dev, e.optional(), e.peer()
	if !n.extraneous && !(peer && opt) {
		to.extraneous = false
	}
	if !n.dev && !dev {
		to.dev = false
	}
	if !n.optional && !opt {
		to.optional = false
	}
	if !n.devOptional && !n.dev && !n.optional && !dev && !opt {
		to.devOptional = false
	}
	if !n.peer && !peer {
		to.peer = false
	}
	return to.flags != was
}

func (b *builder) resetFlags() {
	for n := range b.tree.inventory.order.all() {
		n.flags = flags{true, true, true, true, true}
	}
}

// fixFlags computes the flags and prunes what they show to be superfluous.
func (b *builder) fixFlags() error {
	if b.loadedFromDisk && b.mutate {
		b.resetFlags()
	}
	if !b.loadedFromDisk || b.mutate {
		b.calcFlags(b.tree, true)
	} else {
		b.tree.flags = flags{}
	}
	if b.opt.NoPrune || !b.loadedFromDisk || !b.mutate && !b.flagsSuspect {
		return nil
	}
	if b.opt.Audit && !b.mutate {
		return b.pruneAudited()
	}
	b.prune()
	return nil
}

func (b *builder) prune() {
	for n := range b.tree.inventory.order.all() {
		if n.extraneous {
			n.SetParent(nil)
		}
	}
}

// pruneFailedOptional sets aside what could not be loaded and is optional;
// anything else that could not be loaded is npm's failure.
func (b *builder) pruneFailedOptional() error {
	for n := range b.loadFailures.all() {
		if !n.optional {
			return b.fatal(n)
		}
		for m := range n.optionalSet().all() {
			b.setAside(m)
		}
	}
	return nil
}

func (b *builder) setAside(n *Node) {
	if b.before(11) {
		n.SetParent(nil)
		return
	}
	n.inert = true
}
