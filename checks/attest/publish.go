package attest

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// Publish is a registry's attestation that it published exactly this
// artefact. Only Verifier makes one.
type Publish struct{ f published }

type published struct {
	KeyID, Registry string
	LogTime         time.Time
	Entry           place
}

// KeyID is the id of the registry's key that signed.
func (p *Publish) KeyID() string { return p.f.KeyID }

// Registry is the base URL of the registry that published, in one spelling.
func (p *Publish) Registry() string { return p.f.Registry }

// LogTime is when the log has it, in UTC: the one signed time of publication.
func (p *Publish) LogTime() time.Time { return p.f.LogTime }

// LogIndex is the entry's number in the transparency log, or -1.
func (p *Publish) LogIndex() int64 { return p.f.Entry.Index }

// Log is the base URL of the transparency log; "" where there are several
// entries.
func (p *Publish) Log() string { return p.f.Entry.Log }

func (v *Verifier) verifyPublish(e entry, s Subject) (*Publish, error) {
	b, err := load(e.bundle)
	if err != nil {
		return nil, err
	}
	hint := b.GetVerificationMaterial().GetPublicKey().GetHint()
	if hint == "" {
		return nil, invalid(WrongIdentity, "the publish attestation is not signed with a key of the registry")
	}
	keys := v.keysFor(s.registry, hint, usageAttestations)
	if len(keys) == 0 {
		if !v.hasKeys(s.registry) && s.registry != NPM {
			return nil, ErrNoKeys
		}
		return nil, invalid(UnknownKey, "the publish attestation is signed with key %s, which %s never published", quote(hint), quote(s.registry))
	}
	blankKeyID(b, hint)
	policy := verify.NewPolicy(verify.WithArtifactDigest("sha512", s.sha512), verify.WithKey())
	r, err := v.check(v.publishFor(s.registry), b, policy)
	if err != nil {
		return nil, err
	}
	st, err := parseStatement(b.GetDsseEnvelope().GetPayload())
	if err != nil {
		return nil, err
	}
	p, err := st.publication(e, s, keys[0].registry)
	if err != nil {
		return nil, err
	}
	p.f.KeyID, p.f.LogTime = hint, earliest(r)
	p.f.Entry = v.trust.logged(b)
	return p, nil
}

// blankKeyID takes the unsigned key id off a signature where it says no more
// than the hint. The library wants it to be an OpenSSH fingerprint, which
// other registries' key ids are not.
func blankKeyID(b *bundle.Bundle, hint string) {
	sig := b.GetDsseEnvelope().GetSignatures()[0]
	if sig.GetKeyid() == hint {
		sig.Keyid = ""
	}
}

// publication holds the statement against the artefact and against the
// registries that may speak for it: the key's own, and the one asked where
// the key is its own too.
func (st *statement) publication(e entry, s Subject, keyOf string) (*Publish, error) {
	if err := st.labelled(e); err != nil {
		return nil, err
	}
	if err := st.about(s); err != nil {
		return nil, err
	}
	var p struct {
		Name     string `json:"name"`
		Version  string `json:"version"`
		Registry string `json:"registry"`
	}
	if err := json.Unmarshal(st.Predicate, &p); err != nil {
		return nil, &InvalidError{Reason: Malformed, Message: "the publish attestation's predicate is not readable", Err: err}
	}
	if p.Name != s.name || p.Version != s.version {
		return nil, invalid(WrongSubject, "the publish attestation is for %s", quote(p.Name+"@"+p.Version))
	}
	at := origin(p.Registry)
	mayBe := at == keyOf || keyOf == anyRegistry && (at == s.registry || at == NPM)
	if !mayBe {
		return nil, invalid(WrongSubject, "the publish attestation is for %s", quote(strings.TrimSpace(p.Registry)))
	}
	return &Publish{f: published{Registry: at}}, nil
}
