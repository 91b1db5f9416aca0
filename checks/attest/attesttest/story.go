package attesttest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Artefact is what is attested.
type Artefact struct {
	Name, Version string
	SHA512        []byte
	Registry      string    // base URL, for the publish attestation
	At            time.Time // of signing
	Key           *RegistryKey
}

// Story is a build and what is wrong with its attestations. The zero value,
// with Repo, is a sound build of 2026: pushed to main, on GitHub's own runner,
// bundle v0.3, logged in Rekor v1.
type Story struct {
	Repo       string // owner/name; default «example/NAME»
	CI         string // "" is GitHub, or "gitlab"
	Ref        string // default refs/heads/main
	Workflow   string // default .github/workflows/release.yml
	Signer     string // repository of a reusable workflow, where not Repo
	Commit     string
	Event      string // default push
	Runner     string // default github-hosted
	Visibility string // default public
	Issuer     string // in place of the CI's
	SAN        string // in place of the workflow's URL
	RepoID     int64
	OwnerID    int64
	Run        int64
	OldCert    bool   // the six extensions of before 2023-03 alone
	SLSA       string // "1" or "0.2"
	Bundle     string // "0.1", "0.2", "0.3"
	Rekor      string // "v1", "v2"
	TSA        bool   // an RFC 3161 timestamp too
	// Says is what the build writes of itself in place of the truth:
	// repository, ref, commit, run.
	Says map[string]string

	Flaws        []Flaw // of the provenance
	PublishFlaws []Flaw
	NoProvenance bool
	NoPublish    bool
	Twin         *Story // a second provenance beside the first
}

// Flaw is one thing that is wrong with an attestation.
type Flaw string

// The flaws.
const (
	WrongDigest     Flaw = "wrong-digest"
	WrongName       Flaw = "wrong-name"
	WrongVersion    Flaw = "wrong-version"
	TwoSubjects     Flaw = "two-subjects"
	NoLog           Flaw = "no-log"
	UnknownLog      Flaw = "unknown-log"
	NoProof         Flaw = "no-proof"
	NoTime          Flaw = "no-time"
	NoPromise       Flaw = "no-promise" // sound with a timestamp beside
	LateLog         Flaw = "late-log"
	ExpiredCA       Flaw = "expired-ca"
	NoSCT           Flaw = "no-sct"
	WrongSCT        Flaw = "wrong-sct"
	UnknownSCT      Flaw = "unknown-sct"
	BadSignature    Flaw = "bad-signature"
	ReplacedPayload Flaw = "replaced-payload"
	Mislabelled     Flaw = "mislabelled"
	NewerFormat     Flaw = "newer-format"
	Google          Flaw = "google"           // a person's Google account in place of a CI
	RetiredKey      Flaw = "retired-key"      // of publish attestations
	UnknownKey      Flaw = "unknown-key"      // of publish attestations
	StolenHint      Flaw = "stolen-hint"      // an unknown key under a known one's id
	WrongRegistry   Flaw = "wrong-registry"   // of publish attestations
	WrongPredicate  Flaw = "wrong-predicate"  // of publish attestations: right subject, other version in the predicate
	WithCertificate Flaw = "with-certificate" // of publish attestations
)

var allFlaws = []Flaw{WrongDigest, WrongName, WrongVersion, TwoSubjects, NoLog, UnknownLog, NoProof, NoTime, NoPromise, LateLog, ExpiredCA,
	NoSCT, WrongSCT, UnknownSCT, BadSignature, ReplacedPayload, Mislabelled, NewerFormat, Google, RetiredKey, UnknownKey, StolenHint,
	WrongRegistry, WrongPredicate, WithCertificate}

// Flaws gives every flaw there is.
func Flaws() []Flaw { return slices.Clone(allFlaws) }

