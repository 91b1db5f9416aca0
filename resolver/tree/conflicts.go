package tree

import (
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
