package tree

import "gpq/resolver/registry"

// PkgFromObject takes what the builder needs out of a package.json. What begins
// with «_» in it npm does not take for true.
func PkgFromObject(o *Object) *Pkg {
	p := &Pkg{
		Name: o.str("name"), Version: o.str("version"),
		Dependencies:         o.deps("dependencies"),
		OptionalDependencies: o.deps("optionalDependencies"),
		PeerDependencies:     o.deps("peerDependencies"),
		DevDependencies:      o.deps("devDependencies"),
		Accept:               o.deps("acceptDependencies"),
		Engines:              o.deps("engines"),
		OS:                   o.list("os"), CPU: o.list("cpu"), Libc: o.list("libc"),
		DevEngines:        o.truthy("devEngines"),
		Overrides:         o.object("overrides"),
		PackageExtensions: o.object("packageExtensions"),
		HasInstallScript:  o.truthy("hasInstallScript"),
		InBundle:          o.truthy("inBundle"),
	}
	p.Deprecated = o.str("deprecated")
	_, p.HasPackageExtensions = o.Get("packageExtensions")
	p.PeerOptional = optionalPeers(o.object("peerDependenciesMeta"))
	p.readBundle(o)
	p.readWorkspaces(o)
	p.dedupeOptional()
	return p
}

func optionalPeers(meta *Object) map[string]bool {
	var out map[string]bool
	for _, name := range meta.Keys() {
		if m := meta.object(name); m != nil && m.truthy("optional") {
			if out == nil {
				out = map[string]bool{}
			}
			out[name] = true
		}
	}
	return out
}

// readBundle knows both spellings and all forms of the field.
func (p *Pkg) readBundle(o *Object) {
	v, ok := o.Get("bundleDependencies")
	if !ok {
		v = o.any("bundledDependencies")
	}
	switch b := v.(type) {
	case bool:
		p.HasBundle = true
		if b {
			p.Bundle = names(p.Dependencies)
		}
	case []any:
		p.HasBundle = true
		p.Bundle = stringsOf(b)
	case *Object:
		p.HasBundle = true
		p.Bundle = b.Keys()
	}
}

func (p *Pkg) readWorkspaces(o *Object) {
	v, ok := o.Get("workspaces")
	if w, isObj := v.(*Object); isObj {
		if inner, has := w.Get("packages"); has {
			v = inner
		}
	}
	list, isList := v.([]any)
	if ok && !isList {
		p.BadWorkspaces = true
	}
	p.Workspaces = stringsOf(list)
}

// clone copies p deep enough for adding and removing dependencies.
func (p *Pkg) clone() *Pkg {
	q := *p
	q.Dependencies = append(registry.Deps(nil), p.Dependencies...)
	q.OptionalDependencies = append(registry.Deps(nil), p.OptionalDependencies...)
	q.PeerDependencies = append(registry.Deps(nil), p.PeerDependencies...)
	q.DevDependencies = append(registry.Deps(nil), p.DevDependencies...)
	q.Bundle = append([]string(nil), p.Bundle...)
	q.PeerOptional = map[string]bool{}
	for k, v := range p.PeerOptional {
		q.PeerOptional[k] = v
	}
	return &q
}

// field is the dependency list of a kind.
func (p *Pkg) field(kind saveKind) *registry.Deps {
	switch kind {
	case saveDev:
		return &p.DevDependencies
	case saveOptional:
		return &p.OptionalDependencies
	case savePeer, savePeerOptional:
		return &p.PeerDependencies
	default:
	}
	return &p.Dependencies
}

func depsSet(deps *registry.Deps, name, value string) {
	for i := range *deps {
		if (*deps)[i].Name == name {
			(*deps)[i].Value = value
			return
		}
	}
	*deps = jsOrder(append(*deps, registry.Dep{Name: name, Value: value}))
}

func depsDel(deps *registry.Deps, name string) {
	out := (*deps)[:0:0]
	for _, d := range *deps {
		if d.Name != name {
			out = append(out, d)
		}
	}
	*deps = out
}
