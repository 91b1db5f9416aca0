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
	// projectDefault is the default registry that only the project names; ""
	// for none. firstFrom is the one item that stands for all from there.
	projectDefault string
	firstFrom      map[string]*Subject
}

func newOverview(subjects []*Subject, projectDefault string) *Overview {
	o := &Overview{commands: map[string][]*Subject{}, byPublisher: map[string][]*Subject{},
		projectDefault: projectDefault, firstFrom: map[string]*Subject{}}
	for _, s := range subjects {
		if s.Registry != "" && o.firstFrom[s.Registry] == nil {
			o.firstFrom[s.Registry] = s
		}
		if s.Release == nil {
			continue
		}
		for _, b := range s.Manifest.Bin {
			o.commands[b.Name] = append(o.commands[b.Name], s)
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
