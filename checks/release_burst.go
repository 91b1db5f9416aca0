package checks

import (
	"context"
	"slices"
	"time"
)

var releaseBurstCheck = Check{
	ID:    "release-burst",
	Title: "were several release lines, or many packages of one publisher, published at once?",
	Needs: Packument,
	Doc: `Reads publish times alone. Whoever has stolen an account publishes fast: several release lines within an hour, the same line
twice, or many packages at once.

Flagged while young: as a warning, as danger where another change joins it; then as a note. Prereleases do not count. A rhythm is no
burst: a package that has released two lines together before, or packages that are always released together.
Versions that were removed again still count.`,
	Run: runReleaseBurst,
}

func runReleaseBurst(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noDate(); stop {
		return f, err
	}
	age, _ := s.Age()
	own := s.burst()
	many := s.planBurst()
	switch {
	case own != nil && !s.Offers.Publishers && !s.Offers.Known && len(own) == len(s.moments()):
		return clearf("all versions came to this registry at once")
	case own != nil && !s.inRhythm(own):
		return s.burstFinding(own, age), nil
	case len(many) >= s.Limits.PlanBurst && !s.packagesInRhythm(many):
		f := flag(s.Limits.WhileYoung(age, Warning), "%d packages of this plan were published by %s within %s of each other, which they were not before",
			len(many), s.Release.By, ageText(s.Limits.Burst)).with(said("packages", list(labels(many), 10)))
		if age < s.Limits.Young {
			f = f.signal(PlanBurst)
		}
		return f, nil
	case own != nil || len(many) >= s.Limits.PlanBurst:
		return clearf("released together with others, as before")
	}
	return clearf("no other release within %s", ageText(s.Limits.Burst))
}

// moment is one release in a burst, of a version that may be gone by now.
type moment struct {
	version string
	line    string
	at      time.Time
	removed bool
}

// burst gives the stable releases within the span of a burst around this one,
// this one among them; nil where it stands alone.
func (s *Subject) burst() []moment {
	if s.Release.Pre {
		return nil
	}
	out := []moment{}
	for _, m := range s.moments() {
		if m.at.Sub(s.Release.At).Abs() < s.Limits.Burst {
			out = append(out, m)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// moments gives all stable releases with their times, oldest first, the
// removed ones too.
func (s *Subject) moments() []moment {
	var out []moment
	for _, w := range s.History.Releases {
		if w.Dated && !w.Pre {
			out = append(out, moment{version: w.Version, line: w.Line, at: w.At})
		}
	}
	for _, w := range s.History.Removed {
		if v := parseVersion(w.Version); v.pre == "" {
			out = append(out, moment{version: w.Version, line: v.line(), at: w.At, removed: true})
		}
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.at.Compare(b.at) })
	return out
}

func linesOf(all []moment) int {
	lines := make(map[string]struct{}, min(len(all), 16))
	for _, m := range all {
		lines[m.line] = struct{}{}
	}
	return len(lines)
}

// inRhythm says whether the package has released so before, long settled: two
// bursts of the same kind, or, where each line came once, one within the last
// year. Its family's habit counts as its own.
func (s *Subject) inRhythm(own []moment) bool {
	return s.ownRhythm(own) || s.familyRhythm()
}

func (s *Subject) ownRhythm(own []moment) bool {
	before, lately, ownLines := 0, 0, linesOf(own)
	all := slices.DeleteFunc(s.moments(), func(m moment) bool { return m.removed }) // no habit: a removed burst was an accident, or worse
	for i := 0; i < len(all); {
		j := i + 1
		for j < len(all) && all[j].at.Sub(all[i].at) < s.Limits.Burst {
			j++
		}
		if group := all[i:j]; s.settledBefore(group, own[0].at) && sameKind(group, len(own), ownLines) {
			before++
			if own[0].at.Sub(group[0].at) < s.Limits.Dormant {
				lately++
			}
		}
		i = j
	}
	once := len(own) == ownLines
	return before >= 2 || once && lately >= 1
}

// familyRhythm: of the packages of the same publisher or scope that came with
// this one, several burst in the same way, and most of them are known to.
func (s *Subject) familyRhythm() bool {
	bursting, known := 0, 0
	for _, w := range s.Overview.family(s, s.Limits.Burst) {
		if own := w.burst(); own != nil && len(own) == linesOf(own) {
			bursting++
			if w.ownRhythm(own) {
				known++
			}
		}
	}
	own := s.burst()
	return own != nil && len(own) == linesOf(own) && known >= 2 && known*2 >= bursting
}

func (s *Subject) settledBefore(group []moment, at time.Time) bool {
	last := group[len(group)-1].at
	return last.Before(at) && s.Now.Sub(last) >= s.Limits.Young
}

// sameKind: several lines where there were several lines, and the same line
// more than once where that was so.
func sameKind(past []moment, now, nowLines int) bool {
	if len(past) < 2 {
		return false
	}
	pastLines := linesOf(past)
	return (nowLines == 1 || pastLines > 1) && (now == nowLines || len(past) > pastLines)
}

func (s *Subject) burstFinding(own []moment, age time.Duration) Finding {
	var versions []string
	for _, m := range own {
		versions = append(versions, m.version)
	}
	what := "the same release line several times"
	if n := linesOf(own); n > 1 {
		what = plural(n, "release line")
	}
	f := flag(s.Limits.WhileYoung(age, Warning), "%s within %s: %s", what, ageText(s.Limits.Burst), list(versions, 8)).
		with(said("published together", list(versions, 8)))
	if age < s.Limits.Young {
		f = f.signal(Burst)
	}
	return f
}

func (s *Subject) planBurst() []*Subject {
	if s.Release.Pre || !s.Release.By.Said() {
		return nil
	}
	return s.Overview.together(s, s.Limits.Burst)
}

func labels(all []*Subject) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.Name+"@"+s.Version)
	}
	return out
}

// packagesInRhythm says whether the packages were released together before:
// for most of those with a past, one of their last releases, not longer ago
// than a silence takes, was near one of most others. Packages without a past are
// no part of a burst: where too few have one, there is none.
func (s *Subject) packagesInRhythm(all []*Subject) bool {
	span := s.Limits.Burst
	var past [][]time.Time
	for _, w := range all {
		var times []time.Time
		for _, r := range w.settled() {
			if r.Dated && !r.Pre {
				times = append(times, r.At)
			}
		}
		if len(times) > 0 {
			past = append(past, times)
		}
	}
	if len(past) < s.Limits.PlanBurst {
		return true
	}
	together, lately := 0, s.Release.At.Add(-s.Limits.Dormant)
	for i, times := range past {
		last := times[max(0, len(times)-5):]
		if slices.ContainsFunc(last, func(at time.Time) bool { return at.After(lately) && nearMost(at, past, i, span) }) {
			together++
		}
	}
	return together*2 >= len(past)
}

// nearMost says whether at least half of the other packages have a release
// within span of at.
func nearMost(at time.Time, past [][]time.Time, self int, span time.Duration) bool {
	near := 0
	for i, times := range past {
		if i == self {
			continue
		}
		k, _ := slices.BinarySearchFunc(times, at.Add(-span), time.Time.Compare)
		if k < len(times) && times[k].Sub(at) < span {
			near++
		}
	}
	return near*2 >= len(past)-1
}
