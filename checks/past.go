package checks

import (
	"time"

	"gpq/resolver/registry"
)

// known gives the earlier releases that count for r: a prerelease is no
// earlier proof for a stable version.
func (h *History) known(r *Release) []*Release {
	var out []*Release
	for _, w := range h.Earlier(r) {
		if r.Pre || !w.Pre {
			out = append(out, w)
		}
	}
	return out
}

// settled gives the earlier releases that are no longer young, and were not
// when this one came if that is not long ago: what first came in a young version
// counts as new in every later one, so that a change cannot be laundered through
// a harmless release in between, nor the second version of an attack by the first
// one's growing old beside it. Undated releases are settled only where nothing
// has a date.
func (s *Subject) settled() []*Release {
	if s.past != nil {
		return s.past.settled
	}
	return s.findSettled()
}

// past is what is worked out once for a subject before the checks run.
type past struct {
	settled     []*Release
	predecessor *Release
}

// lookBack works out the subject's past once; without it each check does.
func (s *Subject) lookBack() {
	p := &past{settled: s.findSettled()}
	p.predecessor = s.findPredecessor(p.settled)
	s.past = p
}

func (s *Subject) findSettled() []*Release {
	var out []*Release
	for _, w := range s.History.known(s.Release) {
		if !s.young(w) && !s.recentBy(w) {
			out = append(out, w)
		}
	}
	return out
}

// young says whether a release is under the age of Limits.Young. One without
// a time counts as young wherever others have one.
func (s *Subject) young(r *Release) bool {
	if !r.Dated {
		return s.History.Dated
	}
	return s.Now.Sub(r.At) < s.Limits.Young
}

// recentBy: w came shortly before this version, and neither has stood long:
// whoever or whatever was first seen there is as new as if first seen here.
func (s *Subject) recentBy(w *Release) bool {
	r := s.Release
	return r.Dated && w.Dated && r.At.Sub(w.At) < s.Limits.Young && s.Now.Sub(w.At) < s.Limits.Recent
}

// Predecessor is the release that this one is compared with: among the settled
// earlier ones the highest below it on its own release line, else the highest
// below it, else the last published. A version whose earlier releases are all
// young is compared with the first of them. nil for a first release.
func (s *Subject) Predecessor() *Release {
	if s.past != nil {
		return s.past.predecessor
	}
	return s.findPredecessor(s.settled())
}

func (s *Subject) findPredecessor(past []*Release) *Release {
	if s.Release == nil {
		return nil
	}
	if len(past) == 0 {
		if all := s.History.Earlier(s.Release); len(all) > 0 {
			return all[0]
		}
		return nil
	}
	var line, below *Release
	for _, w := range past {
		if w.ver.compare(s.Release.ver) >= 0 {
			continue
		}
		below = higher(below, w)
		if w.Line == s.Release.Line {
			line = higher(line, w)
		}
	}
	switch {
	case line != nil:
		return line
	case below != nil:
		return below
	default:
		return past[len(past)-1]
	}
}

func higher(a, b *Release) *Release {
	if a == nil || b.ver.compare(a.ver) > 0 {
		return b
	}
	return a
}

// replaced is the version that this one takes the place of in the project, if
// its history is known; nil for what is added.
func (s *Subject) replaced() *Release {
	if s.Previous == nil || s.Previous.Name != s.Name || s.Previous.Version == s.Version {
		return nil
	}
	return s.History.Release(s.Previous.Version)
}

// noHistory answers for a check that reads the packument where there is none,
// or where the version is not in it. ok is false where the check can go on.
func (s *Subject) noHistory() (f Finding, err error, ok bool) {
	switch {
	case s.Packument == nil && s.PackumentErr != nil:
		f, err = unknownf("the registry's document could not be had: %v", s.PackumentErr)
		f.Err = s.PackumentErr
	case s.Packument == nil:
		f, err = unknownf("the registry's document was not asked for")
	case s.Release == nil:
		f, err = unknownf("the registry has no version %s of %s", s.Version, s.Name)
	default:
		return Finding{}, nil, false
	}
	return f, err, true
}

// noDate answers for a check that reads publish times where this version has
// none.
func (s *Subject) noDate() (f Finding, err error, ok bool) {
	if f, err, ok = s.noHistory(); ok {
		return f, err, true
	}
	switch {
	case !s.Offers.Times && !s.Offers.Known:
		f, err = skippedf("this registry gives no publish times")
	case !s.Release.Dated:
		f, err = unknownf("the registry gives no publish time for this version")
	default:
		return Finding{}, nil, false
	}
	return f, err, true
}

// firstSeen is when a package's name was first published under, as far as its
// document tells; zero if it tells nothing.
func firstSeen(p *registry.Packument) time.Time {
	var first time.Time
	for _, at := range p.Time {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.IsZero() {
		return p.Created
	}
	return first
}

// ageText tells an age as a person would: «40 minutes», «3 days».
func ageText(d time.Duration) string {
	switch {
	case d < 0:
		return "0 minutes"
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	default:
		return plural(int(d/(24*time.Hour)), "day")
	}
}
