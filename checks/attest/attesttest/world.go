// Package attesttest is a small Sigstore and registry signer of our own, for
// tests and demonstrations: a certificate authority that writes the CI's
// extensions and has its certificates logged, transparency logs of both
// generations, a timestamping authority, and registry keys. The same seed
// gives the same bytes, but for RFC 3161 timestamps.
//
// A Story says what was built and what is wrong with it.
package attesttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// World is one fake Sigstore with one fake registry's keys. It is safe for
// concurrent use once made.
type World struct {
	seed       string
	start, end time.Time
	ca, oldCA  authority // oldCA ended a year after start
	tsa        authority
	tsaLeaf    *x509.Certificate
	tsaKey     *ecdsa.PrivateKey
	keys       map[string]*ecdsa.PrivateKey // ct, rekor, rekor2 and those nobody knows
	Registry   *RegistryKey                 // signs publish attestations by default
	Retired    *RegistryKey                 // ended a year after start
	Stranger   *RegistryKey                 // in no key file
}

// authority is a root and, for certificates of builds, its intermediate.
type authority struct {
	root, inter       *x509.Certificate
	rootKey, interKey *ecdsa.PrivateKey
	start, end        time.Time
}

// New makes a world whose authorities and logs are valid from start to end.
func New(seed string, start, end time.Time) (*World, error) {
	w := &World{seed: seed, start: start.UTC().Truncate(time.Second), end: end.UTC().Truncate(time.Second), keys: map[string]*ecdsa.PrivateKey{}}
	if w.end.Before(w.start.AddDate(2, 0, 0)) {
		return nil, errors.New("attesttest: a world must last two years at least")
	}
	for _, label := range []string{"ct", "rekor", "rekor2", "unknown-ct", "unknown-rekor", "mallory"} {
		w.keys[label] = w.key(label, elliptic.P256())
	}
	retired := w.start.AddDate(1, 0, 0)
	w.Registry = w.registryKey("registry", w.start, time.Time{})
	w.Retired = w.registryKey("retired", w.start, retired)
	w.Stranger = w.registryKey("stranger", w.start, time.Time{})
	var err error
	if w.ca, err = w.authority("ca", w.start, w.end); err != nil {
		return nil, err
	}
	if w.oldCA, err = w.authority("old-ca", w.start, retired); err != nil {
		return nil, err
	}
	return w, w.makeTSA()
}

// key derives a private key from the seed.
func (w *World) key(label string, curve elliptic.Curve) *ecdsa.PrivateKey {
	size := (curve.Params().BitSize + 7) / 8
	for i := 0; ; i++ {
		var raw []byte
		for j := 0; len(raw) < size; j++ {
			sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%d|%d", w.seed, label, i, j))
			raw = append(raw, sum[:]...)
		}
		if k, err := ecdsa.ParseRawPrivateKey(curve, raw[:size]); err == nil {
			return k
		}
	}
}

// sign is deterministic ECDSA over SHA-256 (RFC 6979).
func sign(k *ecdsa.PrivateKey, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	return k.Sign(nil, sum[:], crypto.SHA256)
}

func (w *World) authority(label string, start, end time.Time) (authority, error) {
	a := authority{rootKey: w.key(label+"-root", elliptic.P384()), interKey: w.key(label+"-inter", elliptic.P384()), start: start, end: end}
	var err error
	top := caTemplate(label, start, end)
	if a.root, err = issue(top, top, a.rootKey.Public(), a.rootKey); err != nil {
		return a, err
	}
	mid := caTemplate(label+"-intermediate", start, end)
	mid.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	a.inter, err = issue(mid, a.root, a.interKey.Public(), a.rootKey)
	return a, err
}

func caTemplate(label string, start, end time.Time) *x509.Certificate {
	serial := sha256.Sum256([]byte(label))
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]),
		Subject:      pkix.Name{CommonName: label, Organization: []string{"attesttest.invalid"}},
		NotBefore:    start, NotAfter: end,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, BasicConstraintsValid: true, IsCA: true,
	}
}

func issue(template, parent *x509.Certificate, public crypto.PublicKey, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, parent, public, signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func (w *World) makeTSA() error {
	a, err := w.authority("tsa", w.start, w.end)
	if err != nil {
		return err
	}
	w.tsa, w.tsaKey = a, w.key("tsa-leaf", elliptic.P256())
	stamping, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return err
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: "tsa-leaf"}, NotBefore: w.start, NotAfter: w.end,
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: stamping}}}
	w.tsaLeaf, err = issue(leaf, a.root, w.tsaKey.Public(), a.rootKey)
	return err
}

// TrustedRoot is this world's trusted_root.json.
func (w *World) TrustedRoot() ([]byte, error) {
	var cas []root.CertificateAuthority
	for _, a := range []authority{w.ca, w.oldCA} {
		cas = append(cas, &root.FulcioCertificateAuthority{Root: a.root, Intermediates: []*x509.Certificate{a.inter},
			ValidityPeriodStart: a.start, ValidityPeriodEnd: a.end, URI: "https://fulcio.attesttest.invalid"})
	}
	ct, err := w.log("https://ct.attesttest.invalid", "ct")
	if err != nil {
		return nil, err
	}
	rekor, err := w.log("https://rekor.attesttest.invalid", "rekor")
	if err != nil {
		return nil, err
	}
	rekor2, err := w.log("https://rekor2.attesttest.invalid", "rekor2")
	if err != nil {
		return nil, err
	}
	tsa := &root.SigstoreTimestampingAuthority{Root: w.tsa.root, Leaf: w.tsaLeaf,
		ValidityPeriodStart: w.start, ValidityPeriodEnd: w.end, URI: "https://tsa.attesttest.invalid"}
	tr, err := root.NewTrustedRoot(root.TrustedRootMediaType01, cas, logs(ct), []root.TimestampingAuthority{tsa}, logs(rekor, rekor2))
	if err != nil {
		return nil, err
	}
	return tr.MarshalJSON()
}

func (w *World) log(url, label string) (*root.TransparencyLog, error) {
	id, err := logID(w.keys[label])
	if err != nil {
		return nil, err
	}
	return &root.TransparencyLog{BaseURL: url, ID: id, ValidityPeriodStart: w.start, ValidityPeriodEnd: w.end,
		HashFunc: crypto.SHA256, PublicKey: w.keys[label].Public(), SignatureHashFunc: crypto.SHA256}, nil
}

func logs(all ...*root.TransparencyLog) map[string]*root.TransparencyLog {
	out := map[string]*root.TransparencyLog{}
	for _, l := range all {
		out[hex.EncodeToString(l.ID)] = l
	}
	return out
}

// logID is the SHA-256 of a log's public key.
func logID(k *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	sum := sha256.Sum256(der)
	return sum[:], err
}
