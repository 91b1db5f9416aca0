package attest_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
)

var (
	worldStart = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	worldEnd   = time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC)
	signedAt   = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

// stage is a world, whom to trust in it, and one artefact.
type stage struct {
	world    *attesttest.World
	trust    *attest.Trust
	verifier *attest.Verifier
	artefact attesttest.Artefact
	subject  attest.Subject
}

func integrityOf(sum []byte) string {
	return "sha512-" + base64.StdEncoding.EncodeToString(sum)
}

func newStage(t testing.TB) *stage {
	t.Helper()
	w, err := attesttest.New("stories", worldStart, worldEnd)
	if err != nil {
		t.Fatal(err)
	}
	root, err := w.TrustedRoot()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := w.KeysTUF()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := builtin(t).WithRoot("test root", root)
	if err != nil {
		t.Fatal(err)
	}
	ks, err := attest.ParseKeys(keys)
	if err != nil {
		t.Fatal(err)
	}
	trust = trust.WithAllKeys(ks)
	sum := sha512.Sum512([]byte("tarball"))
	return &stage{world: w, trust: trust, verifier: verifier(t, trust),
		artefact: attesttest.Artefact{Name: "@acme/left-pad", Version: "1.2.3", SHA512: sum[:], Registry: "https://registry.npmjs.org", At: signedAt},
		subject:  subject(t, "@acme/left-pad", "1.2.3", integrityOf(sum[:]))}
}

func (s *stage) tell(t testing.TB, st attesttest.Story) attest.Result {
	t.Helper()
	raw, err := s.world.Response(s.artefact, st)
	if err != nil {
		t.Fatal(err)
	}
	return s.verifier.Verify(s.subject, raw)
}

func reason(err error) attest.Reason {
	if e, ok := attest.IsInvalid(err); ok {
		return e.Reason
	}
	return ""
}

