package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gpq/checks/attest"
)

var sourceChanged = Check{
	ID:    "source-changed",
	Title: "is this built from the place it always came from?",
	Needs: Packument | Attestations,
	Doc: `Compares what the certificate of this version's provenance proves with what those of up to three earlier versions
prove, and with the repository in package.json: the repository, its number and its owner's number at the host, the
workflow file, the kind of ref and the branch, the event that started the build, and the runner. Earlier means published
earlier and no longer young; versions of the same release line come first.

Flagged as danger: another repository, or one of the same name with another number (deleted, and registered anew by
somebody); a build on a self-hosted runner, or started by a pull request. As a warning: a workflow file or a kind of ref
never used before. As a note: a repository renamed or moved under its number, another branch, a signing workflow of
another repository that was not there before, and the first provenance of a package that had releases without, which other
changes lift to a warning. Certificates from before 2023-03 have fewer facts; what they do not say is not compared.

What to do: look at the repository and its history at the named commit. A package that moved says so in its readme.`,
	Run: runSourceChanged,
}

func runSourceChanged(_ context.Context, s *Subject) (Finding, error) {
	if f, done := s.noArtefact(); done {
		return f, nil
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	p := s.Facts.Provenance()
	if p == nil {
		return s.noSource()
	}
	past, lost := s.pastSources()
	f := allOf(s.pinnedSource(p), s.saidSource(p, past), s.movedSource(p, past), runnerFinding(s, p, past), eventFinding(p),
		workflowFinding(p, past), refFinding(p, past), s.firstSource(p, past, lost))
	if f.Outcome != Flagged && lost != nil && len(past) == 0 {
		return unproven("nothing to compare with: the provenance of earlier versions could not be verified", lost), nil
	}
	if f.Outcome != Flagged {
		f.Outcome, f.Message = Clear, "built from "+p.Repository()+s.asBefore(past)
	}
	return f.with(proved("source repository", p.Repository(), certificate), proved("repository id", p.RepositoryID(), certificate)), nil
}

// allOf joins what is flagged into one finding: the most severe leads, and the
// message names the others after it.
func allOf(parts ...Finding) Finding {
	slices.SortStableFunc(parts, func(a, b Finding) int { return rankFinding(b) - rankFinding(a) })
	f := parts[0]
	for _, next := range parts[1:] {
		if next.Outcome == Flagged {
			f.Message += "; " + next.Message
		}
		f.Signals = append(f.Signals, next.Signals...)
		f.Evidence = append(f.Evidence, next.Evidence...)
	}
	return f
}

func (s *Subject) asBefore(past []pastSource) string {
	switch {
	case len(past) > 0:
		return ", as " + past[0].version + " was"
	case s.Manifest.Repository.URL != "":
		return ", as package.json says"
	}
	return ", with nothing to compare it with"
}

// noSource answers where there is no proven source to compare.
func (s *Subject) noSource() (Finding, error) {
	a := s.Facts.Attested
	if !a.Asked {
		return s.unattested("provenance")
	}
	if a.Err != nil {
		return unproven("the attestations could not be had", a.Err), nil
	}
	_, err := a.Value.Provenance()
	if err != nil && s.attested() {
		return unproven("no source is proven", err), nil
	}
	return skippedf("this version publishes no provenance")
}

// pastSource is what an earlier version proved.
type pastSource struct {
	version string
	*attest.Provenance
}

// pastSources gives what earlier versions proved. lost is why one that claims
// provenance proves nothing: not to be had, gone, or false.
func (s *Subject) pastSources() (past []pastSource, lost error) {
	for _, e := range s.Facts.Earlier {
		if p := proven(e.Attested); p != nil {
			past = append(past, pastSource{e.Version, p})
			continue
		}
		err := e.Attested.Err
		if e.Attested.OK() {
			_, err = e.Attested.Value.Provenance()
		}
		if err != nil {
			lost = fmt.Errorf("%s: %w", e.Version, err)
		}
	}
	return past, lost
}

// pinnedSource holds the source against the policy's.
func (s *Subject) pinnedSource(p *attest.Provenance) Finding {
	want, pinned := s.Rules.Source(s.Name)
	is := sourceKey(p.Repository())
	if !pinned || is != "" && (sourceKey(want) == is || strings.EqualFold(want, is)) {
		return Finding{}
	}
	return flag(Danger, "built from %s, and the policy says it is built from %s", p.Repository(), want).signal(SourceMoved)
}

// saidSource holds the source against package.json. Where that still has the
// name under which an earlier version proved the same number, it was renamed.
func (s *Subject) saidSource(p *attest.Provenance, past []pastSource) Finding {
	says := sourceKey(s.Manifest.Repository.URL)
	if says == "" || says == sourceKey(p.Repository()) {
		return Finding{}
	}
	for _, w := range past {
		if sourceKey(w.Repository()) == says && sameRepository(p, w) {
			return flag(Note, "package.json still has %s, which is %s now (same number)", says, p.Repository())
		}
	}
	return flag(Danger, "built from %s, and package.json says %s", p.Repository(), says).
		signal(SourceMoved).with(said("repository", s.Manifest.Repository.URL))
}

func sameID(a, b string) bool { return a != "" && a == b }

// sameRepository: one number at one host; another host numbers anew.
func sameRepository(p *attest.Provenance, w pastSource) bool {
	return p.CI() == w.CI() && sameID(p.RepositoryID(), w.RepositoryID())
}

// otherID: both certificates have the number, and they differ.
func otherID(a, b string) bool { return a != "" && b != "" && a != b }

// movedSource holds the source against the earlier ones: one that is the same
// is enough; else the mildest difference is told.
func (s *Subject) movedSource(p *attest.Provenance, past []pastSource) Finding {
	var f Finding
	for i, w := range past {
		next := moved(p, w)
		if next.Outcome != Flagged {
			return Finding{}
		}
		if i == 0 || next.Severity < f.Severity {
			f = next
		}
	}
	return f
}

func moved(p *attest.Provenance, w pastSource) Finding {
	sameName := sourceKey(p.Repository()) == sourceKey(w.Repository())
	evidence := proved("repository of "+w.version, w.Repository()+idText(w.RepositoryID()), certificate)
	switch {
	case sameName && otherID(p.RepositoryID(), w.RepositoryID()):
		return flag(Danger, "%s is not the repository that %s was built from: same name, another number (%s, was %s); deleted and registered anew",
			p.Repository(), w.version, p.RepositoryID(), w.RepositoryID()).signal(SourceMoved).with(evidence)
	case sameName && otherID(p.OwnerID(), w.OwnerID()):
		return flag(Danger, "the owner of %s is not the one that %s was built under: same name, another number (%s, was %s)",
			p.Repository(), w.version, p.OwnerID(), w.OwnerID()).signal(SourceMoved).with(evidence)
	case sameName:
		return Finding{}
	case sameRepository(p, w):
		return flag(Note, "%s was renamed or moved: it is %s now, under the same number", w.Repository(), p.Repository()).with(evidence)
	}
	return flag(Danger, "built from %s, and %s was built from %s%s", p.Repository(), w.version, w.Repository(), ownerText(p, w)).
		signal(SourceMoved).with(evidence)
}

func idText(id string) string {
	if id == "" {
		return ""
	}
	return " (number " + id + ")"
}

func ownerText(p *attest.Provenance, w pastSource) string {
	if sameID(p.OwnerID(), w.OwnerID()) && p.CI() == w.CI() {
		return ", of the same owner"
	}
	return ""
}
