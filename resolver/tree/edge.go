package tree

import "strings"

// EdgeKind is the kind of a dependency.
type EdgeKind uint8

// The lists of dependencies.
const (
	Prod EdgeKind = iota
	Dev
	Optional
	Peer
	PeerOptional
	Workspace
)

func (k EdgeKind) String() string {
	return [...]string{"prod", "dev", "optional", "peer", "peerOptional", "workspace"}[k]
}

type edgeState uint8

const (
	stateUnknown edgeState = iota
	stateOK
	stateMissing
	statePeerLocal
	stateInvalid
	stateDetached
)

// Edge is one dependency: from a node to whatever its name resolves to there.
type Edge struct {
	env            *env
	name, rawSpec  string
	kind           EdgeKind
	accept         string
	hasAccept      bool
	from, to       *Node
	state          edgeState
	overrides      *overrideSet
	peerConflicted bool
}

func (v *env) newEdge(from *Node, kind EdgeKind, name, raw string) *Edge {
	v.madeEdge()
	e := &Edge{env: v, name: name, rawSpec: raw, kind: kind, from: from}
	if acc, ok := from.pkg.Accept.Get(name); ok && kind != Workspace {
		e.hasAccept, e.accept = true, acc
		if acc == "" {
			e.accept = "*"
		}
	}
	if old, ok := from.edgesOut.get(name); ok {
		old.detach()
	}
	if from.overrides != nil {
		e.overrides = v.edgeRule(from.overrides, e)
	}
	from.edgesOut.set(name, e)
	e.reload(true)
	return e
}

// Name is the name that is asked for.
func (e *Edge) Name() string { return e.name }

// Kind is the list of dependencies that it stands in.
func (e *Edge) Kind() EdgeKind { return e.kind }

// From is the node that asks.
func (e *Edge) From() *Node { return e.from }

// To is the node that answers; nil where nothing is there.
func (e *Edge) To() *Node { return e.to }

// Spec is what is asked for, overrides applied.
func (e *Edge) Spec() string { return e.env.edgeSpec(e) }

// RawSpec is what the package itself asks for.
func (e *Edge) RawSpec() string { return e.rawSpec }

// Valid is whether what is there is what is asked for.
func (e *Edge) Valid() bool { return e.valid() }

func (e *Edge) optional() bool { return e.kind == Optional || e.kind == PeerOptional }
func (e *Edge) peer() bool     { return e.kind == Peer || e.kind == PeerOptional }

func (v *env) edgeSpec(e *Edge) string {
	o := e.overrides
	if o == nil || o.value == "" || o.value == "*" || o.name != e.name {
		return e.rawSpec
	}
	if !strings.HasPrefix(o.value, "$") {
		return o.value
	}
	ref := o.value[1:]
	if e.from != nil {
		src := e.from
		if src.source != nil {
			src = src.source
		}
		if s := referenced(src.Root().pkg, ref); s != "" {
			return s
		}
		if s := referenced(e.from.pkg, ref); s != "" && !v.before(11) {
			return s
		}
	}
	panic(stop{&Failure{Code: "EOVERRIDE", Message: "unable to resolve reference " + o.value}})
}

func referenced(p *Pkg, name string) string {
	for _, d := range []saveKind{saveDev, saveOptional, saveProd, savePeer} {
		if s, _ := p.field(d).Get(name); s != "" {
			return s
		}
	}
	return ""
}

// satisfiedBy is whether n would do for this edge.
func (e *Edge) satisfiedBy(n *Node) bool {
	if e.from == nil || n.name != e.name {
		return false
	}
	v := e.env
	if v.before(12) && (n.hasShrinkwrap || n.inShrinkwrap() || n.bundler() != nil) || !v.before(12) && n.inDepBundle() {
		return v.depValid(n, e.rawSpec, e)
	}
	if e.overrides == nil || e.overrides.keySpec == "" || v.before(11) {
		return v.depValid(n, v.edgeSpec(e), e)
	}
	if v.depValid(n, v.edgeSpec(e), e) {
		return true
	}
	return v.depValid(n, e.rawSpec, e) && !v.depValid(n, e.overrides.keySpec, e)
}

func (e *Edge) valid() bool {
	s := e.error()
	return s == stateOK
}

// error is stateOK where there is none.
func (e *Edge) error() edgeState {
	if e.state == stateUnknown {
		e.env.spend(1)
		e.state = e.judge()
		if e.state == stateOK && e.to == nil {
			e.state = stateUnknown // an absent optional dependency: asked anew each time
			return stateOK
		}
	}
	return e.state
}

func (e *Edge) judge() edgeState {
	switch {
	case e.to == nil && e.optional():
		return stateOK
	case e.to == nil:
		return stateMissing
	case e.peer() && e.from == e.to.parent && e.from != nil && !e.from.isTop():
		return statePeerLocal
	case !e.satisfiedBy(e.to):
		return stateInvalid
	case !e.env.before(11) && e.overrides != nil && e.to.overrides != nil && e.to.edgesOut.len() > 0 &&
		e.env.setsConflict(e.overrides, e.to.overrides):
		return stateInvalid
	}
	return stateOK
}

// reload resolves the edge anew, where it stands now.
func (e *Edge) reload(hard bool) {
	e.env.spend(1)
	old, changed := e.overrides, false
	if e.from != nil && e.from.overrides != nil {
		rule := e.env.edgeRule(e.from.overrides, e)
		if e.env.before(11) {
			e.overrides = rule
		} else if !rule.equal(e.overrides) {
			e.overrides, changed = rule, true
		}
	} else {
		e.overrides = nil
	}
	var to *Node
	if e.from != nil {
		to = e.from.Resolve(e.name)
	}
	switch {
	case to != e.to:
		if e.to != nil {
			e.to.deleteEdgeIn(e)
		}
		e.to = to
		e.state = stateUnknown
		if to != nil {
			to.addEdgeIn(e)
		}
	case hard:
		e.state = stateUnknown
	case changed && e.to != nil:
		e.to.overridesEdgeRemoved(old)
		e.to.overridesEdgeAdded(e.overrides)
	}
}

func (e *Edge) detach() {
	if e.to != nil {
		e.to.deleteEdgeIn(e)
	}
	if e.from != nil {
		if cur, ok := e.from.edgesOut.get(e.name); ok && cur == e {
			e.from.edgesOut.del(e.name)
		}
	}
	e.to, e.from, e.state = nil, nil, stateDetached
}
