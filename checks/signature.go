package checks

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gpq/checks/attest"
)

var signature = Check{
	ID:    "signature",
	Title: "does the registry's signature over this version verify?",
	Needs: Packument,
	Doc: `Verifies the registry's ECDSA signature over «name@version:integrity», with the integrity that the plan has, under a key
that was valid when the version was published. The keys of registry.npmjs.org are built in and renewed through TUF,
never taken from a mirror; those of another registry come from its own endpoint and are remembered from the first time.
A mirror may pass on npm's signatures: they are verified with npm's keys.

Flagged as danger: a signature that does not verify or speaks of another tarball, a key that the registry never
published or that had ended before, and a signature missing where other versions of the package have one, or where the
registry signs other packages with keys of its own. As a warning: a registry whose own keys are not those it had before. A
registry that signs nothing is skipped. registry.npmjs.org is known to sign everything, so its silence is unknown; so is
that of a mirror which passes npm's signatures of other packages on, unless the policy calls the package private.

What to do: do not install. Compare with registry.npmjs.org; a mirror that alters packages, or was altered itself, looks like
this.`,
	Run: runSignature,
}

func runSignature(_ context.Context, s *Subject) (Finding, error) {
	if f, done := s.noArtefact(); done {
		return f, nil
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	a := s.Facts.Signature
	if !a.Asked {
		return unknownf("the signature was not looked at")
	}
	if errors.Is(a.Err, attest.ErrNone) {
		return s.unsigned()
	}
	if e, ok := attest.IsInvalid(a.Err); ok {
		return flag(Danger, "%s", e.Message).with(said("signing key", s.keyIDs())), nil
	}
	if a.Err != nil {
		return unproven("the signature could not be verified", a.Err), nil
	}
	return s.signed(a.Value)
}

// noArtefact answers for what is not fetched from a registry by itself.
func (s *Subject) noArtefact() (Finding, bool) {
	switch {
	case s.Bundled:
		return Finding{Outcome: Skipped, Message: "comes inside another package's tarball"}, true
	case s.Registry == "":
		return Finding{Outcome: Skipped, Message: "does not come from a registry"}, true
	}
	return Finding{}, false
}

// unproven is «could not tell», with its error.
func unproven(what string, err error) Finding {
	return Finding{Outcome: Unknown, Message: what + ": " + err.Error(), Err: err}
}

// proved is evidence that a signature vouches for.
func proved(fact, value, source string) Evidence {
	return Evidence{Fact: fact, Value: value, Source: source, Proved: true}
}

// unsigned answers for a version without a signature.
func (s *Subject) unsigned() (Finding, error) {
	for _, r := range s.History.Releases {
		if r != s.Release && len(r.Manifest.Dist.Signatures) > 0 {
			return flag(Danger, "not signed, where other versions of %s are (%s)", s.Name, r.Version), nil
		}
	}
	switch {
	case s.Offers.Known:
		return unknownf("no version of %s is signed, and this registry is known to sign everything", s.Name)
	case s.Facts.RegistrySigns:
		return flag(Danger, "not signed, where this registry signs other packages"), nil
	case s.Offers.Signatures && !s.Rules.IsPrivate(s.Name):
		return unknownf("no version of %s is signed, and this registry passes npm's signatures of other packages on; if it is a private one, the policy can say so", s.Name)
	}
	return skippedf("this registry does not sign this package")
}

func (s *Subject) keyIDs() string {
	var ids []string
	for _, sig := range s.Manifest.Dist.Signatures {
		ids = append(ids, sig.KeyID)
	}
	return list(ids, 3)
}

func (s *Subject) signed(sig attest.Signature) (Finding, error) {
	by := strings.TrimSuffix(strings.TrimPrefix(sig.Registry(), "https://"), "/")
	facts := []Evidence{proved("signing key", sig.KeyID(), "registry signature"), proved("signed by", by, "registry signature")}
	change := s.Facts.KeysChanged
	switch {
	case sig.TimeUnsure():
		f, err := unknownf("signed by %s with a key that has ended since, and nothing reliable says that this version was published before", by)
		return f.with(facts...), err
	case slices.Contains(change.Added, sig.KeyID()):
		return flag(Warning, "signed with a key that %s did not have when gpq first met it", by).with(facts...), nil
	case change.Changed() && sig.Registry() != attest.NPM:
		return flag(Warning, "%s no longer publishes the keys it had when gpq first met it", by).with(facts...), nil
	}
	f, err := clearf("signed by %s", by)
	return f.with(facts...), err
}
