package attest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
)

// alter changes the first provenance bundle of a sound answer.
func (s *stage) alter(t testing.TB, change func(bundle map[string]any)) attest.Result {
	t.Helper()
	raw, err := s.world.Response(s.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Attestations []map[string]any `json:"attestations"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	change(answer.Attestations[1]["bundle"].(map[string]any))
	if raw, err = json.Marshal(answer); err != nil {
		t.Fatal(err)
	}
	return s.verifier.Verify(s.subject, raw)
}

func at(v any, path ...string) map[string]any {
	for _, p := range path {
		if list, ok := v.([]any); ok {
			v = list[0]
		}
		v = v.(map[string]any)[p]
	}
	if list, ok := v.([]any); ok {
		v = list[0]
	}
	return v.(map[string]any)
}

func TestHostileBundles(t *testing.T) {
	s := newStage(t)
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	for name, change := range map[string]func(b map[string]any){
		"no material":    func(b map[string]any) { delete(b, "verificationMaterial") },
		"no envelope":    func(b map[string]any) { delete(b, "dsseEnvelope") },
		"empty envelope": func(b map[string]any) { b["dsseEnvelope"] = map[string]any{} },
		"a message signature": func(b map[string]any) {
			delete(b, "dsseEnvelope")
			b["messageSignature"] = map[string]any{"signature": "AAAA"}
		},
		"no signature": func(b map[string]any) { at(b, "dsseEnvelope")["signatures"] = []any{} },
		"two signatures": func(b map[string]any) {
			e := at(b, "dsseEnvelope")
			sig := e["signatures"].([]any)[0]
			e["signatures"] = []any{sig, sig}
		},
		"another payload type": func(b map[string]any) { at(b, "dsseEnvelope")["payloadType"] = "text/plain" },
		"a public key in place": func(b map[string]any) {
			m := at(b, "verificationMaterial")
			delete(m, "certificate")
			m["publicKey"] = map[string]any{"hint": "x"}
		},
		"a certificate of nothing": func(b map[string]any) { at(b, "verificationMaterial", "certificate")["rawBytes"] = "AAAA" },
		"an empty certificate":     func(b map[string]any) { at(b, "verificationMaterial")["certificate"] = map[string]any{} },
		"many log entries": func(b map[string]any) {
			m := at(b, "verificationMaterial")
			e := m["tlogEntries"].([]any)[0]
			m["tlogEntries"] = []any{e, e, e, e, e, e}
		},
		"the entry twice": func(b map[string]any) {
			m := at(b, "verificationMaterial")
			e := m["tlogEntries"].([]any)[0]
			m["tlogEntries"] = []any{e, e}
		},
		"a null entry": func(b map[string]any) { at(b, "verificationMaterial")["tlogEntries"] = []any{map[string]any{}} },
		"a long proof": func(b map[string]any) {
			at(b, "verificationMaterial", "tlogEntries", "inclusionProof")["hashes"] = make([]string, 1000)
		},
		"a negative index": func(b map[string]any) { at(b, "verificationMaterial", "tlogEntries")["logIndex"] = "-1" },
		"a body of nothing": func(b map[string]any) {
			at(b, "verificationMaterial", "tlogEntries")["canonicalizedBody"] = []byte(deep)
		},
		"many timestamps": func(b map[string]any) {
			stamps := make([]any, 30)
			for i := range stamps {
				stamps[i] = map[string]any{"signedTimestamp": "AAAA"}
			}
			at(b, "verificationMaterial", "timestampVerificationData")["rfc3161Timestamps"] = stamps
		},
		"a media type of nothing": func(b map[string]any) { b["mediaType"] = "application/json" },
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			p, err := s.alter(t, change).Provenance()
			if reason(err) == "" || p != nil {
				t.Errorf("%v, want that it is false", err)
			}
			if d := time.Since(start); d > time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

func TestNewerFormats(t *testing.T) {
	s := newStage(t)
	for name, change := range map[string]func(b map[string]any){
		"an unknown field":     func(b map[string]any) { b["more"] = 1 },
		"an unknown inner one": func(b map[string]any) { at(b, "verificationMaterial")["more"] = map[string]any{} },
		"bundle 0.4":           func(b map[string]any) { b["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.4+json" },
		"another kind of entry": func(b map[string]any) {
			at(b, "verificationMaterial", "tlogEntries", "kindVersion")["version"] = "0.0.9"
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.alter(t, change).Provenance(); !errors.Is(err, attest.ErrNewer) {
				t.Errorf("%v, want that it is newer", err)
			}
		})
	}
	for _, kind := range []string{"https://slsa.dev/provenance/v2", "https://github.com/npm/attestation/tree/main/specs/publish/v0.2"} {
		r := s.verifier.Verify(s.subject, response(kind, []byte(`{}`)))
		_, a := r.Provenance()
		_, b := r.Publish()
		if !errors.Is(a, attest.ErrNewer) && !errors.Is(b, attest.ErrNewer) {
			t.Errorf("%s: %v, %v", kind, a, b)
		}
	}
}

func TestAnswers(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		raw  string
		want string // "none", "false", "unknown"
	}{
		"an empty list":      {`{"attestations":[]}`, "none"},
		"other kinds alone":  {`{"attestations":[{"predicateType":"https://example.com/sbom","bundle":{}}]}`, "none"},
		"no list":            {`{}`, "unknown"},
		"an error message":   {`{"error":"not found"}`, "unknown"},
		"null":               {`{"attestations":null}`, "unknown"},
		"no JSON":            {`<html>`, "unknown"},
		"cut off":            {`{"attestations":[`, "unknown"},
		"a doubled name":     {`{"attestations":[],"attestations":[]}`, "unknown"},
		"a number":           {`{"attestations":7}`, "unknown"},
		"nested":             {`{"attestations":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "false"},
		"too many":           {`{"attestations":[` + strings.Repeat(`{"predicateType":"x","bundle":{}},`, 40) + `{}]}`, "false"},
		"too large":          {`{"attestations":[]}` + strings.Repeat(" ", attest.MaxResponse), "false"},
		"no bundle":          {`{"attestations":[{"predicateType":"https://slsa.dev/provenance/v1"}]}`, "false"},
		"a null bundle":      {`{"attestations":[{"predicateType":"https://slsa.dev/provenance/v1","bundle":null}]}`, "false"},
		"another field more": {`{"attestations":[],"next":1}`, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.verifier.Verify(s.subject, []byte(c.raw)).Provenance()
			got := "unknown"
			if errors.Is(err, attest.ErrNone) {
				got = "none"
			} else if reason(err) != "" {
				got = "false"
			} else if err == nil {
				got = "verified"
			}
			if got != c.want {
				t.Errorf("%s (%v), want %s", got, err, c.want)
			}
		})
	}
	r := s.verifier.Verify(s.subject, []byte(`{"attestations":[{"predicateType":"https://example.com/sbom","bundle":{}}]}`))
	if len(r.Others()) != 1 {
		t.Errorf("others: %q", r.Others())
	}
}

func TestSubjects(t *testing.T) {
	sum := integrityOf(make([]byte, 64))
	other := integrityOf(bytes.Repeat([]byte{1}, 64))
	for integrity, ok := range map[string]bool{
		sum: true, sum + "?opt=1": true, sum + " " + sum: true, "sha1-x " + sum: true, sum + " sha384-x": true,
		"": false, "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=": false, "sha512-": false, "sha512-AAAA": false, "sha512-!!": false,
		sum + " " + other: false, sum + " sha3512-AAAA": false, "garbage": false,
	} {
		if _, err := attest.NewSubject("a", "1.0.0", attest.NPM, integrity); (err == nil) != ok {
			t.Errorf("%q: %v", integrity, err)
		}
	}
	if _, err := attest.NewSubject("", "1.0.0", attest.NPM, sum); err == nil {
		t.Error("a subject without a name")
	}
	s := newStage(t)
	raw, err := s.world.Response(s.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.verifier.Verify(attest.Subject{}, raw).Provenance(); err == nil {
		t.Error("something verifies for the zero Subject")
	}
	var none attest.Verifier
	if _, err := none.Verify(s.subject, raw).Provenance(); err == nil {
		t.Error("the zero Verifier verifies")
	}
	if _, err := none.Verify(s.subject, raw).Publish(); err == nil {
		t.Error("the zero Verifier verifies")
	}
}

func FuzzVerify(f *testing.F) {
	s := newStage(f)
	for _, st := range []attesttest.Story{{}, {Bundle: "0.1"}, {Rekor: "v2"}, {CI: "gitlab"}} {
		raw, err := s.world.Response(s.artefact, st)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"attestations":[{"predicateType":"https://slsa.dev/provenance/v1","bundle":{"dsseEnvelope":{"payload":""}}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := s.verifier.Verify(s.subject, raw).Provenance()
		if (p == nil) == (err == nil) {
			t.Errorf("%v and %v", p, err)
		}
		if p != nil && !strings.Contains(p.Repository(), "example/left-pad") {
			t.Errorf("verified another story: %+v", p)
		}
	})
}
