package checks

import (
	"net/url"
	"slices"
	"strings"

	"gpq/resolver"
)

// Offers says which kinds of data the package's registry is known to give for
// anything at all; what it does not offer is skipped, once.
type Offers struct {
	Signatures, Publishers, Attestations, Times bool
	// Known: registry.npmjs.org is known to offer all of them, so that absence
	// there is «unknown», not «skipped». So does a policy say of a registry.
	Known bool
}

// offersOf finds out, by registry, what is offered for any version of any
// package of the plan.
func offersOf(subjects []*Subject, rules []RegistryRule) map[string]Offers {
	out := map[string]Offers{}
	seen := map[*History]bool{}
	for _, s := range subjects {
		if s.Registry == "" || seen[s.History] {
			continue
		}
		seen[s.History] = true
		out[s.Registry] = out[s.Registry].with(s.History)
	}
	for reg, o := range out {
		out[reg] = o.ruled(reg, rules)
	}
	return out
}

func (o Offers) with(h *History) Offers {
	o.Times = o.Times || h.Dated || len(h.Removed) > 0
	for _, r := range h.Releases {
		o.Signatures = o.Signatures || len(r.Manifest.Dist.Signatures) > 0
		o.Publishers = o.Publishers || r.By.Said()
		o.Attestations = o.Attestations || r.Manifest.Dist.Attestations != nil
	}
	return o
}

// ruled adds what is known beforehand.
func (o Offers) ruled(reg string, rules []RegistryRule) Offers {
	if u, err := url.Parse(reg); err == nil && strings.EqualFold(u.Hostname(), "registry.npmjs.org") {
		o.Known = true
	}
	for _, r := range rules {
		if !sameURL(r.URL, reg) {
			continue
		}
		o.Signatures = o.Signatures || slices.Contains(r.Offers, "signatures")
		o.Publishers = o.Publishers || slices.Contains(r.Offers, "publishers")
		o.Attestations = o.Attestations || slices.Contains(r.Offers, "attestations")
	}
	return o
}

// offersNotices has one line for each registry that offers less than npmjs.
func offersNotices(subjects []*Subject) []Notice {
	var out []Notice
	seen := map[string]bool{}
	for _, s := range subjects {
		if s.Registry == "" || s.Packument == nil || seen[s.Registry] || s.Offers.Known {
			continue
		}
		seen[s.Registry] = true
		var missing []string
		for _, m := range []struct {
			has  bool
			what string
		}{{s.Offers.Signatures, "signatures"}, {s.Offers.Publishers, "publishers"},
			{s.Offers.Attestations, "attestations"}, {s.Offers.Times, "publish times"}} {
			if !m.has {
				missing = append(missing, m.what)
			}
		}
		if len(missing) > 0 {
			out = append(out, Notice{NoticeRegistry, s.Registry, "offers no " + strings.Join(missing, ", no ") + ": the checks that read them are skipped"})
		}
	}
	return out
}

func planNotices(plan *resolver.Plan) []Notice {
	var out []Notice
	for _, n := range plan.Notes {
		out = append(out, Notice{Kind: NoticePlan, Text: n})
	}
	return out
}
