package tree

import "strings"

// trusted is whether npm goes by what the lockfile itself says of its entries
// (what is extraneous, for development, optional): where it had read it before
// the project, and package.json asks for what the lockfile has for the project.
// What nothing needs stays then, and is installed.
func (b *builder) trusted(root *Node, x *Existing) bool {
	first := b.opt.LockFirst || b.opt.LockRequired && b.before(11)
	if !first || x.File == "" || strings.Contains(x.File, "/") {
		return false
	}
	if x.ancient {
		return true
	}
	asked := x.root
	if asked == nil {
		asked = &Pkg{}
	}
	wanted := map[string]*Edge{}
	for name, e := range root.Target().edgesOut.all() {
		if e.kind != Workspace {
			wanted[name] = e
		}
	}
	n := 0
	for kind, deps := range asked.byKind() {
		for name, raw := range deps {
			if e := wanted[name]; e == nil || e.kind != kind || e.rawSpec != raw {
				return false
			}
			n++
		}
	}
	return n == len(wanted)
}

// byKind are a package's dependencies as npm tells their kinds apart.
func (p *Pkg) byKind() map[EdgeKind]map[string]string {
	all := map[EdgeKind]map[string]string{Prod: {}, Dev: {}, Optional: {}, Peer: {}, PeerOptional: {}}
	for _, d := range p.DevDependencies {
		all[Dev][d.Name] = d.Value
	}
	for _, d := range p.OptionalDependencies {
		all[Optional][d.Name] = d.Value
	}
	for _, d := range p.Dependencies {
		if _, optional := all[Optional][d.Name]; !optional {
			all[Prod][d.Name] = d.Value
		}
	}
	for _, d := range p.PeerDependencies {
		kind := Peer
		if p.PeerOptional[d.Name] {
			kind = PeerOptional
		}
		all[kind][d.Name] = d.Value
	}
	return all
}
