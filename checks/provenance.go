package checks

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"gpq/checks/attest"
)

var provenance = Check{
	ID:    "provenance",
	Title: "does the Sigstore provenance of this version verify?",
	Needs: Packument | Attestations,
	Doc: `Verifies the provenance attestation with Sigstore: the certificate's chain and its entry in a certificate log, the
signature over the statement, its entry and time in the transparency log, exactly one subject with this name, this version and the
plan's own SHA-512, and that a known CI signed it (GitHub Actions or GitLab; a person's account is none). What is proved is taken
from the certificate, not from what the build wrote about itself.

Flagged as danger: provenance that is there and does not verify, several that contradict each other, and a claim in the
packument to which the registry has no attestation. An attestation in a newer format than this gpq knows, or an
endpoint that fails, is unknown. A package that never had provenance is skipped.

Provenance says where something was built, not that it is harmless: see source-changed for whether it is the place it
always came from.

What to do: do not install a version whose provenance is false. Ask the maintainers.`,
	Run: runProvenance,
}

func runProvenance(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noAttestations("provenance"); stop {
		return f, err
	}
	offered := s.Facts.Attested.Value
	p, err := offered.Provenance()
	if e, ok := attest.IsInvalid(err); ok {
		return flag(Danger, "the provenance is false: %s", e.Message).with(said("claimed", s.claim())), nil
	}
	switch {
	case errors.Is(err, attest.ErrNone):
		return s.noProvenance(offered), nil
	case err != nil:
		return unproven("the provenance could not be verified", err), nil
	}
	return s.built(p)
}

// noAttestations answers where there are none to look at: no artefact of a
// registry, no document, never asked for, or not to be had.
func (s *Subject) noAttestations(what string) (Finding, error, bool) {
	if f, done := s.noArtefact(); done {
		return f, nil, true
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err, true
	}
	a := s.Facts.Attested
	switch {
	case !a.Asked:
		f, err := s.unattested(what)
		return f, err, true
	case a.Err != nil:
		return unproven("the attestations could not be had", a.Err), nil, true
	}
	return Finding{}, nil, false
}

// unattested answers where nobody asked for attestations, because nothing
// claims any.
func (s *Subject) unattested(what string) (Finding, error) {
	switch {
	case s.Manifest.Dist.Attestations != nil:
		return unknownf("the attestations were not looked at")
	case !s.Offers.Attestations && !s.Offers.Known:
		return skippedf("this registry offers no attestations")
	}
	return skippedf("this package has never published %s", what)
}

func (s *Subject) claim() string {
	a := s.Manifest.Dist.Attestations
	switch {
	case a == nil:
		return "nothing"
	case a.PredicateType != "":
		return a.PredicateType
	}
	return "attestations"
}

func (s *Subject) noProvenance(r attest.Result) Finding {
	if !s.attested() {
		return Finding{Outcome: Skipped, Message: "this version publishes no provenance"}
	}
	f := flag(Danger, "the packument claims provenance, and the registry has none").with(said("claimed", s.claim()))
	if others := r.Others(); len(others) > 0 {
		f = f.with(Evidence{Fact: "attestations of other kinds", Value: list(others, 3), Source: "registry"})
	}
	return f
}

const certificate = "fulcio certificate"

func (s *Subject) built(p *attest.Provenance) (Finding, error) {
	facts := buildFacts(p)
	if d := p.Disagreements(); len(d) > 0 {
		f := flag(Note, "verified, but the build's own account of itself is not what the certificate says: %s", list(d, 2))
		return f.with(facts...), nil
	}
	f, err := clearf("built by %s from %s, commit %s", p.CI(), p.Repository(), shortCommit(p.Commit()))
	return f.with(facts...), err
}

func shortCommit(c string) string {
	if len(c) > 12 {
		return c[:12]
	}
	return c
}

// buildFacts is what the certificate and the log prove; what an old
// certificate does not have is left out.
func buildFacts(p *attest.Provenance) []Evidence {
	var out []Evidence
	for _, f := range [][3]string{
		{"builder", p.CI(), certificate},
		{"source repository", p.Repository(), certificate},
		{"repository id", p.RepositoryID(), certificate},
		{"owner id", p.OwnerID(), certificate},
		{"commit", p.Commit(), certificate},
		{"ref", p.Ref(), certificate},
		{"workflow", p.Workflow(), certificate},
		{"signing workflow", p.Signer(), certificate},
		{"event", p.Event(), certificate},
		{"runner", p.Runner(), certificate},
		{"run", p.Run(), certificate},
		{"visibility", p.Visibility(), certificate},
		{"logged", p.LogTime().Format(time.RFC3339), "transparency log"},
		{"log", p.Log(), "transparency log"},
		{"log index", logIndex(p.LogIndex()), "transparency log"},
	} {
		if f[1] != "" {
			out = append(out, proved(f[0], f[1], f[2]))
		}
	}
	return out
}

func logIndex(i int64) string {
	if i < 0 {
		return ""
	}
	return strconv.FormatInt(i, 10)
}

// isNPM says whether a base URL is the public registry's.
func isNPM(registry string) bool {
	return strings.EqualFold(strings.TrimSuffix(registry, "/")+"/", attest.NPM)
}
