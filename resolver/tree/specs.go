package tree

import (
	"strings"
	"sync"

	"gpq/resolver/spec"
)

// specs reads what asks for packages, each text once.
type specs struct {
	place spec.Place // without its folder
	mu    sync.Mutex
	memo  map[specKey]*spec.Spec
}

type specKey struct{ name, raw, dir string }

func newSpecs(major int, home string) *specs {
	return &specs{place: spec.Place{Home: home, NPM: major}, memo: map[specKey]*spec.Spec{}}
}

func (s *specs) remember(k specKey, read func() spec.Spec) *spec.Spec {
	s.mu.Lock()
	got := s.memo[k]
	s.mu.Unlock()
	if got != nil {
		return got
	}
	fresh := read()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memo[k] = &fresh
	return &fresh
}

// parseAt reads a whole spec, relative paths starting at dir.
func (s *specs) parseAt(raw, dir string) *spec.Spec {
	at := s.place
	at.Dir = dir
	return s.remember(specKey{"", raw, dir}, func() spec.Spec { return spec.Parse(raw, at) })
}

func (v *env) parse(raw string) *spec.Spec { return v.specs.parseAt(raw, "/") }

// resolve reads what a dependency asks for. Only paths depend on dir, and
// nothing with neither slash nor dot at its start is one.
func (s *specs) resolve(name, raw, dir string) *spec.Spec {
	if !maybePath(raw) {
		dir = "/"
	}
	at := s.place
	at.Dir = dir
	return s.remember(specKey{name, raw, dir}, func() spec.Spec { return spec.Resolve(name, raw, at) })
}

func maybePath(raw string) bool {
	return strings.ContainsAny(raw, "/\\:~") || strings.HasPrefix(raw, ".") || strings.HasSuffix(raw, "gz") || strings.HasSuffix(raw, ".tar")
}

// resolveSpec is resolve for the algorithm: what npm refuses to read at all is
// its failure.
func (b *builder) resolveSpec(name, raw, dir string) (*spec.Spec, error) {
	s := b.specs.resolve(name, raw, dir)
	if s.Kind == spec.Opaque {
		return nil, &Failure{Code: "EINVALIDSPEC", Message: name + "@" + raw + ": " + s.Err}
	}
	return s, nil
}

// registrySpec is the version, range or tag that s asks of a registry, through
// an alias; nil where it asks no registry.
func registrySpec(s *spec.Spec) *spec.Spec {
	if s.Kind == spec.Alias && s.Sub != nil {
		s = s.Sub
	}
	switch s.Kind {
	case spec.Version, spec.Range, spec.Tag:
		return s
	default:
	}
	return nil
}

// specText is the part of a spec behind the name, as npm prints it.
func specText(s *spec.Spec) string {
	switch {
	case s.SaveSpec != "":
		return s.SaveSpec
	case s.Kind == spec.Version || s.Kind == spec.Range || s.Kind == spec.Tag:
		return fetchRange(s)
	case s.Where != "":
		return s.Where
	}
	return s.RawSpec
}

func fetchRange(s *spec.Spec) string {
	if s.Range == "" {
		return "*"
	}
	return s.Range
}

// gitRange is the range of versions that a git spec asks for, "" for none.
func gitRange(s *spec.Spec) string {
	if s.Repo == nil {
		return ""
	}
	return s.Repo.Range
}
