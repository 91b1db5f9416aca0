package checks

import (
	"context"
	"slices"
	"strings"

	"gpq/resolver/registry"
)

var maintainersChangedCheck = Check{
	ID:    "maintainers-changed",
	Title: "who was added or removed since the previous version?",
	Needs: Packument,
	Doc: `Compares the maintainers at the time of this version with those of the last release that is no longer young.

Flagged: all replaced, as a warning; anything else as a note, which other changes join. A list that the registry left
empty tells nothing.

What to do: when a package changed hands, look who has it now and why.`,
	Run: runMaintainersChanged,
}

func runMaintainersChanged(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	if !s.Offers.Publishers && !s.Offers.Known {
		return skippedf("this registry does not say who maintains what")
	}
	now := s.Manifest.Maintainers
	before := s.maintainersBefore()
	switch {
	case len(s.History.Earlier(s.Release)) == 0:
		return clearf("first release")
	case !s.stampsPeople():
		return unknownf("the registry names no maintainers: those in the document are package.json's own")
	case len(now) == 0:
		return unknownf("the registry names no maintainers for this version")
	case before == nil:
		return unknownf("the registry names no maintainers for earlier versions")
	}
	added, removed := difference(now, before.Manifest.Maintainers), difference(before.Manifest.Maintainers, now)
	if len(added) == 0 && len(removed) == 0 {
		return clearf("the same maintainers as at %s", before.Version)
	}
	ev := []Evidence{}
	if len(added) > 0 {
		ev = append(ev, said("added", list(added, 10)))
	}
	if len(removed) > 0 {
		ev = append(ev, said("removed", list(removed, 10)))
	}
	if len(removed) == len(before.Manifest.Maintainers) && len(added) > 0 {
		return flag(s.replacedSeverity(), "all maintainers replaced since %s: now %s", before.Version, list(added, 5)).
			signal(MaintainersReplaced).with(ev...), nil
	}
	f := flag(Note, "maintainers changed since %s: %s added, %s removed", before.Version, orNobody(added), orNobody(removed)).with(ev...)
	if len(added) > 0 {
		f = f.signal(MaintainersAdded)
	}
	return f, nil
}

// stampsPeople says whether the lists of maintainers in the document are the
// registry's. Where it says nothing else of people, a mirror has left what a
// package.json says of itself: names, and no accounts.
func (s *Subject) stampsPeople() bool {
	if len(s.Packument.Maintainers) > 0 || slices.ContainsFunc(s.History.Releases, func(r *Release) bool { return r.By.Said() }) {
		return true
	}
	return !slices.ContainsFunc(s.Manifest.Maintainers, func(p registry.Person) bool {
		return strings.ContainsFunc(p.Name, func(r rune) bool { return r <= ' ' || r > '~' || r >= 'A' && r <= 'Z' })
	})
}

// replacedSeverity: a package that changed hands long ago is no news.
func (s *Subject) replacedSeverity() Severity {
	if age, dated := s.Age(); dated && age > s.Limits.Dormant {
		return Note
	}
	return Warning
}

// maintainersBefore is the release to compare with: the version in use where
// this one replaces it, else the last settled release that names any, else the
// first of all.
func (s *Subject) maintainersBefore() *Release {
	if w := s.replaced(); w != nil && len(w.Manifest.Maintainers) > 0 && !s.young(w) {
		return w
	}
	past := s.settled()
	for i := len(past) - 1; i >= 0; i-- {
		if len(past[i].Manifest.Maintainers) > 0 {
			return past[i]
		}
	}
	for _, w := range s.History.Earlier(s.Release) {
		if len(w.Manifest.Maintainers) > 0 {
			return w
		}
	}
	return nil
}

func difference(a, b []registry.Person) []string {
	known := make(map[string]struct{}, len(b))
	for _, p := range b {
		known[p.Name] = struct{}{}
	}
	var out []string
	for _, p := range a {
		if _, has := known[p.Name]; !has {
			out = append(out, p.Name)
		}
	}
	return out
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return list(names, 5)
}
