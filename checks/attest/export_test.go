package attest

import (
	"bytes"
	"crypto"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// BuiltinSums are the digests that taken.go has of the built-in files.
func BuiltinSums() map[string]string {
	return map[string]string{"trusted_root.json": builtinRootSum, "keys.json": builtinKeysSum, "root.json": builtinTUFSum}
}

// Conformance verifies any Sigstore bundle with the options that npm's are
// verified with: of one identity, or of one key where there is one.
func Conformance(t *Trust, raw, artifact []byte, issuer, san string, key crypto.PublicKey) error {
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON(raw); err != nil {
		return unreadable(err)
	}
	if err := bounded(b); err != nil {
		return err
	}
	v, err := NewVerifier(t, time.Now())
	if err != nil {
		return err
	}
	with, of := v.provenance, verify.WithKey()
	if key == nil {
		id, err := verify.NewShortCertificateIdentity(issuer, "", san, "")
		if err != nil {
			return err
		}
		of = verify.WithCertificateIdentity(id)
	} else if with, err = oneKey(t, key); err != nil {
		return err
	}
	_, err = v.check(with, b, verify.NewPolicy(verify.WithArtifact(bytes.NewReader(artifact)), of))
	return err
}

func oneKey(t *Trust, key crypto.PublicKey) (*verify.Verifier, error) {
	loaded, err := signature.LoadVerifier(key, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	material := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(loaded, time.Time{}, time.Time{}), nil
	})
	return verify.NewVerifier(root.TrustedMaterialCollection{t.root, material},
		verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1), verify.WithoutStatementPredicate())
}
