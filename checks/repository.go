package checks

import "context"

var repositoryCheck = Check{
	ID:    "repository",
	Title: "does the package say where its source is, and is that the attested place?",
	Needs: Packument | Attestations,
	Doc: `Reads the repository that the packument names, and compares it with the source that a verified provenance proves.

Flagged as a note: missing, or another than the attested one. (Another source than earlier versions had is the question
of source-changed.)`,
	Run: runRepository,
}

func runRepository(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	named := sourceKey(s.Manifest.Repository.URL)
	if named == "" {
		return flag(Note, "does not say where its source is"), nil
	}
	p := s.Facts.Provenance()
	if p == nil {
		return clearf("says its source is at %s", cut(named, 120))
	}
	attested := Evidence{Fact: "source repository", Value: p.Repository(), Source: "fulcio certificate", Proved: true}
	if sourceKey(p.Repository()) != named {
		return flag(Note, "says its source is at %s, but was built from %s", cut(named, 120), p.Repository()).
			with(said("repository", s.Manifest.Repository.URL), attested), nil
	}
	f, err := clearf("built from where it says its source is: %s", cut(named, 120))
	return f.with(attested), err
}
