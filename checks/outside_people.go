package checks

import (
	"slices"
	"strings"
	"time"

	"gpq/checks/domain"
	"gpq/resolver/registry"
)

// holder is one domain under which people of a package have their addresses.
type holder struct {
	domain string
	kind   domain.Kind
	who    []string  // account names
	since  time.Time // first use of any of the addresses on the package
}

// holdersOf gives the domains of the current maintainers and of who published
// and approved this version. A trusted publisher's address is its service's.
func holdersOf(s *Subject, registrable func(string) (string, domain.Kind)) []holder {
	people := slices.Clone(s.Packument.Maintainers)
	if m := s.Manifest; m != nil {
		if len(people) == 0 && s.stampsPeople() {
			people = slices.Clone(m.Maintainers)
		}
		people = append(people, publishers(m)...)
	}
	first := firstUse(s)
	var out []holder
	seen, known := map[string]bool{}, map[string]int{}
	for _, p := range people {
		addr := strings.ToLower(strings.TrimSpace(p.Email))
		host := domain.Name(addr)
		if host == "" || seen[addr] {
			continue
		}
		seen[addr] = true
		d, kind := registrable(host)
		at, there := known[d]
		if !there {
			at = len(out)
			known[d] = at
			out = append(out, holder{domain: d, kind: kind})
		}
		out[at].add(p.Name, first[addr])
	}
	return out
}

func (h *holder) add(name string, since time.Time) {
	if !slices.Contains(h.who, name) {
		h.who = append(h.who, name)
	}
	if !since.IsZero() && (h.since.IsZero() || since.Before(h.since)) {
		h.since = since
	}
}

// publishers are the people who published and approved a version.
func publishers(m *registry.Manifest) []registry.Person {
	u := m.NpmUser
	if u == nil {
		return nil
	}
	var out []registry.Person
	if u.TrustedPublisher == nil {
		out = append(out, u.Person)
	}
	if u.Approver != nil {
		out = append(out, *u.Approver)
	}
	return out
}

// firstUse gives the time of the first version that carries each address.
func firstUse(s *Subject) map[string]time.Time {
	first := map[string]time.Time{}
	for _, r := range s.History.Releases {
		if !r.Dated {
			continue
		}
		for _, p := range append(publishers(r.Manifest), r.Manifest.Maintainers...) {
			addr := strings.ToLower(strings.TrimSpace(p.Email))
			if at, ok := first[addr]; !ok || r.At.Before(at) {
				first[addr] = r.At
			}
		}
	}
	return first
}
