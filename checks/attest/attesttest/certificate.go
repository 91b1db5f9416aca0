package attesttest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"
)

// leaf issues a ten-minute certificate for a build, logged in the certificate
// log.
func (w *World) leaf(s Story, at time.Time, flaws []Flaw) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	k := w.key(fmt.Sprintf("leaf %s %s %s %d %v", s.SAN, s.Commit, s.Event, at.UnixNano(), flaws), elliptic.P256())
	t, err := w.leafTemplate(s, at, k)
	if err != nil {
		return nil, nil, err
	}
	ca := w.ca
	if slices.Contains(flaws, ExpiredCA) {
		ca = w.oldCA
	}
	plain, err := issue(t, ca.inter, k.Public(), ca.interKey)
	if err != nil || slices.Contains(flaws, NoSCT) {
		return plain, k, err
	}
	// The log signs the certificate without its list of SCTs; adding that list
	// as the last extension gives just this certificate.
	list, err := w.sct(plain.RawTBSCertificate, ca.inter, at, flaws)
	if err != nil {
		return nil, nil, err
	}
	t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: list})
	cert, err := issue(t, ca.inter, k.Public(), ca.interKey)
	return cert, k, err
}

func (w *World) leafTemplate(s Story, at time.Time, k *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		return nil, err
	}
	serial := sha256.Sum256(der)
	t := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(serial[1:19]), NotBefore: at, NotAfter: at.Add(10 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	if t.ExtraExtensions, err = s.extensions(); err != nil {
		return nil, err
	}
	if !strings.Contains(s.SAN, "://") {
		t.EmailAddresses = []string{s.SAN}
		return t, nil
	}
	san, err := url.Parse(s.SAN)
	t.URIs = []*url.URL{san}
	return t, err
}

// extensions are those of Sigstore's authority, 1.3.6.1.4.1.57264.1.N: the
// first six as bare text, the later ones as DER.
func (s Story) extensions() ([]pkix.Extension, error) {
	id := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, n} }
	out := []pkix.Extension{{Id: id(1), Value: []byte(s.Issuer)}}
	if !strings.Contains(s.SAN, "://") { // a person has nothing more
		return out, nil
	}
	if s.CI != "gitlab" {
		for i, text := range []string{s.Event, s.Commit, "Release", s.Repo, s.Ref} {
			out = append(out, pkix.Extension{Id: id(2 + i), Value: []byte(text)})
		}
	}
	if s.OldCert {
		return out, nil
	}
	host := strings.TrimSuffix(s.base(), s.Repo)
	ownerName, _, _ := strings.Cut(s.Repo, "/")
	config := s.base() + "/" + s.Workflow + "@" + s.Ref
	if s.CI == "gitlab" {
		config = s.SAN
	}
	for i, text := range []string{s.Issuer, s.SAN, s.Commit, s.Runner, s.base(), s.Commit, s.Ref, fmt.Sprint(s.RepoID),
		host + ownerName, fmt.Sprint(s.OwnerID), config, s.Commit, s.Event, s.runURL(), s.Visibility} {
		der, err := asn1.MarshalWithParams(text, "utf8")
		if err != nil {
			return nil, err
		}
		out = append(out, pkix.Extension{Id: id(8 + i), Value: der})
	}
	return out, nil
}

// sct is the certificate's list of one signed certificate timestamp
// (RFC 6962 §3.2 and §3.3).
func (w *World) sct(tbs []byte, issuer *x509.Certificate, at time.Time, flaws []Flaw) ([]byte, error) {
	name, signer := "ct", w.keys["ct"]
	switch {
	case slices.Contains(flaws, UnknownSCT):
		name, signer = "unknown-ct", w.keys["unknown-ct"]
	case slices.Contains(flaws, WrongSCT):
		signer = w.keys["mallory"]
	}
	id, err := logID(w.keys[name])
	if err != nil {
		return nil, err
	}
	issuerHash := sha256.Sum256(issuer.RawSubjectPublicKeyInfo)
	stamp := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	signed := bytes.Join([][]byte{{0, 0}, stamp, {0, 1}, issuerHash[:], {byte(len(tbs) >> 16), byte(len(tbs) >> 8), byte(len(tbs))}, tbs, {0, 0}}, nil)
	sig, err := sign(signer, signed)
	if err != nil {
		return nil, err
	}
	one := bytes.Join([][]byte{{0}, id, stamp, {0, 0, 4, 3}, sized(sig)}, nil)
	return asn1.Marshal(sized(sized(one)))
}

// sized puts a 16-bit length before b.
func sized(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}
