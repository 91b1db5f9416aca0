package checks

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"gpq/resolver"
)

var exoticCheck = Check{
	ID:       "exotic",
	Title:    "is anything in the plan not from a registry?",
	Anything: true,
	Doc: `Looks for what comes from a git repository, a URL, or a file: nobody has published it, and no check can compare it with anything. A
tarball is pinned by its digest, and what its own files tell is judged. It stands at the package that asks for it; where the project itself asks, at the thing itself.

Flagged: as a warning where the project asks; as danger where a package of a registry does. Also, once: a registry
that only the project names, as a warning for the default one, as a note for a scope; and, as danger, a package from another registry than the policy binds it to.`,
	Run: runExotic,
}

func runExotic(_ context.Context, s *Subject) (Finding, error) {
	if anyMatch(s.Rules.ExoticAllow, s.Name, s.Version) {
		return clearf("allowed by the policy")
	}
	if s.Registry == "" && !s.Bundled {
		return s.exoticItem()
	}
	if home, bound := s.Rules.Home(s.Name); bound && s.Registry != "" && !sameURL(home, s.Registry) {
		return flag(Danger, "comes from %s, but the policy binds it to %s", s.Registry, home), nil
	}
	if asked := s.exoticAsked(); len(asked) > 0 {
		return flag(Danger, "asks for what is from no registry: %s", list(asked, 3)).signal(DepExotic).
			with(said("dependency", asked[0])), nil
	}
	return s.projectRegistry()
}

// exoticItem is about something that is itself from no registry.
func (s *Subject) exoticItem() (Finding, error) {
	what := cut(Told(strings.TrimPrefix(s.place(), s.Name+" at ")), 160)
	if !s.Direct && !s.Named {
		return flag(Danger, "is from no registry, and the project did not ask for it: %s", what).signal(DepExotic), nil
	}
	return flag(Warning, "is from no registry: %s", what), nil
}

func (s *Subject) place() string {
	switch {
	case s.Tarball != "":
		return s.Tarball
	case len(s.Specs) > 0:
		return s.Specs[0].Raw
	}
	return s.Name
}

// exoticAsked gives what this package asks for from outside a registry: what
// the plan could not resolve, and what its manifest says.
func (s *Subject) exoticAsked() []string {
	var out []string
	for _, u := range s.Plan.Unresolved {
		if u.By == s.Package && isExotic(u) && !s.harmless(dependency{key: u.Name, value: specValue(u.Spec)}) {
			out = append(out, strings.TrimSpace(u.Name+" "+u.Spec))
		}
	}
	for _, d := range dependenciesOf(s.Manifest) {
		text := d.key + "@" + d.value
		if d.exotic && !s.harmless(d) && !slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, d.value) }) {
			out = append(out, text)
		}
	}
	return out
}

// harmless: nothing is fetched for it.
func (s *Subject) harmless(d dependency) bool { return inside(d.value) || s.carries(d) }

// inside says whether an exotic value stays inside the package that asks:
// «file:./vendor/x».
func inside(value string) bool {
	rest, ok := cutFold(strings.TrimSpace(value), "file:")
	return ok && filepath.IsLocal(filepath.FromSlash(strings.TrimPrefix(rest, "//")))
}

// projectRegistry is about a registry that only the project names: told once,
// at the first item from there.
func (s *Subject) projectRegistry() (Finding, error) {
	scope, only := s.Overview.projectScope(s)
	switch {
	case !only || s.Rules.trusts(s.Registry) || s.Overview.first[scope] != s:
		return clearf("from a registry")
	case scope != "":
		return flag(Note, "the registry %s for %s is named by the project alone", s.Registry, scope), nil
	}
	return flag(Warning, "the default registry %s is named by the project alone", s.Registry), nil
}

func (r *Rules) trusts(registry string) bool {
	return slices.ContainsFunc(r.Registries, func(k RegistryRule) bool { return sameURL(k.URL, registry) })
}

func sameURL(a, b string) bool {
	return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

// standIns are items for what is from no registry and the plan could not make
// known, so that the report has a place for it: what the project asks for, and
// what is asked for by something that is no item of the plan itself.
func standIns(plan *resolver.Plan) []*Subject {
	here := map[resolver.Package]bool{}
	loose := map[string]bool{}
	for _, it := range plan.Items {
		here[it.Package] = true
		loose[it.Name] = loose[it.Name] || it.Registry == "" && !it.Bundled
	}
	var out []*Subject
	for i := range plan.Unresolved {
		u := &plan.Unresolved[i]
		if !isExotic(*u) || here[u.By] || u.Name != "" && loose[u.Name] {
			continue
		}
		name := u.Name
		if name == "" {
			name = u.Spec
		}
		loose[name] = true
		out = append(out, &Subject{stands: u, Item: resolver.Item{
			Package: resolver.Package{Name: name}, Via: [][]string{u.Via}, Direct: u.By == resolver.Package{},
		}})
	}
	return out
}

// isExotic says whether something unresolved is from no registry: by what is
// asked for, or by where a lockfile takes it from although it asks for a
// version.
func isExotic(u resolver.Unresolved) bool {
	return exoticSpec(specValue(u.Spec)) || strings.HasPrefix(u.Reason, "from ") || strings.HasPrefix(u.Reason, "folder outside")
}

// unresolvedFinding answers exotic for a stand-in.
func (s *Subject) unresolvedFinding() Finding {
	reason := s.stands.Reason
	if reason == "" {
		reason = "could not be made known"
	}
	if anyMatch(s.Rules.ExoticAllow, s.Name, s.Version) {
		f, _ := clearf("allowed by the policy")
		return f
	}
	sev := Warning
	if !exoticSpec(specValue(s.stands.Spec)) || !s.Direct {
		sev = Danger // a version was asked for, or nobody here asked
	}
	return flag(sev, "is from no registry: %s (%s)", cut(Told(s.stands.Spec), 160), cut(Told(reason), 120))
}

// specValue is a spec without the package's name before it: «x@github:a/b» and
// «github:a/b» give «github:a/b», «@a/b» gives nothing.
func specValue(spec string) string {
	from := 0
	if strings.HasPrefix(spec, "@") {
		if from = strings.Index(spec, "/"); from < 0 {
			return spec
		}
	}
	i := strings.Index(spec[from:], "@")
	switch {
	case i < 0 && from > 0:
		return ""
	case i < 0 || from == 0 && strings.ContainsAny(spec[:i], "/:\\"):
		return spec
	}
	return spec[from+i+1:]
}
