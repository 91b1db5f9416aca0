package checks

import (
	"context"
	"errors"

	"gpq/checks/attest"
)

var attestationMissingCheck = Check{
	ID:    "attestation-missing",
	Title: "did earlier versions prove more than this one?",
	Needs: Packument | Attestations,
	Doc: `Ranks what each version's publication proves: staged approval, then trusted publisher with provenance, then
provenance, then nothing. A version that proves less than one published earlier is flagged: on its own release line as
danger while it is young, then as a warning, then as a note; where only another release line proved more, as a note,
which youth or any other change lifts to danger.

What a packument claims is enough to demand as much of later versions; to have it, the provenance of this version
must verify. A prerelease is no earlier proof for a stable version. A policy can demand provenance of packages by
pattern: then a version without any is danger at any age.

What to do: wait, or ask the maintainers why this release was not made by their usual workflow. Old release lines that
never had provenance are the usual harmless case, and stay notes.`,
	Run: runAttestationMissing,
}

func runAttestationMissing(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	if s.Rules.NeedsProvenance(s.Name) {
		if f, done := s.demanded(); done {
			return f, nil
		}
	}
	if !s.Offers.Attestations && !s.Offers.Known {
		return skippedf("this registry offers no attestations")
	}
	line, other := bestEarlier(s)
	have, pending := s.provenRank()
	switch {
	case max(rankOf(line), rankOf(other)) == RankNone:
		return clearf("no earlier version proved anything")
	case rankOf(line) > have:
		if pending != nil && rankOf(line) <= s.Release.Rank {
			return Finding{Message: "the claimed attestation could not be verified: " + pending.Error(), Err: pending}, nil
		}
		return s.lineDowngrade(line, have), nil
	case rankOf(other) > have:
		if pending != nil && rankOf(other) <= s.Release.Rank {
			return Finding{Message: "the claimed attestation could not be verified: " + pending.Error(), Err: pending}, nil
		}
		return s.crossDowngrade(other, have), nil
	}
	return clearf("proves as much as earlier versions did: %s", have)
}

// demanded answers where the policy asks for provenance: done unless there is
// some, and it holds.
func (s *Subject) demanded() (Finding, bool) {
	have, pending := s.provenRank()
	switch {
	case have > RankNone && s.attested():
		return Finding{}, false
	case pending != nil && s.attested():
		return Finding{Message: "the policy asks for provenance, and it could not be verified: " + pending.Error(), Err: pending}, true
	}
	return flag(Danger, "the policy asks for provenance of this package, and this version has none").
		signal(LineDowngrade).with(said("claimed evidence", s.Release.Rank.String())), true
}

func (s *Subject) attested() bool {
	return s.Manifest.Dist.Attestations != nil && s.Manifest.Dist.Attestations.Provenance
}

func rankOf(r *Release) Rank {
	if r == nil {
		return RankNone
	}
	return r.Rank
}

// bestEarlier gives the latest earlier release of the best rank: on the own
// line, and on all lines.
func bestEarlier(s *Subject) (line, all *Release) {
	for _, w := range s.History.known(s.Release) {
		if w.Rank > RankNone && w.Rank >= rankOf(all) {
			all = w
		}
		if w.Line == s.Release.Line && w.Rank > RankNone && w.Rank >= rankOf(line) {
			line = w
		}
	}
	return line, all
}

// provenRank is what this version has: the claim, brought down where the claim
// is known to be false. pending says why a claim could not be checked.
func (s *Subject) provenRank() (have Rank, pending error) {
	claimed := s.Release.Rank
	if !s.attested() {
		return claimed, nil
	}
	without := RankNone
	if claimed == RankStaged {
		without = RankStaged // the approval is the registry's own word
	}
	err := s.provenanceErr()
	var invalid *attest.InvalidError
	switch {
	case err == nil:
		return claimed, nil
	case errors.Is(err, attest.ErrNone), errors.As(err, &invalid):
		return without, nil
	default:
		return without, err
	}
}

func (s *Subject) provenanceErr() error {
	a := s.Facts.Attested
	if !a.Asked {
		return errors.New("the attestations were not asked for")
	}
	if a.Err != nil {
		return a.Err
	}
	_, err := a.Value.Provenance()
	return err
}

func (s *Subject) lineDowngrade(w *Release, have Rank) Finding {
	age, _ := s.Age()
	return flag(s.Limits.ByAge(age), "%s, published earlier on the same release line, had %s; this version has %s",
		w.Version, w.Rank, have).signal(LineDowngrade).with(s.rankEvidence(w, have)...)
}

func (s *Subject) crossDowngrade(w *Release, have Rank) Finding {
	return flag(Note, "%s, of another release line, had %s; this version has %s", w.Version, w.Rank, have).
		signal(CrossDowngrade).with(s.rankEvidence(w, have)...)
}

func (s *Subject) rankEvidence(w *Release, have Rank) []Evidence {
	return []Evidence{
		said("evidence of "+w.Version, w.Rank.String()),
		said("evidence of "+s.Version, have.String()),
	}
}
