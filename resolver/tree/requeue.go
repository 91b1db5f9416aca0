package tree

// afterPlacing sends back to the queue whatever the placing changed.
func (b *builder) afterPlacing(top *placement) {
	stack := []*placement{top}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], p.children...)
		if p.placed == nil {
			continue
		}
		if p.placed.err != nil {
			b.loadFailures.add(p.placed)
		}
		b.mutate = true
		for e := range p.placed.edgesIn.all() {
			if e != p.edge && !e.peerConflicted && !e.valid() {
				b.requeue(e.from, p.can.self)
			}
		}
		if p.can.self == conflict {
			continue
		}
		b.queue.push(p.placed)
		for n := range p.evaluate.all() {
			delete(b.seen, n)
			b.queue.push(n)
		}
		b.askAhead(p.placed)
	}
}

func (b *builder) requeue(n *Node, how placing) {
	switch {
	case how == replace:
		delete(b.seen, n)
		b.queue.push(n)
	case how == placeOK && !b.seen[n]:
		b.queue.push(n)
	case how == placeOK && !b.before(11) && (!b.opt.NoSave || b.requested):
		delete(b.seen, n)
		b.queue.push(n)
	}
}

// resolveLinks queues the targets of placed links that lie in the tree.
func (b *builder) resolveLinks() {
	for l := range b.linkNodes.all() {
		b.linkNodes.del(l)
		if l.Root() == b.tree && l.target == nil {
			panic(stop{errInternal}) // npm stumbles over a link that leads nowhere any more
		}
		if l.Root() != b.tree || !l.target.isDescendantOf(b.tree.Target()) {
			continue
		}
		t := l.target
		if t.resolveParent() == nil || b.seen[t] {
			continue
		}
		if l.overrides != nil && !b.before(11) {
			t.overridesEdgeAdded(l.overrides)
		}
		b.queue.push(t)
	}
}