func TestSoundStories(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		story attesttest.Story
		want  func(p *attest.Provenance) bool
	}{
		"github": {attesttest.Story{}, func(p *attest.Provenance) bool {
			return p.Workflow() == ".github/workflows/release.yml" && !p.Reusable()
		}},
		"bundle 0.1, promise only": {attesttest.Story{Bundle: "0.1"}, nil},
		"bundle 0.2, SLSA 0.2":     {attesttest.Story{Bundle: "0.2", SLSA: "0.2"}, func(p *attest.Provenance) bool { return p.PredicateType() == attest.PredicateSLSA02 }},
		"rekor 2": {attesttest.Story{Rekor: "v2"}, func(p *attest.Provenance) bool {
			return p.EntryKind() == "hashedrekord 0.0.2" && p.Log() == "https://rekor2.attesttest.invalid"
		}},
		"rekor 1 with a timestamp": {attesttest.Story{TSA: true}, func(p *attest.Provenance) bool { return p.LogIndex() > 0 }},
		"an index that nobody signed": {attesttest.Story{TSA: true, Flaws: []attesttest.Flaw{attesttest.NoPromise}},
			func(p *attest.Provenance) bool { return p.LogIndex() == -1 && p.Log() != "" }},
		"old certificate": {attesttest.Story{OldCert: true}, func(p *attest.Provenance) bool {
			return p.Repository() == "https://github.com/example/left-pad" && p.RepositoryID() == "" && p.Runner() == "" && p.Workflow() == ".github/workflows/release.yml"
		}},
		"gitlab": {attesttest.Story{CI: "gitlab"}, func(p *attest.Provenance) bool {
			return p.CI() == "GitLab CI" && p.Workflow() == ".gitlab-ci.yml" && p.Runner() == "gitlab-hosted"
		}},
		"gitlab before mid 2023": {attesttest.Story{CI: "gitlab", SAN: "https://gitlab.com/example/left-pad@refs/heads/main"}, func(p *attest.Provenance) bool {
			return p.Workflow() == "" && !p.Reusable()
		}},
		"reusable workflow": {attesttest.Story{Signer: "big/workflows"}, func(p *attest.Provenance) bool {
			return p.Reusable() && p.Repository() == "https://github.com/example/left-pad" && p.Workflow() == ".github/workflows/release.yml"
		}},
		"pull request": {attesttest.Story{Event: "pull_request_target", Ref: "refs/pull/7/merge"}, func(p *attest.Provenance) bool {
			return p.Event() == "pull_request_target" && p.RefKind() == "pull request"
		}},
		"self-hosted":     {attesttest.Story{Runner: "self-hosted"}, func(p *attest.Provenance) bool { return p.Runner() == "self-hosted" }},
		"private":         {attesttest.Story{Visibility: "private"}, func(p *attest.Provenance) bool { return p.Visibility() == "private" }},
		"another id":      {attesttest.Story{RepoID: 7, OwnerID: 8}, func(p *attest.Provenance) bool { return p.RepositoryID() == "7" && p.OwnerID() == "8" }},
		"enterprise":      {attesttest.Story{Issuer: attest.IssuerGitHub + "/acme"}, nil},
		"tag":             {attesttest.Story{Ref: "refs/tags/v1"}, func(p *attest.Provenance) bool { return p.RefKind() == "tag" }},
		"two that agree":  {attesttest.Story{Twin: &attesttest.Story{SLSA: "0.2"}}, nil},
		"tells a lie":     {attesttest.Story{Says: map[string]string{"repository": "https://github.com/famous/one"}}, func(p *attest.Provenance) bool { return len(p.Disagreements()) == 1 }},
		"lie in SLSA 0.2": {attesttest.Story{SLSA: "0.2", Says: map[string]string{"commit": "0000"}}, func(p *attest.Provenance) bool { return len(p.Disagreements()) == 1 }},
		"lie about a run": {attesttest.Story{Says: map[string]string{"run": "https://github.com/x"}}, func(p *attest.Provenance) bool { return len(p.Disagreements()) == 1 }},
		"tells everything": {attesttest.Story{}, func(p *attest.Provenance) bool {
			return len(p.Disagreements()) == 0 && p.LogTime().Equal(signedAt.Add(30*time.Second))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.tell(t, c.story)
			p, err := r.Provenance()
			if err != nil {
				t.Fatalf("provenance: %v", err)
			}
			pub, err := r.Publish()
			if err != nil {
				t.Fatalf("publish: %v", err)
			}
			if pub.Registry() != attest.NPM || !pub.LogTime().Equal(signedAt.Add(30*time.Second)) {
				t.Errorf("publish: registry %q at %s", pub.Registry(), pub.LogTime())
			}
			if c.want != nil && !c.want(p) {
				t.Errorf("facts are not as told: %+v", p)
			}
		})
	}
}

