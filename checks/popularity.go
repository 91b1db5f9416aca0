package checks

import "context"

var popularityCheck = Check{
	ID:    "popularity",
	Title: "how often was the package downloaded last week?",
	Needs: Downloads,
	Doc: `Looks at last week's downloads of packages that are asked for by hand. The most used names are known beforehand and not
asked about; figures are kept for a day.

Flagged: fewer than 100 downloads in the last week, for a name asked for by hand, as a warning. A package so new that there
are no figures yet counts as having none.

What to do: make sure that this is the name you meant.`,
	Run: runPopularity,
}

func runPopularity(_ context.Context, s *Subject) (Finding, error) {
	switch {
	case s.Facts.Popular:
		return clearf("one of the most used packages")
	case !s.Named:
		return skippedf("asked only for names given by hand")
	}
	if f, ok := unanswered(s.Facts.Downloads, "weekly downloads"); ok {
		return f, nil
	}
	week := s.Facts.Downloads.Value
	e := Evidence{Fact: "weekly downloads", Value: thousands(week.Count), Source: "downloads service"}
	if week.None {
		e.Value = "no figures yet"
		return flag(Warning, "nobody is known to use it: there are no download figures yet").with(e), nil
	}
	if week.Count < s.Limits.NameDownloads {
		return flag(Warning, "hardly used: %s in the last week", plural(int(week.Count), "download")).with(e), nil
	}
	f, err := clearf("%s downloads in the last week", thousands(week.Count))
	return f.with(e), err
}
