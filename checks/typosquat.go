package checks

import (
	"context"
	"fmt"
	"time"
)

// Thresholds of the look-alike check.
const (
	// established is the age from which a package with real use is taken for
	// itself, whatever its name.
	established = 2 * 365 * 24 * time.Hour
	// rareFactor times Limits.NameDownloads is rare for a name that looks like
	// a far more used one: imitations gather some hundreds by themselves.
	rareFactor = 10
)

var typosquatCheck = Check{
	ID:    "typosquat",
	Title: "is the name a near miss of a far more popular one?",
	Needs: Packument | Downloads,
	Doc: `Holds the name against a built-in list of the most used ones, and asks nobody for it. Looked for are the ways in which
real imitations differed: one letter, swapped neighbours, doubled or dropped letters, other separators, «js» or «node» put
on, words in another order, characters that look alike, a scope left out, made up or nearly right. The shorter the name,
the nearer it must be. A name of the list itself is never flagged, nor is a package older than two years that is really used.

Flagged: as danger if the name was asked for by hand and the package is young or rare (fewer than 1,000 downloads in the
last week); else as a note.

What to do: compare the name with the one you meant.`,
	Run: runTyposquat,
}

func runTyposquat(_ context.Context, s *Subject) (Finding, error) {
	if s.Facts.Popular {
		return clearf("one of the most used packages")
	}
	if f, ok := unanswered(s.Facts.Lookalike, "the name"); ok {
		return f, nil
	}
	m := s.Facts.Lookalike.Value
	if m.Popular == "" {
		return clearf("not like a far more popular name")
	}
	age, dated := s.packageAge()
	week := s.Facts.Downloads
	rare := week.OK() && week.Value.Count < rareFactor*s.Limits.NameDownloads
	old := dated && age >= established
	like := fmt.Sprintf("like %s, %s", m.Popular, m.Shape)
	if old && week.OK() && !rare {
		return clearf("%s; but it is %s old and has %s weekly downloads", like, ageText(age), thousands(week.Value.Count))
	}
	young := dated && age < s.Limits.Young
	unused := !week.OK() && !old
	sev := Note
	if s.Named && (young || rare || unused) {
		sev = Danger
	}
	f := flag(sev, "the name is %s%s", like, useWords(week.Value.Count, week.Value.None, week.OK()))
	if young {
		f.Message += fmt.Sprintf("; the package is %s old", ageText(age))
	}
	return f.with(Evidence{Fact: "imitated name", Value: fmt.Sprintf("%s (place %d)", m.Popular, m.Rank), Source: "list of the most used names"}), nil
}

func useWords(count int64, none, known bool) string {
	switch {
	case !known:
		return ""
	case none:
		return "; there are no download figures for it yet"
	}
	return fmt.Sprintf("; %s weekly downloads", thousands(count))
}

// packageAge is how long ago the package, not this version, was first
// published.
func (s *Subject) packageAge() (time.Duration, bool) {
	if s.Packument == nil {
		return 0, false
	}
	first := firstSeen(s.Packument)
	if first.IsZero() {
		return 0, false
	}
	return max(0, s.Now.Sub(first)), true
}
