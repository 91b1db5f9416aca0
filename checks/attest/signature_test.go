package attest_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
)

const mirror = "https://mirror.example/npm"

// signatures is a stage with one integrity, and helpers to sign it.
type signatures struct {
	*stage
	integrity string
}

func newSignatures(t testing.TB) *signatures {
	t.Helper()
	s := newStage(t)
	return &signatures{stage: s, integrity: integrityOf(s.artefact.SHA512)}
}

func (s *signatures) claim(t testing.TB, k *attesttest.RegistryKey, integrity string) attest.Claim {
	t.Helper()
	id, sig, err := k.Signature(s.artefact.Name, s.artefact.Version, integrity)
	if err != nil {
		t.Fatal(err)
	}
	return attest.Claim{KeyID: id, Sig: sig}
}

func TestSignature(t *testing.T) {
	s := newSignatures(t)
	good := s.claim(t, s.world.Registry, s.integrity)
	retired := s.claim(t, s.world.Retired, s.integrity)
	stranger := s.claim(t, s.world.Stranger, s.integrity)
	stolen := attest.Claim{KeyID: s.world.Registry.ID, Sig: stranger.Sig}
	inTime, late := worldStart.AddDate(0, 6, 0), signedAt
	for name, c := range map[string]struct {
		signed attest.Signed
		want   attest.Reason // "" verifies
		unsure bool
	}{
		"good":                            {attest.Signed{Claims: []attest.Claim{good}, Published: []time.Time{late}}, "", false},
		"good, no time at all":            {attest.Signed{Claims: []attest.Claim{good}}, "", false},
		"retired key in its time":         {attest.Signed{Claims: []attest.Claim{retired}, Published: []time.Time{inTime}}, "", false},
		"retired key, one time of two":    {attest.Signed{Claims: []attest.Claim{retired}, Published: []time.Time{late, inTime}}, "", false},
		"retired key too late":            {attest.Signed{Claims: []attest.Claim{retired}, Published: []time.Time{late}}, attest.RetiredKey, false},
		"retired key, no time":            {attest.Signed{Claims: []attest.Claim{retired}, Published: []time.Time{{}}}, "", true},
		"before the key began":            {attest.Signed{Claims: []attest.Claim{good}, Published: []time.Time{worldStart.AddDate(-5, 0, 0)}}, "", false},
		"unknown key":                     {attest.Signed{Claims: []attest.Claim{stranger}}, attest.UnknownKey, false},
		"unknown key beside a good one":   {attest.Signed{Claims: []attest.Claim{stranger, good}}, "", false},
		"false signature":                 {attest.Signed{Claims: []attest.Claim{stolen}}, attest.BadSignature, false},
		"false one beside a good one":     {attest.Signed{Claims: []attest.Claim{good, stolen}}, attest.BadSignature, false},
		"nonsense":                        {attest.Signed{Claims: []attest.Claim{{KeyID: good.KeyID, Sig: "!!"}}}, attest.BadSignature, false},
		"of another version's integrity":  {attest.Signed{Claims: []attest.Claim{s.claim(t, s.world.Registry, "sha512-AAAA")}}, attest.BadSignature, false},
		"packument with another tarball":  {attest.Signed{Integrity: integrityOf(make([]byte, 64)), Claims: []attest.Claim{good}}, attest.WrongSubject, false},
		"packument without a sha512":      {attest.Signed{Integrity: "sha1-AAAA", Claims: []attest.Claim{good}}, attest.WrongSubject, false},
		"integrity with a weaker one too": {attest.Signed{Integrity: s.integrity + " sha1-AAAA", Claims: []attest.Claim{s.claim(t, s.world.Registry, s.integrity+" sha1-AAAA")}}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.signed.Integrity == "" {
				c.signed.Integrity = s.integrity
			}
			got, err := s.verifier.Signature(s.subject, c.signed)
			if reason(err) != c.want || (err == nil) != (c.want == "") {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if got.TimeUnsure() != c.unsure {
				t.Errorf("time unsure: %v", got.TimeUnsure())
			}
			if err == nil && got.KeyID() == "" {
				t.Error("verified by no key")
			}
		})
	}
	if _, err := s.verifier.Signature(s.subject, attest.Signed{Integrity: s.integrity}); !errors.Is(err, attest.ErrNone) {
		t.Errorf("no signature: %v", err)
	}
}