func TestFalseProvenance(t *testing.T) {
	s := newStage(t)
	told := map[attesttest.Flaw]attest.Reason{
		attesttest.WrongDigest: attest.WrongSubject, attesttest.WrongName: attest.WrongSubject, attesttest.WrongVersion: attest.WrongSubject,
		attesttest.TwoSubjects: attest.WrongSubject, attesttest.NoLog: attest.NotLogged, attesttest.UnknownLog: attest.NotLogged,
		attesttest.NoProof: attest.Malformed, attesttest.NoTime: attest.NoTime, attesttest.LateLog: attest.BadChain,
		attesttest.ExpiredCA: attest.BadChain, attesttest.NoSCT: attest.BadChain, attesttest.WrongSCT: attest.BadChain,
		attesttest.UnknownSCT: attest.BadChain, attesttest.BadSignature: attest.BadSignature, attesttest.ReplacedPayload: attest.BadSignature,
		attesttest.Mislabelled: attest.Malformed, attesttest.Google: attest.WrongIdentity,
	}
	for _, f := range attesttest.Flaws() {
		want, ok := told[f]
		if !ok {
			continue // of publish attestations, or no falsehood
		}
		t.Run(string(f), func(t *testing.T) {
			r := s.tell(t, attesttest.Story{Flaws: []attesttest.Flaw{f}})
			if p, err := r.Provenance(); p != nil || reason(err) != want {
				t.Errorf("provenance: %v %q, want %q", err, reason(err), want)
			}
			if _, err := r.Publish(); err != nil {
				t.Errorf("publish: %v, want it verified beside a false provenance", err)
			}
		})
	}
	for name, st := range map[string]attesttest.Story{
		"another host's workflow": {SAN: "https://evil.invalid/acme/left-pad/.github/workflows/x.yml@refs/heads/main"},
		"host with our suffix":    {SAN: "https://github.com.evil.invalid/a/b/.github/workflows/x.yml@refs/heads/main"},
		"issuer with our prefix":  {Issuer: "https://token.actions.githubusercontent.com.evil.invalid"},
		"issuer below a path":     {Issuer: "https://token.actions.githubusercontent.com/a/b"},
		"a service account":       {Issuer: "https://accounts.google.com"},
		"no workflow file":        {SAN: "https://github.com/acme/left-pad/x.yml@refs/heads/main"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.tell(t, st).Provenance(); reason(err) != attest.WrongIdentity {
				t.Errorf("%v, want %q", err, attest.WrongIdentity)
			}
		})
	}
}

func TestFalsePublish(t *testing.T) {
	s := newStage(t)
	for f, want := range map[attesttest.Flaw]attest.Reason{
		attesttest.WrongDigest: attest.WrongSubject, attesttest.WrongName: attest.WrongSubject, attesttest.TwoSubjects: attest.WrongSubject,
		attesttest.NoLog: attest.NotLogged, attesttest.UnknownLog: attest.NotLogged, attesttest.NoTime: attest.NoTime,
		attesttest.BadSignature: attest.BadSignature, attesttest.ReplacedPayload: attest.BadSignature, attesttest.RetiredKey: attest.RetiredKey,
		attesttest.UnknownKey: attest.UnknownKey, attesttest.StolenHint: attest.BadSignature, attesttest.WrongRegistry: attest.WrongSubject,
		attesttest.WithCertificate: attest.WrongIdentity, attesttest.WrongPredicate: attest.WrongSubject, attesttest.Mislabelled: attest.Malformed,
	} {
		t.Run(string(f), func(t *testing.T) {
			r := s.tell(t, attesttest.Story{PublishFlaws: []attesttest.Flaw{f}})
			if p, err := r.Publish(); p != nil || reason(err) != want {
				t.Errorf("publish: %v %q, want %q", err, reason(err), want)
			}
			if _, err := r.Provenance(); err != nil {
				t.Errorf("provenance: %v, want it verified beside a false publish attestation", err)
			}
		})
	}
	s.artefact.At = worldStart.AddDate(0, 6, 0)
	if _, err := s.tell(t, attesttest.Story{PublishFlaws: []attesttest.Flaw{attesttest.RetiredKey}}).Publish(); err != nil {
		t.Errorf("the retired key, in its own time: %v", err)
	}
}

func TestThreeKindsOfBadNews(t *testing.T) {
	s := newStage(t)
	r := s.tell(t, attesttest.Story{NoPublish: true})
	if _, err := r.Publish(); !errors.Is(err, attest.ErrNone) {
		t.Errorf("no publish attestation: %v", err)
	}
	r = s.tell(t, attesttest.Story{NoProvenance: true})
	if _, err := r.Provenance(); !errors.Is(err, attest.ErrNone) {
		t.Errorf("no provenance: %v", err)
	}
	r = s.tell(t, attesttest.Story{Flaws: []attesttest.Flaw{attesttest.NewerFormat}})
	if _, err := r.Provenance(); !errors.Is(err, attest.ErrNewer) || reason(err) != "" {
		t.Errorf("a newer format: %v", err)
	}
	if _, err := (attest.Result{}).Provenance(); err == nil || errors.Is(err, attest.ErrNone) || reason(err) != "" {
		t.Errorf("the zero Result: %v, want that nothing was looked at", err)
	}
	if _, err := attest.Nothing().Provenance(); !errors.Is(err, attest.ErrNone) {
		t.Errorf("Nothing: %v", err)
	}
}

