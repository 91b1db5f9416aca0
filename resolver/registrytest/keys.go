package registrytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// Key is one of the registry's signing keys.
type Key struct {
	ID      string // SHA256:…, of the public key
	Private *ecdsa.PrivateKey
	// Expires is when it stops to be good; zero is never.
	Expires time.Time
	spki    []byte
}

// newKey makes the key of that label: always the same, so that archives give
// the same documents on every machine. It protects nothing.
func newKey(label string) (*Key, error) {
	seed := sha256.Sum256([]byte("registrytest " + label))
	priv, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", label, err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&priv.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", label, err)
	}
	id, err := fingerprint(priv)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", label, err)
	}
	return &Key{ID: id, Private: priv, spki: spki}, nil
}

// fingerprint is npm's id of a key: as OpenSSH shows it.
func fingerprint(k *ecdsa.PrivateKey) (string, error) {
	point, err := k.PublicKey.Bytes()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), point} {
		_ = binary.Write(h, binary.BigEndian, uint32(len(part))) // a hash takes everything
		h.Write(part)
	}
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(h.Sum(nil)), nil
}

// Sign signs «name@version:integrity» as npm's registry does: ECDSA P-256
// over SHA-256, base64 of the DER. The same text gives the same signature.
func (k *Key) Sign(text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	sig, err := k.Private.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sig), nil
}

// keyring has the keys a registry signs with: the good one is published, the
// expired one too, the foreign one is not.
type keyring struct{ good, expired, foreign *Key }

func newKeyring(now time.Time) (*keyring, error) {
	var ring keyring
	for label, at := range map[string]**Key{"good": &ring.good, "expired": &ring.expired, "foreign": &ring.foreign} {
		k, err := newKey(label)
		if err != nil {
			return nil, err
		}
		*at = k
	}
	ring.expired.Expires = now.AddDate(-3, 0, 0)
	return &ring, nil
}

// document is what /-/npm/v1/keys answers.
func (r *keyring) document() ([]byte, error) {
	var keys []map[string]any
	for _, k := range []*Key{r.expired, r.good} {
		var expires any
		if !k.Expires.IsZero() {
			expires = k.Expires.UTC().Format(stamp)
		}
		keys = append(keys, map[string]any{"expires": expires, "keyid": k.ID, "keytype": "ecdsa-sha2-nistp256",
			"scheme": "ecdsa-sha2-nistp256", "key": base64.StdEncoding.EncodeToString(k.spki)})
	}
	return json.Marshal(map[string]any{"keys": keys})
}

// signatures is dist.signatures of a version, by its «signed» field.
func (r *keyring) signatures(how any, id, integrity string) (any, error) {
	key, text := r.good, id+":"+integrity
	switch how {
	case false:
		return nil, nil
	case nil, true:
	case "bad":
		text += "!"
	case "foreign":
		key = r.foreign
	case "expired":
		key = r.expired
	default:
		return nil, fmt.Errorf("%s: signed: %v is not true, false, bad, foreign or expired", id, how)
	}
	sig, err := key.Sign(text)
	if err != nil {
		return nil, err
	}
	return []any{map[string]any{"keyid": key.ID, "sig": sig}}, nil
}
