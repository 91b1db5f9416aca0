package attesttest

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"slices"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const payloadType = "application/vnd.in-toto+json"

// signing is everything that goes into one bundle.
type signing struct {
	w       *World
	payload []byte
	key     *ecdsa.PrivateKey
	cert    *x509.Certificate // of a build
	hint    string            // of a registry's key
	at      time.Time
	version string
	rekor   string
	tsa     bool
	flaws   []Flaw
}

func (g *signing) has(f Flaw) bool { return slices.Contains(g.flaws, f) }

// bundle signs, logs and packs.
func (g *signing) bundle() (map[string]any, error) {
	signer := g.key
	if g.has(BadSignature) {
		signer = g.w.keys["mallory"]
	}
	sig, err := sign(signer, dsse.PAE(payloadType, g.payload))
	if err != nil {
		return nil, err
	}
	material, publicPEM, err := g.material()
	if err != nil {
		return nil, err
	}
	signature := map[string]any{"sig": sig}
	if g.cert == nil {
		signature["keyid"] = g.hint
	}
	envelope := map[string]any{"payload": g.payload, "payloadType": payloadType, "signatures": []any{signature}}
	if material["tlogEntries"], err = g.entries(envelope, sig, publicPEM); err != nil {
		return nil, err
	}
	if material["timestampVerificationData"], err = g.timestamps(sig); err != nil {
		return nil, err
	}
	if g.has(ReplacedPayload) {
		envelope["payload"] = []byte(`{"_type":"https://in-toto.io/Statement/v1"}`)
	}
	out := map[string]any{"mediaType": mediaType(g.version), "verificationMaterial": material, "dsseEnvelope": envelope}
	if g.has(NewerFormat) {
		out["postQuantumSignature"] = "AAAA"
	}
	return out, nil
}

func mediaType(version string) string {
	if version == "0.3" {
		return "application/vnd.dev.sigstore.bundle.v0.3+json"
	}
	return "application/vnd.dev.sigstore.bundle+json;version=" + version
}

// material is the certificate or the key's name, and its PEM as Rekor v1 logs
// it.
func (g *signing) material() (map[string]any, []byte, error) {
	if g.cert == nil {
		der, err := x509.MarshalPKIXPublicKey(g.key.Public())
		return map[string]any{"publicKey": map[string]any{"hint": g.hint}}, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), err
	}
	logged := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.cert.Raw})
	leaf := map[string]any{"rawBytes": g.cert.Raw}
	if g.version == "0.3" {
		return map[string]any{"certificate": leaf}, logged, nil
	}
	chain := []any{leaf, map[string]any{"rawBytes": g.w.ca.inter.Raw}}
	return map[string]any{"x509CertificateChain": map[string]any{"certificates": chain}}, logged, nil
}

func (g *signing) timestamps(sig []byte) (map[string]any, error) {
	stamps := []any{}
	if (g.tsa || g.rekor == "v2") && !g.has(NoTime) {
		token, err := g.w.timestamp(sig, g.loggedAt())
		if err != nil {
			return nil, err
		}
		stamps = append(stamps, map[string]any{"signedTimestamp": token})
	}
	return map[string]any{"rfc3161Timestamps": stamps}, nil
}

func (g *signing) loggedAt() time.Time {
	if g.has(LateLog) {
		return g.at.Add(time.Hour)
	}
	return g.at.Add(30 * time.Second)
}

// Response is the whole answer of GET /-/npm/v1/attestations/NAME@VERSION for
// a story; nil where it has no attestation at all.
func (w *World) Response(a Artefact, s Story) ([]byte, error) {
	all := []any{}
	if !s.NoPublish {
		one, err := w.publish(a, s)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for next := &s; next != nil; next = next.Twin {
		if next.NoProvenance {
			continue
		}
		one, err := w.provenance(a, *next)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return json.MarshalIndent(map[string]any{"attestations": all}, "", "  ")
}
