package resolver

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"gpq/resolver/semver"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// named plans what npm pack, diff and cache add fetch: each thing that is named,
// by itself, and nothing that it depends on. Only a repository brings more: npm
// may install in the clone. A folder is packed as it is.
func (r *Resolver) named(ctx context.Context, q Request) (*Plan, error) {
	out := &Plan{Request: q}
	for _, word := range q.Specs {
		s := spec.Parse(word, spec.Place{Dir: q.Cwd, Home: r.s.Home, NPM: tree.Major(q.Options.Platform.NPM)})
		var p *Plan
		var err error
		switch {
		case s.Kind == spec.Directory:
			continue
		case s.Registry():
			p, err = r.one(ctx, q, s)
		default:
			p, err = r.stranger(ctx, q, s)
		}
		if err != nil {
			return nil, err
		}
		out.merge(p)
	}
	return out, nil
}

// one is a plan of the one package that a registry has for a spec.
func (r *Resolver) one(ctx context.Context, q Request, s spec.Spec) (*Plan, error) {
	o, err := r.treeOptions(ctx, q)
	if err != nil {
		return nil, err
	}
	target := s.Target()
	p, err := tree.Choose(ctx, o, r.deps(q), &target)
	if err != nil {
		return r.failed(q, nil, err)
	}
	it := Item{
		Package: Package{Name: p.Name, Version: p.Version, Registry: p.Registry, Tarball: p.Resolved, Integrity: Integrity(p.Integrity)},
		Specs:   []spec.Spec{s}, Via: [][]string{{cmp.Or(s.Name, p.Name)}}, Direct: true, Named: true,
	}
	if it.Registry == "" && r.s.RegistryOf != nil {
		it.Registry = r.s.RegistryOf(p.Name)
	}
	return &Plan{Request: q, Items: []Item{it}}, nil
}

// stranger is a plan of what is from no registry.
func (r *Resolver) stranger(ctx context.Context, q Request, s spec.Spec) (*Plan, error) {
	q.Verb, q.Specs, q.Exec = Exec, []string{s.Raw}, ExecPlaces{}
	p, err := r.exec(ctx, q)
	if err != nil || s.Kind == spec.Git {
		return p, err
	}
	var items []Item
	for _, it := range p.Items {
		if it.Direct {
			items = append(items, it)
		}
	}
	var open []Unresolved
	for _, u := range p.Unresolved {
		if u.Direct {
			open = append(open, u)
		}
	}
	p.Items, p.Unresolved = items, open
	return p, nil
}

// Compared are the specs that npm diff fetches for what it is asked to compare, in
// the project root; tag is npm's setting. What is installed is not fetched.
func Compared(words []string, root, tag string) []string {
	project, err := tree.ReadPackage(root)
	if err != nil {
		project = &tree.Pkg{}
	}
	isRange := func(w string) bool { return semver.ValidRange(w, semver.Options{}) != "" }
	switch {
	case len(words) == 0:
		return []string{project.Name + "@" + cmp.Or(tag, "latest")}
	case len(words) == 1 && isRange(words[0]):
		return []string{project.Name + "@" + words[0]}
	case len(words) == 1:
		return wanted(words[0], root, project)
	}
	var out []string
	for i, w := range words[:2] {
		name := project.Name
		if other := words[1-i]; !isRange(other) {
			name = spec.Parse(other, spec.Place{Dir: root}).Name
		}
		s := spec.Parse(w, spec.Place{Dir: root})
		switch {
		case isRange(w):
			out = append(out, name+"@"+w)
		case s.RawSpec != "*" || !installed(root, s.Name):
			out = append(out, w)
		}
	}
	return out
}

// wanted is what npm diff compares an installed package with: the version that
// is named, else what the project asks for.
func wanted(word, root string, project *tree.Pkg) []string {
	s := spec.Parse(word, spec.Place{Dir: root})
	if s.RawSpec != "*" || !installed(root, s.Name) {
		return []string{word}
	}
	for _, deps := range []interface{ Get(string) (string, bool) }{project.DevDependencies, project.OptionalDependencies, project.Dependencies} {
		if rng, ok := deps.Get(s.Name); ok {
			return []string{s.Name + "@" + rng}
		}
	}
	return []string{word}
}

func installed(root, name string) bool {
	_, err := os.Stat(filepath.Join(root, "node_modules", filepath.FromSlash(name), "package.json"))
	return name != "" && err == nil
}
