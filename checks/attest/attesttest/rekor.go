package attesttest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	rekornote "github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore/pkg/signature"
	"golang.org/x/mod/sumdb/note"
)

// entries logs the envelope.
func (g *signing) entries(envelope map[string]any, sig, publicPEM []byte) ([]any, error) {
	if g.has(NoLog) {
		return []any{}, nil
	}
	if g.rekor == "v2" {
		e, err := g.rekorV2(sig)
		return []any{e}, err
	}
	e, err := g.rekorV1(envelope, sig, publicPEM)
	return []any{e}, err
}

// logKey is the key that signs for the log, and the log's id.
func (g *signing) logKey(name string) (*ecdsa.PrivateKey, []byte, error) {
	if g.has(UnknownLog) {
		name = "unknown-rekor"
	}
	id, err := logID(g.w.keys[name])
	return g.w.keys[name], id, err
}

// index is a log index that depends on the entry alone.
func index(body []byte) int64 {
	sum := sha256.Sum256(body)
	return int64(binary.BigEndian.Uint32(sum[:4]))
}

// canonical is JSON with sorted keys and nothing escaped for HTML.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// proof puts the entry second in a tree of two.
func proof(body []byte) (root, sibling []byte) {
	first := sha256.Sum256([]byte("\x00attesttest"))
	second := sha256.Sum256(append([]byte{0}, body...))
	top := sha256.Sum256(bytes.Join([][]byte{{1}, first[:], second[:]}, nil))
	return top[:], first[:]
}

func inclusion(root, sibling []byte, checkpoint string) map[string]any {
	return map[string]any{"logIndex": "1", "treeSize": "2", "rootHash": root, "hashes": []any{sibling},
		"checkpoint": map[string]any{"envelope": checkpoint}}
}

func hashOf(b []byte) map[string]string {
	sum := sha256.Sum256(b)
	return map[string]string{"algorithm": "sha256", "value": hex.EncodeToString(sum[:])}
}

func (g *signing) rekorV1(envelope map[string]any, sig, publicPEM []byte) (map[string]any, error) {
	whole, err := canonical(envelope)
	if err != nil {
		return nil, err
	}
	body, err := canonical(map[string]any{"apiVersion": "0.0.1", "kind": "dsse", "spec": map[string]any{
		"envelopeHash": hashOf(whole), "payloadHash": hashOf(g.payload),
		"signatures": []any{map[string]any{"signature": base64.StdEncoding.EncodeToString(sig), "verifier": publicPEM}}}})
	if err != nil {
		return nil, err
	}
	k, id, err := g.logKey("rekor")
	if err != nil {
		return nil, err
	}
	at, n := g.loggedAt().Unix(), index(body)
	e := map[string]any{"logIndex": fmt.Sprint(n), "logId": map[string]any{"keyId": id}, "integratedTime": fmt.Sprint(at),
		"kindVersion": map[string]string{"kind": "dsse", "version": "0.0.1"}, "canonicalizedBody": body}
	if !g.has(NoTime) && !g.has(NoPromise) {
		if e["inclusionPromise"], err = promise(k, id, body, at, n); err != nil {
			return nil, err
		}
	}
	if g.has(NoProof) || g.version == "0.1" {
		return e, nil
	}
	e["inclusionProof"], err = proofV1(k, id, body)
	return e, err
}

// promise is the signed entry timestamp.
func promise(k *ecdsa.PrivateKey, id, body []byte, at, n int64) (map[string]any, error) {
	signed, err := canonical(map[string]any{"body": body, "integratedTime": at, "logID": hex.EncodeToString(id), "logIndex": n})
	if err != nil {
		return nil, err
	}
	set, err := sign(k, signed)
	return map[string]any{"signedEntryTimestamp": set}, err
}

func proofV1(k *ecdsa.PrivateKey, id, body []byte) (map[string]any, error) {
	root, sibling := proof(body)
	text := fmt.Sprintf("rekor.attesttest.invalid - 1193050959916656506\n2\n%s\n", base64.StdEncoding.EncodeToString(root))
	sig, err := sign(k, []byte(text))
	if err != nil {
		return nil, err
	}
	line := base64.StdEncoding.EncodeToString(append(id[:4:4], sig...))
	return inclusion(root, sibling, text+"\n— rekor.attesttest.invalid "+line+"\n"), nil
}

func (g *signing) rekorV2(sig []byte) (map[string]any, error) {
	digest := sha256.Sum256(dsse.PAE(payloadType, g.payload))
	verifier := map[string]any{"keyDetails": "PKIX_ECDSA_P256_SHA_256"}
	if g.cert != nil {
		verifier["x509Certificate"] = map[string]any{"rawBytes": g.cert.Raw}
	} else {
		der, err := x509.MarshalPKIXPublicKey(g.key.Public())
		if err != nil {
			return nil, err
		}
		verifier["publicKey"] = map[string]any{"rawBytes": der}
	}
	body, err := canonical(map[string]any{"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": map[string]any{"hashedRekordV002": map[string]any{
		"data": map[string]any{"algorithm": "SHA2_256", "digest": digest[:]}, "signature": map[string]any{"content": sig, "verifier": verifier}}}})
	if err != nil {
		return nil, err
	}
	k, id, err := g.logKey("rekor2")
	if err != nil {
		return nil, err
	}
	e := map[string]any{"logIndex": "1", "logId": map[string]any{"keyId": id}, "integratedTime": "0",
		"kindVersion": map[string]string{"kind": "hashedrekord", "version": "0.0.2"}, "canonicalizedBody": body}
	if g.has(NoProof) {
		return e, nil
	}
	e["inclusionProof"], err = proofV2(k, body)
	return e, err
}

// proofV2 has a checkpoint in the form of a signed note.
func proofV2(k *ecdsa.PrivateKey, body []byte) (map[string]any, error) {
	root, sibling := proof(body)
	loaded, err := signature.LoadECDSASignerVerifier(k, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	signer, err := rekornote.NewNoteSigner(context.Background(), "rekor2.attesttest.invalid", loaded)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("rekor2.attesttest.invalid\n2\n%s\n", base64.StdEncoding.EncodeToString(root))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	return inclusion(root, sibling, string(signed)), err
}

// timestamp is an RFC 3161 answer over a signature: the one thing here that
// differs from run to run.
func (w *World) timestamp(sig []byte, at time.Time) ([]byte, error) {
	sum := sha256.Sum256(sig)
	t := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Time: at,
		Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 2}, SerialNumber: big.NewInt(at.Unix())}
	return t.CreateResponseWithOpts(w.tsaLeaf, w.tsaKey, crypto.SHA256)
}
