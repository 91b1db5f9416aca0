package attest

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

const payloadType = "application/vnd.in-toto+json"

// load reads a bundle as far as it can be believed before it is verified.
func load(raw []byte) (*bundle.Bundle, error) {
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON(raw); err != nil {
		return nil, unreadable(err)
	}
	envelope := b.GetDsseEnvelope()
	if envelope == nil {
		return nil, invalid(Malformed, "the attestation has no signed envelope")
	}
	if envelope.GetPayloadType() != payloadType {
		return nil, invalid(Malformed, "the attestation's payload is of type %s", quote(envelope.GetPayloadType()))
	}
	if len(envelope.GetSignatures()) != 1 {
		return nil, invalid(Malformed, "the attestation has %d signatures, not one", len(envelope.GetSignatures()))
	}
	return b, bounded(b)
}

// unreadable tells a newer format from nonsense. The parser refuses unknown
// fields and values, which is how a newer format shows.
func unreadable(err error) error {
	text := err.Error()
	for _, sign := range []string{"unknown field", "invalid value for enum", "is not yet supported"} {
		if strings.Contains(text, sign) {
			return ErrNewer
		}
	}
	return &InvalidError{Reason: Malformed, Message: "the attestation is no Sigstore bundle", Err: err}
}

// knownEntries are the kinds of log entries that can stand for an envelope.
func knownEntry(kind, version string) bool {
	switch kind + "/" + version {
	case "intoto/0.0.1", "intoto/0.0.2", "dsse/0.0.1", "hashedrekord/0.0.1", "hashedrekord/0.0.2":
		return true
	}
	return false
}

// bounded refuses what would cost more to verify than any real bundle.
func bounded(b *bundle.Bundle) error {
	m := b.GetVerificationMaterial()
	entries := m.GetTlogEntries()
	if len(entries) > maxLogEntries || len(m.GetTimestampVerificationData().GetRfc3161Timestamps()) > maxTimestamps ||
		len(m.GetX509CertificateChain().GetCertificates()) > maxChain {
		return invalid(Malformed, "the attestation has more log entries, timestamps or certificates than any real one")
	}
	for _, e := range entries {
		if len(e.GetInclusionProof().GetHashes()) > maxHashes {
			return invalid(Malformed, "the attestation's inclusion proof is longer than any real one")
		}
		if kv := e.GetKindVersion(); kv != nil && !knownEntry(kv.GetKind(), kv.GetVersion()) {
			return ErrNewer
		}
	}
	return nil
}

// place is where a log has an entry.
type place struct {
	Log   string // the log's base URL
	Index int64  // -1 where it is not known
	Kind  string // «dsse 0.0.1»
}

// logged is where the log has the entry, as far as that is signed: by the
// log's promise, or in Rekor v2 by the proof. With several entries it is not
// known which one was verified, and none is named.
func (t *Trust) logged(b *bundle.Bundle) place {
	entries := b.GetVerificationMaterial().GetTlogEntries()
	if len(entries) != 1 {
		return place{Index: -1}
	}
	p := place{Index: entries[0].GetLogIndex()}
	if kv := entries[0].GetKindVersion(); kv != nil {
		p.Kind = kv.GetKind() + " " + kv.GetVersion()
	}
	if len(entries[0].GetInclusionPromise().GetSignedEntryTimestamp()) == 0 && p.Kind != "hashedrekord 0.0.2" {
		p.Index = -1
	}
	if log := t.root.RekorLogs()[hex.EncodeToString(entries[0].GetLogId().GetKeyId())]; log != nil {
		p.Log = log.BaseURL
	}
	return p
}

// classify puts a failure of sigstore-go into our words. Its errors are mostly
// texts; the outermost one names the step that failed.
func classify(err error) *InvalidError {
	var identity *verify.ErrNoMatchingCertificateIdentity
	if errors.As(err, &identity) {
		return &InvalidError{Reason: WrongIdentity, Message: "the certificate is not that of a CI gpq knows (GitHub Actions, GitLab)", Err: err}
	}
	text := err.Error()
	for _, f := range failures {
		if strings.Contains(text, f.sign) {
			return &InvalidError{Reason: f.reason, Message: f.message, Err: err}
		}
	}
	return &InvalidError{Reason: BadSignature, Message: "the attestation does not verify", Err: err}
}

type failure struct {
	sign    string
	reason  Reason
	message string
}

// failures are read in order: a detail stands before its step.
var failures = []failure{
	{"digest does not match any digest in statement", WrongSubject, "the attestation speaks of another tarball"},
	{"digests does not match digests in statement", WrongSubject, "the attestation speaks of another tarball"},
	{"expected key signature, not certificate", WrongIdentity, "the attestation is signed with a certificate, not with the registry's key"},
	{"outside of public key validity", RetiredKey, "signed outside the time in which the registry's key was valid"},
	{"integrated time outside certificate validity", RetiredKey, "logged outside the time in which its key or certificate was valid"},
	{"transparency log signature does not match", BadSignature, "the signature is not the one in the transparency log"},
	{"transparency log certificate does not match", BadSignature, "the signing key is not the one in the transparency log"},
	{"does not match envelope payload hash", BadSignature, "the attestation is not the one in the transparency log"},
	{"failed to verify log inclusion", NotLogged, "no sound entry in a known transparency log"},
	{"failed to verify timestamps", NoTime, "no trustworthy time of signing"},
	{"failed to verify leaf certificate", BadChain, "the certificate was not issued by Sigstore's authority at that time"},
	{"failed to verify signed certificate timestamp", BadChain, "the certificate is not in a known certificate log"},
	{"failed to verify signature", BadSignature, "the signature does not verify"},
}
