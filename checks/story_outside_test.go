package checks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/advisory"
	"gpq/checks/advisory/advisorytest"
	"gpq/checks/domain"
	"gpq/checks/domain/domaintest"
	"gpq/checks/downloads"
	"gpq/checks/downloads/downloadstest"
	"gpq/checks/names"
	"gpq/checks/storytest"
	"gpq/resolver/fetch"
)

// storyOutside is the world outside a story's registry: the real collector,
// before stand-ins that say what the story says.
func storyOutside(t *testing.T, s *storytest.Story, w *storytest.World) *checks.Outside {
	t.Helper()
	now := func() time.Time { return storyNow }
	doer := fetch.New(fetch.Options{Now: now})
	osv := advisorytest.Start(storyMalware(s)...)
	t.Cleanup(osv.Close)
	weekly := downloadstest.Start(s.Weekly)
	t.Cleanup(weekly.Close)
	world, err := domaintest.Start(storyDomains(t, s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	return checks.NewOutside(checks.OutsideOptions{
		Domains:    domain.New(domain.Options{Doer: doer, RDAP: world.RDAP, DNS: world.DNS, Now: now}),
		Advisories: advisory.New(advisory.Options{Doer: doer, OSV: osv.URL, Registries: w.Client, Now: now}),
		Downloads:  downloads.New(downloads.Options{Doer: doer, Base: weekly.URL, Now: now}),
		Names:      names.Load,
		Default:    w.Server.URL,
	})
}

func storyMalware(s *storytest.Story) []string {
	var out []string
	for i, id := range s.Malware {
		at := strings.LastIndex(id, "@")
		out = append(out, fmt.Sprintf(`{"id":"MAL-2026-%d","modified":"2026-11-01T00:00:00Z","summary":"Malicious code in %s (npm)","affected":[{"package":{"ecosystem":"npm","name":%q},"versions":[%q]}]}`,
			i, id[:at], id[:at], id[at+1:]))
	}
	return out
}

// storyDomains reads a story's words for states; every other domain that its
// people are likely to have is held for twenty years.
func storyDomains(t *testing.T, s *storytest.Story) map[string]domaintest.Domain {
	t.Helper()
	held := domaintest.Domain{Registered: storyNow.AddDate(-20, 0, 0), Expires: storyNow.AddDate(1, 0, 0), Status: []string{"active"}, DNS: domaintest.Delegated}
	out := map[string]domaintest.Domain{"example.com": held, "example.org": held, "example.net": held}
	for name, state := range s.Domains {
		d := held
		switch state {
		case "available":
			d = domaintest.Domain{}
		case "reregistered":
			d.Registered = storyNow.AddDate(0, 0, -20)
		case "pending delete":
			d.Status, d.DNS = []string{"pending delete"}, domaintest.NXDomain
		case "redemption":
			d.Status, d.DNS = []string{"pending delete", "redemption period"}, domaintest.NXDomain
		default:
			t.Fatalf("story %s: domain %s is %q?", s.Name, name, state)
		}
		out[name] = d
	}
	return out
}
