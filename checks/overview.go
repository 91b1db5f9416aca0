package checks

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// Overview is what checks may know of the plan as a whole. It is made once and
// never changed.
type Overview struct {
	// commands has, by the name of a command, the packages that provide it.
	commands map[string][]*Subject
	// byPublisher has the subjects by who published them, oldest first.
	byPublisher map[string][]*Subject
	// byScope has the subjects of each scope of each registry.
	byScope map[string][]*Subject
	// project has the registries that only the project names, by scope. first
	// is the one item that stands for all that come from one of them.
	project map[string]string
	first   map[string]*Subject
	// changing: the command adds or replaces something.
	changing bool
	// few: so little stays that all of it is read.
	few bool
}

// fewStay is how much may stay and be read at every age.
const fewStay = 64

func newOverview(subjects []*Subject, project map[string]string) *Overview {
	o := &Overview{commands: map[string][]*Subject{}, byPublisher: map[string][]*Subject{}, byScope: map[string][]*Subject{},
		project: project, first: map[string]*Subject{}}
	o.few = len(subjects) <= fewStay
	for _, s := range subjects {
		o.changing = o.changing || !s.Unchanged()
		if scope, only := o.projectScope(s); only && o.first[scope] == nil {
			o.first[scope] = s
		}
		if s.Release == nil {
			continue
		}
		for _, b := range s.Manifest.Bin {
			o.commands[b.Name] = append(o.commands[b.Name], s)
		}
		if key := scopeKey(s); key != "" && s.Release.Dated {
			o.byScope[key] = append(o.byScope[key], s)
		}
		if key := publisherKey(s); key != "" && s.Release.Dated {
			o.byPublisher[key] = append(o.byPublisher[key], s)
		}
	}
	for _, all := range o.byPublisher {
		sort.SliceStable(all, func(i, j int) bool { return all[i].Release.At.Before(all[j].Release.At) })
	}
	return o
}

// projectScope says whether an item comes from a registry that only the project
// names, and for which scope.
func (o *Overview) projectScope(s *Subject) (scope string, only bool) {
	if s.Registry == "" {
		return "", false
	}
	if at, _, scoped := strings.Cut(s.Name, "/"); scoped {
		if url, ok := o.project[at]; ok {
			return at, sameURL(url, s.Registry)
		}
	}
	url, ok := o.project[""]
	return "", ok && sameURL(url, s.Registry)
}

// publisherKey names a publisher across packages: an account, or the people
// behind a trusted publisher (each package has a configuration of its own).
func publisherKey(s *Subject) string {
	switch by := s.Release.By; {
	case by.Account != "":
		return s.Registry + " " + by.Account
	case by.Trusted != "" && len(s.Manifest.Maintainers) > 0:
		var people []string
		for _, p := range s.Manifest.Maintainers {
			people = append(people, p.Name)
		}
		slices.Sort(people)
		return s.Registry + " trusted " + strings.Join(people, " ")
	case by.Trusted != "":
		scope, _, _ := strings.Cut(s.Name, "/")
		return s.Registry + " trusted " + scope
	}
	return ""
}

// scopeKey names a scope of a registry; "" for a package without one.
func scopeKey(s *Subject) string {
	scope, _, scoped := strings.Cut(s.Name, "/")
	if !scoped {
		return ""
	}
	return s.Registry + " " + scope
}

// family gives the packages of the same publisher or scope that were published
// within span of s, without s.
func (o *Overview) family(s *Subject, span time.Duration) []*Subject {
	out := slices.DeleteFunc(o.together(s, span), func(w *Subject) bool { return w.Name == s.Name })
	for _, w := range o.byScope[scopeKey(s)] {
		near := w.Release.At.Sub(s.Release.At).Abs() < span
		if near && w.Name != s.Name && len(out) < maxTogether && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// together gives the packages of the same publisher that were published within
// span of s, s itself among them; one for each name.
func (o *Overview) together(s *Subject, span time.Duration) []*Subject {
	var out []*Subject
	seen := map[string]bool{}
	for _, w := range o.byPublisher[publisherKey(s)] {
		d := w.Release.At.Sub(s.Release.At).Abs()
		if d < span && (!seen[w.Name] || w == s) {
			seen[w.Name] = true
			out = append(out, w)
		}
		if len(out) == maxTogether {
			break
		}
	}
	return out
}

// maxTogether bounds how many packages of one burst are compared.
const maxTogether = 64
