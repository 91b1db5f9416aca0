package checks

import (
	"context"
	"fmt"
	"slices"

	"gpq/checks/advisory"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

var vulnerableCheck = Check{
	ID:    "vulnerable",
	Title: "has exactly this version known vulnerabilities?",
	Needs: Packument | Advisories,
	Doc: `Asks OSV and the registry's own advisories about exactly this version. What both list is one record; withdrawn ones do
not count, and where a record gives ranges, gpq reads them itself. The severity is CVSS's (version 4, 3 or 2), else the
word of who published it.

Flagged: critical and high as warnings, everything else as notes, with the ids and the first version that all of the
records leave out: one that npm would take under the range asked for, else the first beyond it.

What to do: take the fixed version; look whether the vulnerable part is used at all.`,
	Run: runVulnerable,
}

func runVulnerable(_ context.Context, s *Subject) (Finding, error) {
	if f, ok := unanswered(s.Facts.Advisories, "advisories"); ok {
		return f, nil
	}
	r := s.Facts.Advisories.Value
	var known []advisory.Record
	for _, rec := range r.Records {
		if !rec.Malware {
			known = append(known, rec)
		}
	}
	if len(known) > 0 {
		return s.vulnerableFinding(known), nil
	}
	switch {
	case r.OSV.Answered() || r.Registry.Answered():
		return clearf("no known vulnerability (%s)%s", sourcesOf(r), missingSource(r))
	case r.OSV.Off && r.Registry.Off:
		return skippedf("OSV: %v; registry: %v", r.OSV.Err, r.Registry.Err)
	}
	err := r.OSV.Err
	if r.OSV.Off || err == nil {
		err = r.Registry.Err
	}
	f, _ := unknownf("known vulnerabilities: %v", err)
	f.Err = err
	return f, nil
}

// missingSource names the one of two that did not answer.
func missingSource(r advisory.Report) string {
	for _, src := range []advisory.Source{r.OSV, r.Registry} {
		if !src.Off && src.Err != nil {
			return fmt.Sprintf("; %v", src.Err)
		}
	}
	return ""
}

func (s *Subject) vulnerableFinding(known []advisory.Record) Finding {
	worst := known[0]
	var ids []string
	sev := Note
	for _, rec := range known {
		ids = append(ids, rec.ID)
		if rec.Level >= advisory.High || rec.Vague {
			sev = Warning
		}
	}
	f := flag(sev, "%s: %s", severityWords(known), list(ids, 4))
	if worst.Summary != "" {
		f.Message += " (" + cut(worst.Summary, 120) + ")"
	}
	f.Message += "; " + s.fixedIn(known)
	return f.with(recordEvidence(known)...)
}

func severityWords(known []advisory.Record) string {
	worst := known[0]
	word := worst.Level.String()
	if worst.Score > 0 {
		word += fmt.Sprintf(", CVSS %.1f", worst.Score)
	}
	if len(known) == 1 {
		if worst.Vague {
			return "a known vulnerability whose details could not be had"
		}
		return "a known vulnerability (" + word + ")"
	}
	return fmt.Sprintf("%d known vulnerabilities, the worst %s", len(known), word)
}

// fixedIn finds the first version that no record covers.
func (s *Subject) fixedIn(known []advisory.Record) string {
	free := s.laterFree(known)
	if len(free) == 0 {
		if slices.ContainsFunc(known, func(r advisory.Record) bool { return r.AllVersions }) {
			return "all versions are affected"
		}
		return "no later version is free of it"
	}
	for _, v := range free {
		if s.acceptable(v) {
			return "fixed in " + v.String()
		}
	}
	return fmt.Sprintf("fixed in %s, which is not in the range asked for", free[0])
}

// laterFree gives the later versions that no record covers, lowest first:
// those deprecated and, for a stable version, prereleases are left out.
func (s *Subject) laterFree(known []advisory.Record) []semver.Version {
	now, err := semver.Parse(s.Version, true)
	if err != nil {
		return nil
	}
	var out []semver.Version
	for _, r := range s.History.Releases {
		v, err := semver.Parse(r.Version, true)
		if err != nil || v.Compare(now) <= 0 || r.Manifest.Deprecated != "" || v.Prerelease() != "" && now.Prerelease() == "" {
			continue
		}
		if !slices.ContainsFunc(known, func(rec advisory.Record) bool { return rec.Affects(r.Version) }) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, semver.Version.Compare)
	return out
}

// acceptable says whether npm would take a version for everything that asks
// for this package.
func (s *Subject) acceptable(v semver.Version) bool {
	for _, sp := range s.Specs {
		if sp.Kind == spec.Alias && sp.Sub != nil {
			sp = *sp.Sub
		}
		if sp.Kind != spec.Version && sp.Kind != spec.Range {
			continue // a tag may come to point there
		}
		r, err := semver.ParseRange(sp.Range, semver.Loose())
		if err != nil || !r.Test(v) {
			return false
		}
	}
	return true
}