// Whose keys count for which registry.
func TestKeysOfRegistries(t *testing.T) {
	s := newSignatures(t)
	endpoint, err := s.world.KeysEndpoint()
	if err != nil {
		t.Fatal(err)
	}
	own, err := attest.ParseKeys(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	at := func(registry string) attest.Subject {
		of, err := attest.NewSubject(s.artefact.Name, s.artefact.Version, registry, s.integrity)
		if err != nil {
			t.Fatal(err)
		}
		return of
	}
	signed := attest.Signed{Integrity: s.integrity, Claims: []attest.Claim{s.claim(t, s.world.Registry, s.integrity)}}
	plain := builtin(t)

	if _, err := verifier(t, plain).Signature(at(mirror), signed); !errors.Is(err, attest.ErrNoKeys) {
		t.Errorf("a registry whose keys nobody has: %v", err)
	}
	got, err := verifier(t, plain.WithKeys(mirror+"/", own)).Signature(at(mirror), signed)
	if err != nil || got.Registry() != mirror+"/" {
		t.Errorf("a registry's own keys: %v, %q", err, got.Registry())
	}
	if _, err := verifier(t, plain.WithKeys(mirror, own)).Signature(at("https://other.example/"), signed); !errors.Is(err, attest.ErrNoKeys) {
		t.Errorf("keys of one registry taken for another's: %v", err)
	}
	for _, npm := range []string{attest.NPM, "https://registry.npmjs.org", "HTTPS://Registry.NPMJS.org/"} {
		if _, err := verifier(t, plain.WithKeys(npm, own)).Signature(at(npm), signed); reason(err) != attest.UnknownKey {
			t.Errorf("%s: keys that are not built in were taken for npm's: %v", npm, err)
		}
	}
	if plain.NeedsKeysOf("https://registry.npmjs.org") || !plain.NeedsKeysOf(mirror) || plain.WithKeys(mirror, own).NeedsKeysOf(mirror+"/") {
		t.Error("NeedsKeysOf")
	}
}

// version is one version of a package as a registry has it.
type version struct {
	Name, Version string
	Dist          struct {
		Integrity  string
		Signatures []attest.Claim
	}
}

// recorded gives every recorded version with its publish time.
func recorded(t *testing.T) (out []version, at []time.Time) {
	t.Helper()
	for _, f := range glob(t, "packuments/*.json") {
		var p struct {
			Time     map[string]time.Time
			Versions map[string]version
		}
		if err := json.Unmarshal(read(t, f), &p); err != nil {
			t.Fatal(err)
		}
		for _, v := range p.Versions {
			out, at = append(out, v), append(at, p.Time[v.Version])
		}
	}
	for _, f := range glob(t, "manifests/*.json") {
		var m struct {
			Time     time.Time
			Manifest version
		}
		if err := json.Unmarshal(read(t, f), &m); err != nil {
			t.Fatal(err)
		}
		out, at = append(out, m.Manifest), append(at, m.Time)
	}
	return out, at
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, pattern))
	if err != nil || len(files) == 0 {
		t.Fatal("no files for", pattern, err)
	}
	return files
}

// Real signatures, held against npm's built-in keys: as from npm's own
// registry, and as through a mirror.
func TestCorpusSignatures(t *testing.T) {
	needCorpus(t)
	v := verifier(t, builtin(t))
	count := map[string]int{}
	all, at := recorded(t)
	for i, m := range all {
		for _, registry := range []string{attest.NPM, mirror} {
			signed := attest.Signed{Integrity: m.Dist.Integrity, Claims: m.Dist.Signatures, Published: []time.Time{at[i]}}
			of, err := attest.NewSubject(m.Name, m.Version, registry, m.Dist.Integrity)
			if errors.Is(err, attest.ErrNoSHA512) && len(m.Dist.Signatures) == 0 {
				count["before sha512"]++
				continue
			}
			got, err := v.Signature(of, signed)
			switch {
			case errors.Is(err, attest.ErrNone):
				count["unsigned"]++
			case err != nil || got.TimeUnsure() || got.Registry() != attest.NPM:
				count["wrong"]++
				t.Errorf("%s@%s: %v", m.Name, m.Version, err)
			default:
				count["verified"]++
			}
		}
	}
	t.Logf("real signatures: %v", count)
	if count["verified"] != 2*478 {
		t.Errorf("%d verified, want 2*478", count["verified"])
	}
}
