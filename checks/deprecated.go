package checks

import "context"

var deprecatedCheck = Check{
	ID:    "deprecated",
	Title: "is this version deprecated, or unpublished and back?",
	Needs: Packument,
	Doc: `Reads the deprecation message, and whether the whole package had once been unpublished.

Flagged: as a warning for a package asked for by hand, else as a note.`,
	Run: runDeprecated,
}

func runDeprecated(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	sev := Note
	if s.Named {
		sev = Warning
	}
	if msg := s.Manifest.Deprecated; msg != "" {
		return flag(sev, "deprecated: %s", cut(msg, 200)).with(said("deprecated", msg)), nil
	}
	if !s.History.Unpublished.IsZero() {
		return flag(sev, "the package was unpublished on %s and is back", s.History.Unpublished.Format("2006-01-02")), nil
	}
	return clearf("not deprecated")
}