func TestSeveralProvenances(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		twin attesttest.Story
		want attest.Reason
	}{
		"the other is false":       {attesttest.Story{Flaws: []attesttest.Flaw{attesttest.BadSignature}}, attest.BadSignature},
		"the other differs":        {attesttest.Story{Repo: "mallory/left-pad"}, attest.Contradiction},
		"the other has another id": {attesttest.Story{RepoID: 7}, attest.Contradiction},
		"the other is newer":       {attesttest.Story{Flaws: []attesttest.Flaw{attesttest.NewerFormat}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.tell(t, attesttest.Story{Twin: &c.twin}).Provenance()
			if reason(err) != c.want || (c.want == "") != (p != nil) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// Where the root is old, what it does not know is put down to its age.
func TestOldTrustRoot(t *testing.T) {
	s := newStage(t)
	for _, f := range []attesttest.Flaw{attesttest.UnknownLog, attesttest.UnknownSCT} {
		raw, err := s.world.Response(s.artefact, attesttest.Story{Flaws: []attesttest.Flaw{f}})
		if err != nil {
			t.Fatal(err)
		}
		for days, want := range map[int]bool{10: false, 100: true} {
			trust := s.trust.Dated(testNow.AddDate(0, 0, -days))
			_, err := verifier(t, trust).Verify(s.subject, raw).Provenance()
			if errors.Is(err, attest.ErrTrustTooOld) != want {
				t.Errorf("%s with a root of %d days: %v", f, days, err)
			}
		}
	}
	raw, err := s.world.Response(s.artefact, attesttest.Story{Flaws: []attesttest.Flaw{attesttest.ExpiredCA}})
	if err != nil {
		t.Fatal(err)
	}
	trust := s.trust.Dated(testNow.AddDate(-1, 0, 0))
	if _, err := verifier(t, trust).Verify(s.subject, raw).Provenance(); reason(err) == "" {
		t.Errorf("an old root excused what has nothing to do with its age: %v", err)
	}
}

func TestWorldIsDeterministic(t *testing.T) {
	a, b := newStage(t), newStage(t)
	one, err := a.world.Response(a.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.world.Response(b.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two worlds of one seed differ")
	}
}

func TestParseStory(t *testing.T) {
	s, err := attesttest.ParseStory(map[string]any{"repo": "a/b", "repo-id": 7, "old": true, "flaw": []any{"no-sct"}, "publish-flaw": "unknown-key", "provenance": true})
	if err != nil || s.Repo != "a/b" || s.RepoID != 7 || !s.OldCert || len(s.Flaws) != 1 || len(s.PublishFlaws) != 1 || s.NoProvenance {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []map[string]any{{"repository": "a/b"}, {"flaw": "typo"}, {"run": "x"}, {"old": "yes"}} {
		if _, err := attesttest.ParseStory(bad); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}

// No message of ours may carry what an attacker wrote, but quoted.
func TestMessagesAreOurs(t *testing.T) {
	s := newStage(t)
	s.artefact.Name = "evil\x1b[31m"
	s.subject = subject(t, "other\x1b[31m", "1.2.3", integrityOf(s.artefact.SHA512))
	for _, f := range attesttest.Flaws() {
		r := s.tell(t, attesttest.Story{Repo: "acme/left-pad", Flaws: []attesttest.Flaw{f}, PublishFlaws: []attesttest.Flaw{f}})
		_, a := r.Provenance()
		_, b := r.Publish()
		for _, err := range []error{a, b} {
			if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' && r != '…' && r != '«' && r != '»' }) {
				t.Errorf("%s: raw text in %q", f, err)
			}
		}
	}
}
