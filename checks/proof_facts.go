package checks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gpq/checks/attest"
)

// ProofChecks are the checks that say what is proved of a package, and whether
// it is what it always was: what `gpq verify` runs.
func ProofChecks() []Check {
	return []Check{signature, provenance, publishAttestation, sourceChanged}
}

// ProofSummary is what is proved of one package, for a person: about a dozen
// lines, and what could not be proved. Values are foreign text.
type ProofSummary struct {
	Proved []Evidence // in reading order
	Absent []string   // what was never published
	False  []string   // what is published and false
	Open   []string   // what could not be told, and why
}

// Summary gives what was verified of a subject, once a ProofCollector has
// filled its facts.
func (s *Subject) Summary() ProofSummary {
	var sum ProofSummary
	if a := s.Facts.Attested; a.OK() {
		p, err := a.Value.Provenance()
		sum.take("provenance", err, func() []Evidence { return provenanceLines(p) })
		q, err := a.Value.Publish()
		sum.take("publish attestation", err, func() []Evidence { return publishLines(q) })
	} else if a.Asked {
		sum.take("attestations", a.Err, nil)
	} else {
		sum.Absent = append(sum.Absent, "provenance", "publish attestation")
	}
	a := s.Facts.Signature
	err := a.Err
	if !a.Asked {
		err = errors.New("not looked at")
	}
	sum.take("registry signature", err, func() []Evidence {
		return []Evidence{proved("registry signature", fmt.Sprintf("%s, key %s", a.Value.Registry(), a.Value.KeyID()), "registry signature")}
	})
	if a.OK() && a.Value.TimeUnsure() {
		sum.Open = append(sum.Open, "registry signature: the key has ended since, and nothing signed says that it was used before")
	}
	return sum
}

func (sum *ProofSummary) take(what string, err error, lines func() []Evidence) {
	switch e, isFalse := attest.IsInvalid(err); {
	case err == nil:
		sum.Proved = append(sum.Proved, lines()...)
	case errors.Is(err, attest.ErrNone):
		sum.Absent = append(sum.Absent, what)
	case isFalse:
		sum.False = append(sum.False, what+": "+e.Message)
	default:
		sum.Open = append(sum.Open, what+": "+err.Error())
	}
}

func provenanceLines(p *attest.Provenance) []Evidence {
	lines := []Evidence{proved("built by", p.CI()+inBrackets(p.Runner()), certificate)}
	add := func(fact, value, source string) {
		if value != "" {
			lines = append(lines, proved(fact, value, source))
		}
	}
	add("from", p.Repository()+inBrackets(number(p.RepositoryID())), certificate)
	add("owner", p.Owner()+inBrackets(number(p.OwnerID())), certificate)
	add("at commit", p.Commit(), certificate)
	add("of", p.Ref(), certificate)
	add("by workflow", p.Workflow(), certificate)
	if p.Reusable() || p.Workflow() == "" {
		add("signed by workflow", p.Signer(), certificate)
	}
	add("started by", p.Event(), certificate)
	add("in run", p.Run(), certificate)
	add("logged", p.LogTime().Format(time.RFC3339)+entryText(p.Log(), p.LogIndex(), p.EntryKind()), "transparency log")
	return lines
}

func publishLines(p *attest.Publish) []Evidence {
	return []Evidence{proved("published", fmt.Sprintf("%s at %s%s, key %s", p.LogTime().Format(time.RFC3339), p.Registry(),
		entryText(p.Log(), p.LogIndex(), ""), p.KeyID()), "publish attestation")}
}

func number(id string) string {
	if id == "" {
		return ""
	}
	return "number " + id
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func entryText(log string, index int64, kind string) string {
	if index < 0 {
		return ""
	}
	return fmt.Sprintf(", %s entry %d%s", strings.TrimPrefix(log, "https://"), index, inBrackets(kind))
}
