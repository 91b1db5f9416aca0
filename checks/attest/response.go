package attest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of what is looked at. A real answer has two bundles of 5–8 kB with
// one log entry each.
const (
	MaxResponse   = 4 << 20 // bytes of one answer
	maxBundle     = 1 << 20
	maxEntries    = 16
	maxDepth      = 64
	maxLogEntries = 4
	maxTimestamps = 4
	maxHashes     = 64
	maxChain      = 8
)

// kind is what an attestation is about.
type kind uint8

const (
	other kind = iota
	provenance
	publish
	newerProvenance
	newerPublish
)

func kindOf(predicateType string) kind {
	switch {
	case predicateType == PredicateSLSA1, predicateType == PredicateSLSA02:
		return provenance
	case predicateType == PredicatePublish:
		return publish
	case strings.HasPrefix(predicateType, "https://slsa.dev/provenance/"):
		return newerProvenance
	case strings.HasPrefix(predicateType, "https://github.com/npm/attestation/tree/main/specs/publish/"):
		return newerPublish
	}
	return other
}

// entry is one attestation as the registry answered it. declared is not
// signed.
type entry struct {
	declared string
	signed   string // as the payload has it, before anything was verified; "" if unreadable
	bundle   []byte
}

// errNoList: a page of a proxy, an error in JSON, half an answer. Nothing was
// published by that, and nothing could be looked at.
var errNoList = errors.New("the registry's answer is no list of attestations")

// parseResponse reads GET /-/npm/v1/attestations/….
func parseResponse(raw []byte) ([]entry, error) {
	if len(raw) > MaxResponse {
		return nil, invalid(Malformed, "the attestations are larger than %d MiB", MaxResponse>>20)
	}
	if depth(raw) > maxDepth {
		return nil, invalid(Malformed, "the attestations are nested deeper than %d levels", maxDepth)
	}
	var answer struct {
		Attestations *[]struct {
			PredicateType string         `json:"predicateType"`
			Bundle        jsontext.Value `json:"bundle"`
		} `json:"attestations"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, errNoList
	}
	if answer.Attestations == nil {
		return nil, errNoList
	}
	if n := len(*answer.Attestations); n > maxEntries {
		return nil, invalid(Malformed, "%d attestations for one package, more than %d", n, maxEntries)
	}
	var out []entry
	for _, a := range *answer.Attestations {
		if len(a.Bundle) > maxBundle {
			return nil, invalid(Malformed, "an attestation is larger than %d MiB", maxBundle>>20)
		}
		out = append(out, entry{declared: a.PredicateType, signed: peek(a.Bundle), bundle: a.Bundle})
	}
	return out, nil
}

// peek reads the predicate type out of a payload that nobody vouches for yet.
func peek(bundle []byte) string {
	var b struct {
		Envelope struct {
			Payload []byte `json:"payload"`
		} `json:"dsseEnvelope"`
	}
	var st struct {
		PredicateType string `json:"predicateType"`
	}
	if json.Unmarshal(bundle, &b) != nil || depth(b.Envelope.Payload) > maxDepth || json.Unmarshal(b.Envelope.Payload, &st) != nil {
		return ""
	}
	return st.PredicateType
}

// kinds says which questions an entry answers. An entry whose unsigned label
// and payload disagree counts for both: it is false as either.
func (e entry) kinds() []kind {
	outer, inner := kindOf(e.declared), kindOf(e.signed)
	if outer == inner || e.signed == "" {
		return []kind{outer}
	}
	var out []kind
	for _, k := range []kind{outer, inner} {
		if k != other {
			out = append(out, k)
		}
	}
	return out
}

// depth is how deep raw is nested, strings left out. It reads anything.
func depth(raw []byte) int {
	deepest, now, inString := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// statement is the in-toto statement of a payload. Names are matched exactly
// and doubled names are an error, so that no other reader sees another one.
type statement struct {
	Type    string `json:"_type"`
	Subject []struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	PredicateType string         `json:"predicateType"`
	Predicate     jsontext.Value `json:"predicate"`
}

func parseStatement(payload []byte) (*statement, error) {
	if depth(payload) > maxDepth {
		return nil, invalid(Malformed, "the signed statement is nested deeper than %d levels", maxDepth)
	}
	var st statement
	if err := json.Unmarshal(payload, &st); err != nil {
		return nil, &InvalidError{Reason: Malformed, Message: "the signed statement is not readable", Err: err}
	}
	if st.Type != "https://in-toto.io/Statement/v0.1" && st.Type != "https://in-toto.io/Statement/v1" {
		return nil, invalid(Malformed, "the signed statement is of type %s", quote(st.Type))
	}
	return &st, nil
}

// labelled holds the unsigned label against what was signed.
func (st *statement) labelled(e entry) error {
	if st.PredicateType != e.declared {
		return invalid(Malformed, "an attestation is labelled %s, but what was signed is %s", quote(e.declared), quote(st.PredicateType))
	}
	return nil
}

// about holds the statement against the artefact: exactly one subject, its
// name, its version and its digest.
func (st *statement) about(s Subject) error {
	if len(st.Subject) != 1 {
		return invalid(WrongSubject, "the attestation speaks of %d artefacts, not of one", len(st.Subject))
	}
	subject := st.Subject[0]
	if subject.Name != s.purl() {
		return invalid(WrongSubject, "the attestation speaks of %s, not of %s", quote(subject.Name), quote(s.purl()))
	}
	if len(s.sha512) != 64 || !strings.EqualFold(subject.Digest["sha512"], fmt.Sprintf("%x", s.sha512)) {
		return invalid(WrongSubject, "the attestation speaks of another tarball of %s", quote(s.purl()))
	}
	return nil
}
