package tree

import "sort"

type saveKind string

const (
	saveProd         saveKind = "prod"
	saveDev          saveKind = "dev"
	saveOptional     saveKind = "optional"
	savePeer         saveKind = "peer"
	savePeerOptional saveKind = "peerOptional"
)

// inferKind is the kind of dependency that the package already has of name.
func (p *Pkg) inferKind(name string) saveKind {
	has := func(k saveKind) bool { _, ok := p.field(k).Get(name); return ok }
	switch {
	case has(saveDev):
		return saveDev
	case has(saveOptional):
		return saveOptional
	case has(saveProd):
		return saveProd
	case has(savePeer) && p.PeerOptional[name]:
		return savePeerOptional
	case has(savePeer):
		return savePeer
	}
	return saveProd
}

// addDep writes name into p as a dependency of that kind, "" to keep the kind
// it has, and takes it out of where it may not stand beside.
func (p *Pkg) addDep(name, raw string, kind saveKind, bundle bool) {
	if kind == "" {
		kind = p.inferKind(name)
	}
	switch kind {
	case saveProd:
		depsDel(&p.DevDependencies, name)
		p.dropPeer(name)
	case saveDev:
		depsDel(&p.Dependencies, name)
	case saveOptional:
		p.dropPeer(name)
	default:
		depsDel(&p.Dependencies, name)
		depsDel(&p.OptionalDependencies, name)
	}
	field := p.field(kind)
	if _, has := field.Get(name); raw != "*" || !has {
		depsSet(field, name, raw)
	}
	peer := kind == savePeer || kind == savePeerOptional
	if kind == saveOptional {
		v, _ := p.OptionalDependencies.Get(name)
		depsSet(&p.Dependencies, name, v)
	}
	if peer {
		p.setPeerOptional(name, kind == savePeerOptional)
		if _, has := p.DevDependencies.Get(name); has {
			v, _ := p.PeerDependencies.Get(name)
			depsSet(&p.DevDependencies, name, v)
		}
	}
	if bundle && !peer && !isIn(p.Bundle, name) {
		p.Bundle = append(p.Bundle, name)
		sort.Strings(p.Bundle)
	}
}

func (p *Pkg) setPeerOptional(name string, optional bool) {
	if p.PeerOptional == nil {
		p.PeerOptional = map[string]bool{}
	}
	p.PeerOptional[name] = optional
}

func (p *Pkg) dropPeer(name string) {
	depsDel(&p.PeerDependencies, name)
	delete(p.PeerOptional, name)
}

// rmDep takes name out of all dependencies.
func (p *Pkg) rmDep(name string) {
	depsDel(&p.DevDependencies, name)
	depsDel(&p.OptionalDependencies, name)
	depsDel(&p.Dependencies, name)
	p.dropPeer(name)
	kept := p.Bundle[:0:0]
	for _, b := range p.Bundle {
		if b != name {
			kept = append(kept, b)
		}
	}
	p.Bundle = kept
}