// ParseStory reads a story out of a mapping, as archives have it: repo, ci,
// ref, workflow, signer, commit, event, runner, visibility, issuer, san,
// repo-id, owner-id, run, old, slsa, bundle, rekor, tsa, says (a mapping), flaw,
// publish-flaw (one or a list), provenance: false, publish: false. A word it
// does not know is an error.
func ParseStory(spec map[string]any) (Story, error) {
	var s Story
	texts := map[string]*string{"repo": &s.Repo, "ci": &s.CI, "ref": &s.Ref, "workflow": &s.Workflow, "signer": &s.Signer,
		"commit": &s.Commit, "event": &s.Event, "runner": &s.Runner, "visibility": &s.Visibility, "issuer": &s.Issuer, "san": &s.SAN,
		"slsa": &s.SLSA, "bundle": &s.Bundle, "rekor": &s.Rekor}
	numbers := map[string]*int64{"repo-id": &s.RepoID, "owner-id": &s.OwnerID, "run": &s.Run}
	for key, value := range spec {
		switch {
		case texts[key] != nil:
			*texts[key] = fmt.Sprint(value)
		case numbers[key] != nil:
			if _, err := fmt.Sscan(fmt.Sprint(value), numbers[key]); err != nil {
				return s, fmt.Errorf("attestations: %s: %v is no number", key, value)
			}
		default:
			if err := s.set(key, value); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

func (s *Story) set(key string, value any) error {
	if said, ok := value.(map[string]any); ok && key == "says" {
		s.Says = map[string]string{}
		for fact, told := range said {
			s.Says[fact] = fmt.Sprint(told)
		}
		return nil
	}
	on, isBool := value.(bool)
	if !isBool && key != "flaw" && key != "publish-flaw" {
		return fmt.Errorf("attestations: %s: %v not known", key, value)
	}
	var err error
	switch key {
	case "old":
		s.OldCert = on
	case "tsa":
		s.TSA = on
	case "provenance":
		s.NoProvenance = !on
	case "publish":
		s.NoPublish = !on
	case "flaw":
		s.Flaws, err = parseFlaws(value)
	case "publish-flaw":
		s.PublishFlaws, err = parseFlaws(value)
	default:
		err = fmt.Errorf("attestations: %s not known", key)
	}
	return err
}

func parseFlaws(value any) ([]Flaw, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []Flaw
	for _, v := range list {
		f := Flaw(fmt.Sprint(v))
		if !slices.Contains(allFlaws, f) {
			return nil, fmt.Errorf("attestations: no such flaw: %s", f)
		}
		out = append(out, f)
	}
	return out, nil
}

// filled gives the story with every default in its place.
func (s Story) filled(name string) Story {
	set := func(p *string, value string) {
		if *p == "" {
			*p = value
		}
	}
	set(&s.Repo, "example/"+name[strings.LastIndex(name, "/")+1:])
	set(&s.Ref, "refs/heads/main")
	set(&s.Event, "push")
	set(&s.Visibility, "public")
	sum := sha256.Sum256([]byte(s.Repo + " " + s.Ref))
	set(&s.Commit, hex.EncodeToString(sum[:20]))
	if s.CI == "gitlab" {
		set(&s.Workflow, ".gitlab-ci.yml")
		set(&s.Runner, "gitlab-hosted")
		set(&s.Issuer, "https://gitlab.com")
		set(&s.SAN, s.base()+"//"+s.Workflow+"@"+s.Ref)
		set(&s.SLSA, "0.2")
	}
	set(&s.Workflow, ".github/workflows/release.yml")
	set(&s.Runner, "github-hosted")
	set(&s.Issuer, "https://token.actions.githubusercontent.com")
	set(&s.Signer, s.Repo)
	set(&s.SAN, "https://github.com/"+s.Signer+"/"+s.Workflow+"@"+s.Ref)
	set(&s.SLSA, "1")
	set(&s.Rekor, "v1")
	return s.numbered()
}

func (s Story) numbered() Story {
	sum := sha256.Sum256([]byte(s.Repo))
	id := int64(binary.BigEndian.Uint32(sum[:4]))
	owner, _, _ := strings.Cut(s.Repo, "/")
	ownerSum := sha256.Sum256([]byte(owner))
	if s.RepoID == 0 {
		s.RepoID = id
	}
	if s.OwnerID == 0 {
		s.OwnerID = int64(binary.BigEndian.Uint32(ownerSum[:4])) / 8
	}
	if s.Run == 0 {
		s.Run = 10_000_000_000 + id
	}
	return s
}

// base is the repository's URL.
func (s Story) base() string {
	if s.CI == "gitlab" {
		return "https://gitlab.com/" + s.Repo
	}
	return "https://github.com/" + s.Repo
}

func (s Story) runURL() string {
	if s.CI == "gitlab" {
		return fmt.Sprintf("%s/-/jobs/%d", s.base(), s.Run)
	}
	return fmt.Sprintf("%s/actions/runs/%d/attempts/1", s.base(), s.Run)
}
