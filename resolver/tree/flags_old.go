package tree

// flag is one of a node's flags.
type flag func(*Node) *bool

func devFlag(n *Node) *bool         { return &n.dev }
func optionalFlag(n *Node) *bool    { return &n.optional }
func devOptionalFlag(n *Node) *bool { return &n.devOptional }
func peerFlag(n *Node) *bool        { return &n.peer }
func extraneousFlag(n *Node) *bool  { return &n.extraneous }

// calcFlagsOld is npm 10's way, which goes by the order of the walk: what any
// edge reaches is not extraneous.
func (v *env) calcFlagsOld(root *Node) {
	seen := map[*Node]bool{}
	stack := []*Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		n.oldStep()
		if n.link && n.target != nil {
			n = n.target // walked on from, not counted as seen
		}
		for _, e := range n.edgesOut.all() {
			if e.to != nil {
				stack = append(stack, e.to)
			}
		}
	}
}

func (n *Node) oldStep() {
	n.extraneous = false
	for _, f := range []flag{extraneousFlag, devFlag, peerFlag, devOptionalFlag, optionalFlag} {
		n.clearUpwards(f)
	}
	if n.link {
		if t := n.target; t != nil {
			t.dev, t.optional, t.devOptional, t.peer = n.dev, n.optional, n.devOptional, n.peer
			t.oldStep()
		}
		return
	}
	for _, e := range n.edgesOut.all() {
		to := e.to
		if to == nil {
			continue
		}
		to.extraneous = false
		dev, opt := e.kind == Dev, e.optional()
		both := !n.devOptional && !n.dev && !n.optional && !dev && !opt
		if !n.peer && !e.peer() {
			to.clearDownwards(peerFlag, true)
		}
		if both {
			to.clearDownwards(devOptionalFlag, false)
		}
		if both || !n.dev && !dev {
			to.clearDownwards(devFlag, false)
		}
		if both || !n.optional && !opt {
			to.clearDownwards(optionalFlag, false)
		}
	}
}

// clearUpwards takes a flag that n has not from what n stands in.
func (n *Node) clearUpwards(f flag) {
	if *f(n) {
		return
	}
	for p := n; p != nil && (p == n || *f(p)); p = p.resolveParent() {
		*f(p) = false
	}
}

// clearDownwards takes a flag from n and from what n needs in any case.
func (n *Node) clearDownwards(f flag, isPeer bool) {
	if !*f(n) {
		return
	}
	*f(n) = false
	seen := map[*Node]bool{}
	stack := []*Node{n}
	for len(stack) > 0 {
		m := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[m] {
			continue
		}
		seen[m] = true
		m.extraneous, *f(m) = false, false
		t := m
		if m.link && m.target != nil {
			t = m.target
			t.extraneous, *f(t) = false, false
		}
		for _, e := range t.edgesOut.all() {
			if e.to != nil && *f(e.to) && (!isPeer && e.kind == Peer || e.kind == Prod) {
				stack = append(stack, e.to)
			}
		}
	}
}
