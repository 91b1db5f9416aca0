package attesttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"time"

	"gpq/checks/attest"
)

// RegistryKey is a registry's signing key. Private may be a caller's own.
type RegistryKey struct {
	ID         string
	Private    *ecdsa.PrivateKey
	Start, End time.Time // zero End is open
}

func (w *World) registryKey(label string, start, end time.Time) *RegistryKey {
	k := w.key("key-"+label, elliptic.P256())
	return &RegistryKey{ID: attest.KeyID(&k.PublicKey), Private: k, Start: start, End: end}
}

// Signature gives one entry of dist.signatures: key id and base64 signature.
func (k *RegistryKey) Signature(name, version, integrity string) (keyID, sig string, err error) {
	raw, err := sign(k.Private, []byte(name+"@"+version+":"+integrity))
	return k.ID, base64.StdEncoding.EncodeToString(raw), err
}

// Keys is what the registry publishes: the good key and the retired one, and
// those of the caller.
func (w *World) keysOf(more []*RegistryKey) []*RegistryKey {
	return append([]*RegistryKey{w.Registry, w.Retired}, more...)
}

// KeysTUF is the registry's keys as the TUF target keys.json has them.
func (w *World) KeysTUF(more ...*RegistryKey) ([]byte, error) {
	var out []any
	for _, k := range w.keysOf(more) {
		der, err := x509.MarshalPKIXPublicKey(k.Private.Public())
		if err != nil {
			return nil, err
		}
		valid := map[string]string{"start": k.Start.UTC().Format(time.RFC3339)}
		if !k.End.IsZero() {
			valid["end"] = k.End.UTC().Format(time.RFC3339)
		}
		for _, usage := range []string{"npm:signatures", "npm:attestations"} {
			out = append(out, map[string]any{"keyId": k.ID, "keyUsage": usage,
				"publicKey": map[string]any{"rawBytes": der, "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid}})
		}
	}
	return json.MarshalIndent(map[string]any{"keys": out}, "", "  ")
}

// KeysEndpoint is the registry's keys as GET /-/npm/v1/keys answers them.
func (w *World) KeysEndpoint(more ...*RegistryKey) ([]byte, error) {
	var out []any
	for _, k := range w.keysOf(more) {
		der, err := x509.MarshalPKIXPublicKey(k.Private.Public())
		if err != nil {
			return nil, err
		}
		var expires any
		if !k.End.IsZero() {
			expires = k.End.UTC().Format("2006-01-02T15:04:05.000Z")
		}
		out = append(out, map[string]any{"expires": expires, "keyid": k.ID,
			"keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256", "key": der})
	}
	return json.MarshalIndent(map[string]any{"keys": out}, "", "  ")
}
