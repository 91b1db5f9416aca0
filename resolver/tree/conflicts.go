package tree

import (
	"cmp"
	"fmt"
	"strings"
)

// Party is a package that a conflict is about.
type Party struct {
	Name, Version string
	Location      string // slash separated, below the root
	Project       bool   // the project itself: nothing else of it is known
}

func (p Party) String() string {
	switch {
	case p.Project:
		return "the project"
	case p.Location == "":
		return p.Name + "@" + p.Version
	}
	return p.Name + "@" + p.Version + " (" + p.Location + ")"
}

// Ask is one dependency that a conflict is about.
type Ask struct {
	Kind       EdgeKind
	Name, Spec string // overrides applied
	Overridden string // what the package itself asks for, where that is another
	From       Party
}

func (a Ask) String() string {
	s := fmt.Sprintf("%s %s@%q", a.Kind, a.Name, a.Spec)
	if a.Overridden != "" {
		s += fmt.Sprintf(" (overridden, was %q)", a.Overridden)
	}
	return s + " from " + a.From.String()
}

// Conflict is why an ERESOLVE failure came about.
type Conflict struct {
	// Resolving is the package of which the peers could not be brought together;
	// nil where npm does not say.
	Resolving *Party
	// Found is what is there, and FoundFor what it is there for; nil where
	// nothing is there.
	Found    *Party
	FoundFor []Ask
	// FoundAsk is what asks for the same name beside Wanted; nil where nothing does.
	FoundAsk *Ask
	// Wanted is the dependency that could not be met.
	Wanted Ask
	// Peer is what could not be placed, and PeerFor what it is wanted for; nil
	// where there is nothing but Wanted.
	Peer    *Party
	PeerFor []Ask
}

const maxAsks = 3 // that are told of one package

func (c *Conflict) Error() string {
	var out []string
	if c.Resolving != nil {
		out = append(out, "while resolving "+c.Resolving.String())
	}
	if c.Found != nil {
		out = append(out, "found "+c.Found.String()+asked(c.FoundFor))
	} else if c.FoundAsk != nil {
		out = append(out, "beside "+c.FoundAsk.String())
	}
	out = append(out, "could not resolve "+c.Wanted.String())
	if c.Peer != nil {
		text := "conflicting peer " + c.Peer.String()
		if len(c.PeerFor) != 1 || c.PeerFor[0] != c.Wanted {
			text += asked(c.PeerFor)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func asked(by []Ask) (out string) {
	for i, a := range by {
		if i == maxAsks {
			return out + fmt.Sprintf(" and %d more", len(by)-i)
		}
		out += []string{" for ", ", "}[min(i, 1)] + a.String()
	}
	return out
}

// peerConflict is a peer set that does not come together: other is what asks
// for the same beside e, or nil.
func (b *builder) peerConflict(e, other *Edge) error {
	current := e.from.Resolve(e.name)
	if current == nil {
		return errInternal // npm means to explain it, and has nothing in hand
	}
	c := &Conflict{Wanted: ask(e), FoundAsk: askOf(other), Found: partyOf(current), FoundFor: explained{}.asks(current, nil)}
	c.resolving(e.from)
	return &Failure{Code: "ERESOLVE", Message: "unable to resolve dependency tree: " + c.Error(), Err: c}
}

// placeConflict is a package that found no place, or one of its peers.
func (b *builder) placeConflict(p *placement) error {
	top := p.top()
	c := &Conflict{Wanted: ask(top.edge)}
	current := top.edge.from.Resolve(top.edge.name)
	dep, wanted, inTheWay := p.dep, p.edge, p.current
	why := explained{}
	why.visit(top.edge.from)
	why.asks(top.dep, top.edge)
	if p != top {
		c.Found, c.FoundFor = partyOf(current), why.asks(current, top.edge)
	} else {
		if p.canSelf != nil && p.canSelf.self != conflict {
			dep, wanted, inTheWay = p.canSelf.conflictingPeer()
		}
		found := cmp.Or(current, inTheWay)
		c.Found, c.FoundFor = partyOf(found), why.asks(found, nil)
	}
	if dep != nil {
		c.Peer, c.PeerFor = partyOf(dep), why.asks(dep, wanted)
	}
	for _, n := range []*Node{top.dep, current, top.edge.from} {
		if c.Resolving == nil && n != nil {
			c.resolving(n)
		}
	}
	return &Failure{Code: "ERESOLVE", Message: "could not resolve: " + c.Error(), Err: c}
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

func ask(e *Edge) Ask {
	a := Ask{Kind: e.kind, Name: e.name, Spec: e.Spec()}
	if e.rawSpec != a.Spec {
		a.Overridden = e.rawSpec
	}
	if e.from != nil {
		a.From = *partyOf(e.from)
	}
	return a
}

func askOf(e *Edge) *Ask {
	if e == nil {
		return nil
	}
	a := ask(e)
	return &a
}

func partyOf(n *Node) *Party {
	if n == nil {
		return nil
	}
	if n.source != nil {
		n = n.source
	}
	if n.isProjectRoot() {
		return &Party{Project: true}
	}
	name := n.name
	if n.isTop() {
		name = n.pkg.Name
	}
	return &Party{Name: name, Version: n.version(), Location: n.location}
}
