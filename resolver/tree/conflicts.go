package tree

import (
	"fmt"
	"strings"
)

// Conflict is why an ERESOLVE failure came about.
type Conflict struct {
	// Wanted is the edge that could not be met, Current what stands in its way.
	Wanted, Current string
	// Asks are the ways on which the conflicting versions are asked for.
	Asks []string
}

func (c *Conflict) Error() string {
	return strings.Join(append([]string{c.Wanted, c.Current}, c.Asks...), "; ")
}

func (b *builder) peerConflict(e, other *Edge) error {
	current := e.from.Resolve(e.name)
	if current == nil {
		return errInternal // npm means to explain it, and has nothing in hand
	}
	c := &Conflict{Wanted: sayEdge(e), Current: sayNode(current)}
	if other != nil {
		c.Asks = append(c.Asks, sayEdge(other))
	}
	return &Failure{Code: "ERESOLVE", Message: "unable to resolve dependency tree: " + c.Error(), Err: c}
}

func (b *builder) placeConflict(p *placement) error {
	top := p.top()
	c := &Conflict{Wanted: sayEdge(top.edge), Current: sayNode(top.edge.from.Resolve(top.edge.name))}
	if p != top {
		c.Asks = append(c.Asks, sayEdge(p.edge))
	} else if p.canSelf != nil {
		c.Asks = append(c.Asks, p.canSelf.conflicting()...)
	}
	return &Failure{Code: "ERESOLVE", Message: "could not resolve: " + c.Error(), Err: c}
}

// conflicting names the peers that could not be placed.
func (c *placeCheck) conflicting() []string {
	var out []string
	for _, k := range c.children {
		if k.result != conflict {
			continue
		}
		if k.current != nil {
			out = append(out, sayEdge(k.edge)+" against "+sayNode(k.current))
		}
		out = append(out, k.conflicting()...)
	}
	return out
}

func sayEdge(e *Edge) string {
	if e.from == nil {
		return fmt.Sprintf("%s %s@%q", e.kind, e.name, e.rawSpec)
	}
	return fmt.Sprintf("%s needs %s %s@%q", sayNode(e.from), e.kind, e.name, e.Spec())
}

func sayNode(n *Node) string {
	if n == nil {
		return "nothing"
	}
	if n.source != nil {
		n = n.source
	}
	if n.isProjectRoot() {
		return "the project"
	}
	return n.name + "@" + n.version()
}
