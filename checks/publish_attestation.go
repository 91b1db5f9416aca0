package checks

import (
	"context"
	"errors"
	"time"

	"gpq/checks/attest"
)

var publishAttestation = Check{
	ID:    "publish-attestation",
	Title: "does the registry attest that it published exactly this?",
	Needs: Packument | Attestations,
	Doc: `Verifies the registry's own publish attestation: signed with a key of the registry (never with a certificate) that was
valid at the time the transparency log has it, about exactly this name, version and SHA-512, and for the registry it came from. Registries
make one beside every provenance.

Flagged as danger: one that is there and does not verify. As a warning: the packument gives a publish time that is
more than a day before the signed one, so that the version looks older than it is. Where there is provenance from
registry.npmjs.org and no publish attestation, that is unknown; packages without attestations are skipped.

What to do: do not install. A mirror that alters packages, or was altered itself, looks like this.`,
	Run: runPublishAttestation,
}

func runPublishAttestation(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noAttestations("attestations"); stop {
		return f, err
	}
	p, err := s.Facts.Attested.Value.Publish()
	if e, ok := attest.IsInvalid(err); ok {
		return flag(Danger, "the publish attestation is false: %s", e.Message), nil
	}
	switch {
	case errors.Is(err, attest.ErrNone):
		return s.unpublishedAttestation()
	case err != nil:
		return unproven("the publish attestation could not be verified", err), nil
	}
	return s.publishedAt(p)
}

func (s *Subject) unpublishedAttestation() (Finding, error) {
	if s.Facts.Provenance() != nil && s.Offers.Known {
		return unknownf("there is provenance and no publish attestation, which this registry is known to make")
	}
	return skippedf("this version has no publish attestation")
}

// publishedAt holds the signed time against the said one. A mirror may say
// when it fetched, which is later; nobody has a reason to say earlier.
func (s *Subject) publishedAt(p *attest.Publish) (Finding, error) {
	facts := []Evidence{
		proved("published", p.LogTime().Format(time.RFC3339), "publish attestation"),
		proved("published at", p.Registry(), "publish attestation"),
		proved("signing key", p.KeyID(), "publish attestation"),
	}
	if i := logIndex(p.LogIndex()); i != "" {
		facts = append(facts, proved("log index", i, "transparency log"))
	}
	if s.Release.Dated && p.LogTime().Sub(s.Release.At) > 24*time.Hour {
		f := flag(Warning, "signed as published on %s, and the packument says %s: it makes this version look older than it is",
			p.LogTime().Format(time.DateOnly), s.Release.At.UTC().Format(time.DateOnly))
		return f.with(facts...), nil
	}
	f, err := clearf("published at %s on %s", p.Registry(), p.LogTime().Format(time.DateOnly))
	return f.with(facts...), err
}
