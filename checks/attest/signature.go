package attest

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// Signature is one entry of dist.signatures that was verified. Only
// Verifier.Signature makes one.
type Signature struct {
	keyID, registry string
	retired         bool
}

// KeyID is the id of the key that signed.
func (s Signature) KeyID() string { return s.keyID }

// Registry is the base URL of the registry whose key it is: behind a mirror,
// registry.npmjs.org. Keys that stand for every registry are the asked one's.
func (s Signature) Registry() string { return s.registry }

// TimeUnsure says that the key has ended, and that no time of publication was
// at hand that would put the signature before its end.
func (s Signature) TimeUnsure() bool { return s.retired }

// Claim is one entry of dist.signatures as the packument has it.
type Claim struct{ KeyID, Sig string }

// Signed is what a registry signed, or says it signed.
type Signed struct {
	Integrity string      // dist.integrity exactly as the packument has it
	Claims    []Claim     // dist.signatures
	Published []time.Time // what is said of the time of publication; unsigned
}

// Signature verifies the registry's signature over «name@version:integrity».
// One entry must verify, and none may be false: an entry under a key nobody
// knows is false only where no other one verifies.
//
// Registries sign versions again and afterwards, so a key's start says
// nothing; its end is held against the times of publication, of which any one
// before it is enough. None at all leaves Signature.TimeUnsure.
func (v *Verifier) Signature(s Subject, signed Signed) (Signature, error) {
	if v.trust == nil {
		return Signature{}, errNotLooked
	}
	if len(signed.Claims) == 0 {
		return Signature{}, ErrNone
	}
	if digest, err := sha512Of(signed.Integrity); err != nil || string(digest) != string(s.sha512) {
		return Signature{}, invalid(WrongSubject, "the registry signed another tarball than the one in the plan")
	}
	message := sha256.Sum256([]byte(s.name + "@" + s.version + ":" + signed.Integrity))
	var good *Signature
	var unknown error
	known := false
	for _, c := range signed.Claims {
		got, found, err := v.oneSignature(s, c, message[:], signed.Published)
		known = known || found
		if err != nil {
			if e, ok := IsInvalid(err); !ok || e.Reason != UnknownKey {
				return Signature{}, err
			}
			unknown = err
			continue
		}
		if good == nil {
			good = &got
		}
	}
	if good != nil {
		return *good, nil
	}
	if !v.hasKeys(s.registry) && !known {
		return Signature{}, ErrNoKeys
	}
	return Signature{}, unknown
}

func (v *Verifier) oneSignature(s Subject, c Claim, message []byte, published []time.Time) (Signature, bool, error) {
	keys := v.keysFor(s.registry, c.KeyID, usageSignatures)
	if len(keys) == 0 {
		return Signature{}, false, invalid(UnknownKey, "signed with key %s, which %s never published", quote(c.KeyID), quote(s.registry))
	}
	sig, err := base64.StdEncoding.DecodeString(c.Sig)
	if err != nil || len(sig) > 256 {
		return Signature{}, true, invalid(BadSignature, "the registry signature is not readable")
	}
	for _, k := range keys {
		if ecdsa.VerifyASN1(k.public, message, sig) {
			got, err := k.in(published)
			if got.registry == anyRegistry {
				got.registry = s.registry
			}
			return got, true, err
		}
	}
	return Signature{}, true, invalid(BadSignature, "the registry signature does not verify under key %s", quote(c.KeyID))
}

// in holds a key's end against what is said of the time of publication.
func (k ownedKey) in(published []time.Time) (Signature, error) {
	got := Signature{keyID: k.ID, registry: k.registry}
	if k.End.IsZero() {
		return got, nil
	}
	said := false
	for _, t := range published {
		if t.IsZero() {
			continue
		}
		said = true
		if t.Before(k.End) {
			return got, nil
		}
	}
	if said && k.authority {
		return Signature{}, invalid(RetiredKey, "signed with key %s, which ended on %s, before this version was published", quote(k.ID), k.End.UTC().Format(time.DateOnly))
	}
	got.retired = true
	return got, nil
}
