package tree

import (
	"math"
	"sort"
	"strconv"

	"gpq/resolver/registry"
)

// Pkg is what the builder reads of a package.json, a packument's version or a
// lockfile's entry. A Pkg is never changed once a node has it; adding and
// removing dependencies makes a copy.
type Pkg struct {
	Name, Version        string
	Dependencies         registry.Deps
	OptionalDependencies registry.Deps
	PeerDependencies     registry.Deps
	DevDependencies      registry.Deps
	PeerOptional         map[string]bool
	Accept               registry.Deps
	Bundle               []string
	HasBundle            bool // the field is there, also as an empty list
	Engines              registry.Deps
	OS, CPU, Libc        []string
	DevEngines           bool
	Overrides            *Object // nil where absent
	PackageExtensions    *Object
	HasPackageExtensions bool
	Workspaces           []string
	BadWorkspaces        bool // the field is there and no list
	// Resolved and Integrity are where the package's tarball is and what it
	// hashes to, as the registry or the lockfile says.
	Resolved, Integrity string
	HasShrinkwrap       bool
	HasInstallScript    bool
	Deprecated          string
	Registry            string // base URL of the registry it came from
	InBundle            bool   // of a lockfile entry
	// Manifest is the packument's version behind it; nil for anything else.
	Manifest *registry.Manifest
}

// fromManifest takes a registry's word for a package, put right as npm puts
// it right before use.
func fromManifest(m *registry.Manifest, reg string) *Pkg {
	rare := m.More()
	p := &Pkg{
		Name: m.Name, Version: m.Version,
		Dependencies:         jsOrder(m.Dependencies),
		OptionalDependencies: jsOrder(m.OptionalDependencies),
		PeerDependencies:     jsOrder(m.PeerDependencies),
		Accept:               rare.AcceptDeps,
		Bundle:               rare.Bundle,
		HasBundle:            len(rare.Bundle) > 0,
		Engines:              m.Engines,
		OS:                   rare.OS, CPU: rare.CPU, Libc: rare.Libc,
		Resolved: m.Dist.Tarball, Integrity: m.Dist.Integrity,
		HasShrinkwrap:    m.HasShrinkwrap,
		HasInstallScript: m.HasInstallScript,
		Deprecated:       m.Deprecated,
		Registry:         reg,
		Manifest:         m,
	}
	if p.Integrity == "" && m.Dist.Shasum != "" {
		p.Integrity = hexSRI(m.Dist.Shasum)
	}
	if len(rare.PeerOptional) > 0 {
		p.PeerOptional = make(map[string]bool, len(rare.PeerOptional))
		for _, name := range rare.PeerOptional {
			p.PeerOptional[name] = true
		}
	}
	if rare.BundleAll {
		p.HasBundle = true
		p.Bundle = names(p.Dependencies)
	}
	p.dedupeOptional()
	return p
}

// dedupeOptional takes out of the dependencies what is optional as well.
func (p *Pkg) dedupeOptional() {
	if len(p.OptionalDependencies) == 0 || len(p.Dependencies) == 0 {
		return
	}
	out := make(registry.Deps, 0, len(p.Dependencies))
	optional := make(map[string]bool, len(p.OptionalDependencies))
	for _, d := range p.OptionalDependencies {
		optional[d.Name] = true
	}
	for _, d := range p.Dependencies {
		if !optional[d.Name] {
			out = append(out, d)
		}
	}
	p.Dependencies = out
}

func names(deps registry.Deps) []string {
	out := make([]string, len(deps))
	for i, d := range deps {
		out[i] = d.Name
	}
	return out
}

// jsOrder puts entries into the order in which JavaScript walks an object:
// names that are array indexes first, by number, then the rest as written;
// of the same name twice the later value, at the earlier place.
func jsOrder(deps registry.Deps) registry.Deps {
	plain := len(deps) <= manyDeps
	for i, d := range deps[:min(len(deps), manyDeps)] {
		if _, ok := arrayIndex(d.Name); ok {
			plain = false
			break
		}
		if _, at := deps[:i].Get(d.Name); at {
			plain = false
			break
		}
	}
	if plain {
		return deps
	}
	out := make(registry.Deps, 0, len(deps))
	place := map[string]int{}
	for _, d := range deps {
		if i, ok := place[d.Name]; ok {
			out[i].Value = d.Value
			continue
		}
		place[d.Name] = len(out)
		out = append(out, d)
	}
	sort.SliceStable(out, func(i, j int) bool {
		x, xok := arrayIndex(out[i].Name)
		y, yok := arrayIndex(out[j].Name)
		if xok && yok {
			return x < y
		}
		return xok && !yok
	})
	return out
}

// manyDeps is from where on a map is quicker than looking at each again.
const manyDeps = 64

func arrayIndex(s string) (uint64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n < math.MaxUint32
}
