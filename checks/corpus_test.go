package checks

import (
	"os"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// TestRealPackuments judges every version of real packages as of a date long
// after: not one of them was an attack, and not one may be flagged above a
// note. The documents hold people's addresses and stay out of the repository.
func TestRealPackuments(t *testing.T) {
	for _, name := range []string{"undici-types", "nuxt", "has-package-exports", "abbrev"} {
		text, err := os.ReadFile("../../shared/corpus/packuments/" + name + ".json")
		if err != nil {
			t.Skipf("SKIPPED, no real packuments here: %v", err)
		}
		p, err := registry.Decode(text, "https://registry.npmjs.org/")
		if err != nil {
			t.Fatal(err)
		}
		for _, when := range []struct {
			label string
			after time.Duration
		}{{"long after", 400 * 24 * time.Hour}, {"100 days later", 100 * 24 * time.Hour}, {"30 days later", 30 * 24 * time.Hour}, {"2 days later", 48 * time.Hour}} {
			counts := judgeAll(t, p, when.after)
			t.Logf("%-20s %-15s %d versions: %v", name, when.label, len(p.Versions), counts)
			if when.after > 365*24*time.Hour && counts["danger"]+counts["warning"] > 0 {
				t.Errorf("%s, %s: false alarms", name, when.label)
			}
		}
	}
}

// judgeAll asks the packument's checks about each version, at a time after it
// was published.
func judgeAll(t *testing.T, p *registry.Packument, after time.Duration) map[string]int {
	t.Helper()
	counts := map[string]int{}
	h := NewHistory(p)
	for _, r := range h.Releases {
		now := r.At.Add(after)
		s := &Subject{Item: resolver.Item{Package: resolver.Package{Name: p.Name, Version: r.Version, Registry: p.Registry}},
			Now: now, Plan: &resolver.Plan{}, Packument: p, Manifest: r.Manifest, History: h, Release: r,
			Offers: Offers{true, true, true, true, true}, Limits: DefaultLimits(), Rules: &Rules{}, Overview: newOverview(nil, nil)}
		s.Facts.Tarball = Answer[*TarballFacts]{Asked: true, Err: &Withheld{"not here"}}
		var all []Finding
		for _, c := range All() {
			if c.Needs&(Attestations|Domains|Advisories|Downloads) != 0 && c.ID != "attestation-missing" || c.ID == "deprecated" {
				continue
			}
			f := guarded(t.Context(), c, s)
			if c.ID == "exotic" && p.Name+"@"+r.Version == "nuxt@1.0.0-rc7" {
				continue // it does depend on a git repository
			}
			if c.ID == "install-scripts" && p.Name == "nuxt" && strings.HasPrefix(r.Version, "1.0.0") && f.Severity == Warning {
				continue // its first install script came then, which is told at any age
			}
			f.Check = c.ID
			all = append(all, f)
		}
		combine(all, after, DefaultLimits())
		for _, f := range all {
			if f.Outcome == Flagged {
				counts[f.Severity.String()]++
				if f.Severity >= Warning && testing.Verbose() {
					t.Logf("  %s@%s %s: %s: %s", p.Name, r.Version, f.Check, f.Severity, strings.ReplaceAll(f.Message, "\n", " "))
				}
			}
		}
	}
	return counts
}
