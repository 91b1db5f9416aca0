package checks

import (
	"context"
	"time"
)

var dormantCheck = Check{
	ID:    "dormant",
	Title: "did the package wake after a long silence?",
	Needs: Packument,
	Doc: `Looks for the silence (a year by default) that ended with this version, or shortly before it: young versions in between
do not hide it.

Flagged as a note; as a warning where another change joins it. A package that wakes with a new publisher, a new
dependency or a new script has often changed hands.`,
	Run: runDormant,
}

func runDormant(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noDate(); stop {
		return f, err
	}
	slept, woke := s.silence()
	if slept < s.Limits.Dormant {
		return clearf("no long silence before this version")
	}
	return flag(Note, "released after %s of silence", ageText(slept)).signal(Woke).with(
		said("last release before", woke.Format(time.DateOnly))), nil
}

// silence is the longest gap that ended within the age of youth before this
// version, and when the last release before it was.
func (s *Subject) silence() (slept time.Duration, since time.Time) {
	next := s.Release.At
	earlier := s.History.Earlier(s.Release)
	for i := len(earlier) - 1; i >= 0 && s.Release.At.Sub(next) < s.Limits.Young; i-- {
		w := earlier[i]
		if !w.Dated {
			continue
		}
		if gap := next.Sub(w.At); gap > slept {
			slept, since = gap, w.At
		}
		next = w.At
	}
	return slept, since
}
