package checks

import (
	"context"
	"time"

	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

var versionAgeCheck = Check{
	ID:    "version-age",
	Title: "is this version younger than the cooling-off time?",
	Needs: Packument,
	Doc: `Compares the publish time with the cooling-off time, 24 hours by default. Nearly all malicious versions are found and
removed within hours; it is the one check that needs no other trace of an attack.

Flagged as a warning, with the newest version that is old enough and still fits what was asked for.

What to do: take that version, or wait. A policy can set another time, or exempt packages.`,
	Run: runVersionAge,
}

func runVersionAge(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	wait := s.Rules.coolingOff(s.Name, s.Version, s.Limits.CoolingOff)
	if wait <= 0 {
		return skippedf("the policy exempts this package from the cooling-off time")
	}
	if f, err, stop := s.noDate(); stop {
		return f, err
	}
	age, _ := s.Age()
	if age >= wait {
		return clearf("published %s ago", ageText(age))
	}
	f := flag(Warning, "published only %s ago, under the cooling-off time of %s", ageText(age), ageText(wait))
	if best := s.newestPassing(wait); best != nil {
		f.Message += "; the newest version that is old enough is " + best.Version
		f = f.with(said("newest version old enough", best.Version))
	} else {
		f.Message += "; no older version fits what was asked for"
	}
	return f.with(said("published", s.Release.At.UTC().Format(time.RFC3339))), nil
}

// coolingOff is the time one package has to stand before it passes.
func (r *Rules) coolingOff(name, version string, usual time.Duration) time.Duration {
	if anyMatch(r.NoCoolingOff, name, version) {
		return 0
	}
	for _, w := range r.CoolingOff {
		if w.Packages.Match(name, version) {
			return time.Duration(w.Hours * float64(time.Hour))
		}
	}
	return usual
}

// newestPassing is the highest version that is old enough, not deprecated and
// fits every range that asked for this item; prereleases only where this one
// is.
func (s *Subject) newestPassing(wait time.Duration) *Release {
	var best *Release
	for _, w := range s.History.Releases {
		ok := w.Dated && s.Now.Sub(w.At) >= wait && (!w.Pre || s.Release.Pre) && w.Manifest.Deprecated == ""
		if !ok || w.ver.compare(s.Release.ver) >= 0 && w.Line != s.Release.Line || !s.fits(w.Version) {
			continue
		}
		best = higher(best, w)
	}
	return best
}

// fits says whether a version answers all specs that asked for the item. A tag
// is answered by whatever is oldest enough: there the release line decides.
func (s *Subject) fits(version string) bool {
	for i := range s.Specs {
		sp := &s.Specs[i]
		for sp.Kind == spec.Alias && sp.Sub != nil {
			sp = sp.Sub
		}
		if (sp.Kind == spec.Range || sp.Kind == spec.Version) && sp.Range != "" &&
			!semver.Satisfies(version, sp.Range, semver.Loose()) {
			return false
		}
	}
	return true
}
