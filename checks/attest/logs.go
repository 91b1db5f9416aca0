package attest

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"

	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// knowsLogsOf says whether the trusted root has the logs that a bundle rests
// on: one of its transparency logs, and one of its certificate logs.
func (t *Trust) knowsLogsOf(b *bundle.Bundle) bool {
	return t.knowsRekor(b) && t.knowsCT(b)
}

func (t *Trust) knowsRekor(b *bundle.Bundle) bool {
	entries := b.GetVerificationMaterial().GetTlogEntries()
	for _, e := range entries {
		if _, ok := t.root.RekorLogs()[hex.EncodeToString(e.GetLogId().GetKeyId())]; ok {
			return true
		}
	}
	return len(entries) == 0
}

func (t *Trust) knowsCT(b *bundle.Bundle) bool {
	ids := sctLogs(leafOf(b))
	for _, id := range ids {
		if _, ok := t.root.CTLogs()[hex.EncodeToString(id)]; ok {
			return true
		}
	}
	return len(ids) == 0
}

func leafOf(b *bundle.Bundle) *x509.Certificate {
	m := b.GetVerificationMaterial()
	raw := m.GetCertificate().GetRawBytes()
	if chain := m.GetX509CertificateChain().GetCertificates(); len(chain) > 0 {
		raw = chain[0].GetRawBytes()
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil
	}
	return leaf
}

// sctLogs gives the ids of the certificate logs that a certificate names
// (RFC 6962 §3.3: a list of 16-bit lengths, each SCT a version byte and 32
// bytes of log id).
func sctLogs(leaf *x509.Certificate) [][]byte {
	if leaf == nil {
		return nil
	}
	sctList := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	var out [][]byte
	for _, ext := range leaf.Extensions {
		var list []byte
		if !ext.Id.Equal(sctList) {
			continue
		}
		if _, err := asn1.Unmarshal(ext.Value, &list); err != nil || len(list) < 2 {
			continue
		}
		for rest := list[2:]; len(rest) >= 2; {
			n := int(rest[0])<<8 | int(rest[1])
			if n < 33 || len(rest) < 2+n {
				break
			}
			out = append(out, rest[3:35])
			rest = rest[2+n:]
		}
	}
	return out
}
