package checks

import (
	"slices"
	"strings"

	"gpq/resolver/registry"
)

// dependency is what a manifest asks npm to install beside it.
type dependency struct {
	name   string // the true name, also behind an alias; the key where it is exotic
	key    string // the name it is installed under
	value  string
	kind   string // dependencies, optionalDependencies, …
	exotic bool   // from outside a registry
}

// dependenciesOf gives everything that npm would install for a manifest: the
// optional ones and the peers that are not optional too. Bundled ones should
// lie in the tarball; where they do not, npm fetches them.
func dependenciesOf(m *registry.Manifest) []dependency {
	if m == nil {
		return nil
	}
	var out []dependency
	add := func(kind string, all registry.Deps) {
		for _, d := range all {
			out = append(out, readDependency(kind, d))
		}
	}
	add("dependencies", m.Dependencies)
	add("optionalDependencies", m.OptionalDependencies)
	optional := m.More().PeerOptional
	for _, d := range m.PeerDependencies {
		if !slices.Contains(optional, d.Name) {
			out = append(out, readDependency("peerDependencies", d))
		}
	}
	return out
}

// carries says whether a dependency lies in the tarball itself, so that npm
// does not fetch it.
func (s *Subject) carries(d dependency) bool {
	m := s.Manifest.More()
	return (m.BundleAll || slices.Contains(m.Bundle, d.key)) &&
		s.Facts.Tarball.OK() && slices.Contains(s.Facts.Tarball.Value.Carried, d.key)
}

func readDependency(kind string, d registry.Dep) dependency {
	out := dependency{name: d.Name, key: d.Name, value: strings.TrimSpace(d.Value), kind: kind}
	if rest, ok := cutFold(out.value, "npm:"); ok {
		out.name, out.value = splitAlias(rest)
		return out
	}
	out.exotic = exoticSpec(out.value)
	return out
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// splitAlias takes «name@range» apart; the name may have a scope.
func splitAlias(s string) (name, rng string) {
	if i := strings.LastIndex(s, "@"); i > 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// exoticSpec says whether a dependency's value points outside a registry: a
// git repository, a URL, a file. Ranges and tags have neither a slash nor a
// colon.
func exoticSpec(value string) bool {
	if _, alias := cutFold(strings.TrimSpace(value), "npm:"); alias {
		return false
	}
	return strings.ContainsAny(value, "/:\\") || strings.HasSuffix(value, ".tgz") || strings.HasSuffix(value, ".tar.gz")
}

// local says whether an exotic value stays on this disk.
func local(value string) bool {
	v := strings.ToLower(strings.TrimSpace(value))
	for _, p := range []string{"file:", "link:", "workspace:", "portal:", "./", "../", "~/"} {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	return false
}

// origin is an exotic value without what may change from release to release:
// the commit, tag or fragment.
func (d dependency) origin() string {
	v, _, _ := strings.Cut(d.value, "#")
	return v
}

// same says whether a dependency was there before: by its true name, or, from
// outside a registry, by its place.
func (d dependency) same(o dependency) bool {
	if d.exotic || o.exotic {
		return d.exotic == o.exotic && d.key == o.key && d.origin() == o.origin()
	}
	return d.name == o.name
}

// NewDependencies gives what this version is the first to depend on, compared
// with its predecessor, by true names; those from outside a registry are left
// out. A first release has none. Collectors ask for their downloads.
func (s *Subject) NewDependencies() []string {
	var out []string
	for _, d := range s.newDependencies() {
		if !d.exotic && !slices.Contains(out, d.name) {
			out = append(out, d.name)
		}
	}
	return out
}

func (s *Subject) newDependencies() []dependency {
	if s.Release == nil {
		return nil
	}
	before := s.Predecessor()
	now := dependenciesOf(s.Manifest)
	if before == nil {
		return slices.DeleteFunc(now, func(d dependency) bool { return !d.exotic })
	}
	return slices.DeleteFunc(now, func(d dependency) bool { return s.hadDependency(before, d) && s.hadDependency(s.replaced(), d) })
}

// hadDependency says whether a release, if there is one, had a dependency.
func (s *Subject) hadDependency(w *Release, d dependency) bool {
	return w == nil || slices.ContainsFunc(dependenciesOf(w.Manifest), d.same)
}
