package attest

import (
	"strings"
	"time"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// Provenance is who built an artefact, from what and where: what Sigstore's
// authority wrote into the certificate on the strength of the CI's own token.
// Only Verifier makes one. Texts are foreign: escape them on the way out.
type Provenance struct{ f facts }

// facts is Provenance as it is kept in the cache.
type facts struct {
	Issuer, SAN              string
	Repository, RepositoryID string
	Owner, OwnerID           string
	Commit, Ref              string
	Config, Signer           string
	Event, Runner, Run       string
	Visibility               string
	Predicate, Bundle        string
	Entry                    place
	LogTime                  time.Time
	Disagreements            []string `json:",omitempty"`
}

// Issuer is the identity provider: IssuerGitHub or IssuerGitLab, or an
// enterprise's own one under the former.
func (p *Provenance) Issuer() string { return p.f.Issuer }

// CI is the builder's name for people.
func (p *Provenance) CI() string {
	if p.f.Issuer == IssuerGitLab {
		return "GitLab CI"
	}
	return "GitHub Actions"
}

// SAN is the certificate's subject: the workflow that signed, with its ref.
func (p *Provenance) SAN() string { return p.f.SAN }

// Repository is the URL of the source repository.
func (p *Provenance) Repository() string { return p.f.Repository }

// RepositoryID is the number of the source repository at its host; "" in
// certificates before 2023-03.
func (p *Provenance) RepositoryID() string { return p.f.RepositoryID }

// Owner is the URL of the repository's owner; "" in old certificates.
func (p *Provenance) Owner() string { return p.f.Owner }

// OwnerID is the number of the owner at the host; "" in old certificates.
func (p *Provenance) OwnerID() string { return p.f.OwnerID }

// Commit is the digest of the commit that was built.
func (p *Provenance) Commit() string { return p.f.Commit }

// Ref is the git ref that was built: refs/heads/main, refs/tags/v1.
func (p *Provenance) Ref() string { return p.f.Ref }

// RefKind is "branch", "tag", "pull request" or "".
func (p *Provenance) RefKind() string {
	for prefix, kind := range map[string]string{"refs/heads/": "branch", "refs/tags/": "tag", "refs/pull/": "pull request", "refs/merge-requests/": "pull request"} {
		if strings.HasPrefix(p.f.Ref, prefix) {
			return kind
		}
	}
	return ""
}

// Workflow is the path of the workflow file in the source repository, the
// caller's where a reusable one signed; "" where the certificate does not say.
func (p *Provenance) Workflow() string {
	if path, ok := within(p.f.Config, p.f.Repository); ok {
		return path
	}
	if path, ok := within(p.f.Signer, p.f.Repository); ok && p.f.Config == "" {
		return path
	}
	return ""
}

// Signer is the workflow that signed, as a URL with its ref. A reusable
// workflow may be of another repository than the source.
func (p *Provenance) Signer() string { return p.f.Signer }

// Reusable says that the signing workflow is of another repository than the
// source, which is legitimate.
func (p *Provenance) Reusable() bool {
	_, own := within(p.f.Signer, p.f.Repository)
	return p.f.Signer != "" && p.f.Repository != "" && !own
}

// Event is what started the build: push, release, workflow_dispatch, ….
func (p *Provenance) Event() string { return p.f.Event }

// Runner is where it ran: github-hosted, self-hosted, …; "" in old
// certificates.
func (p *Provenance) Runner() string { return p.f.Runner }

// Run is the URL of the build's run; "" in old certificates.
func (p *Provenance) Run() string { return p.f.Run }

// Visibility is the repository's at signing: public, private, internal or "".
func (p *Provenance) Visibility() string { return p.f.Visibility }

// LogTime is the first verified time at which the signature existed, in UTC.
func (p *Provenance) LogTime() time.Time { return p.f.LogTime }

// LogIndex is the entry's number in the transparency log, or -1.
func (p *Provenance) LogIndex() int64 { return p.f.Entry.Index }

// Log is the base URL of the transparency log; "" where there are several
// entries.
func (p *Provenance) Log() string { return p.f.Entry.Log }

// EntryKind is the log entry's kind and version: «dsse 0.0.1».
func (p *Provenance) EntryKind() string { return p.f.Entry.Kind }

// PredicateType is the signed predicate type.
func (p *Provenance) PredicateType() string { return p.f.Predicate }

// Disagreements are where the build's own account of itself differs from the
// certificate, one line each. Foreign text, quoted.
func (p *Provenance) Disagreements() []string { return p.f.Disagreements }

// sameStory says that two provenances name one source.
func (p *Provenance) sameStory(q *Provenance) bool {
	return p.f.Issuer == q.f.Issuer && p.f.Repository == q.f.Repository && p.f.RepositoryID == q.f.RepositoryID &&
		p.f.Commit == q.f.Commit && p.f.Event == q.f.Event && p.f.Runner == q.f.Runner
}

// within cuts «REPOSITORY/path@ref» or «REPOSITORY//path@ref» down to path; ok
// is false where it is of another repository.
func within(uri, repository string) (string, bool) {
	if repository == "" {
		return "", false
	}
	uri, _, _ = strings.Cut(uri, "@")
	if strings.EqualFold(uri, repository) { // GitLab, before mid 2023
		return "", true
	}
	if len(uri) <= len(repository) || !strings.EqualFold(uri[:len(repository)], repository) || uri[len(repository)] != '/' {
		return "", false
	}
	return strings.TrimLeft(uri[len(repository):], "/"), true
}

func (v *Verifier) verifyProvenance(e entry, s Subject) (*Provenance, error) {
	b, err := load(e.bundle)
	if err != nil {
		return nil, err
	}
	policy := verify.NewPolicy(verify.WithArtifactDigest("sha512", s.sha512), v.identities...)
	r, err := v.check(v.provenance, b, policy)
	if e, ok := IsInvalid(err); ok && e.Reason == RetiredKey {
		e.Reason = BadChain // a certificate's time, no key's
	}
	if err != nil {
		return nil, err
	}
	st, err := parseStatement(b.GetDsseEnvelope().GetPayload())
	if err != nil {
		return nil, err
	}
	if err := st.labelled(e); err != nil {
		return nil, err
	}
	if err := st.about(s); err != nil {
		return nil, err
	}
	p := &Provenance{f: factsOf(r.Signature.Certificate)}
	p.f.LogTime, p.f.Predicate = earliest(r), st.PredicateType
	p.f.Entry = v.trust.logged(b)
	p.f.Bundle, _ = b.Version()
	p.f.Disagreements = st.disagreements(p.f)
	return p, nil
}

// factsOf reads the certificate. Before 2023-03 it had only the first six
// extensions, which name the repository without its host.
func factsOf(c *certificate.Summary) facts {
	f := facts{Issuer: c.Issuer, SAN: c.SubjectAlternativeName,
		Repository: c.SourceRepositoryURI, RepositoryID: c.SourceRepositoryIdentifier,
		Owner: c.SourceRepositoryOwnerURI, OwnerID: c.SourceRepositoryOwnerIdentifier,
		Commit: first(c.SourceRepositoryDigest, c.GithubWorkflowSHA), Ref: first(c.SourceRepositoryRef, c.GithubWorkflowRef), //nolint:staticcheck // old certificates
		Config: c.BuildConfigURI, Signer: first(c.BuildSignerURI, c.SubjectAlternativeName),
		Event: first(c.BuildTrigger, c.GithubWorkflowTrigger), Runner: c.RunnerEnvironment, //nolint:staticcheck // old certificates
		Run: c.RunInvocationURI, Visibility: c.SourceRepositoryVisibilityAtSigning}
	if f.Repository == "" && c.GithubWorkflowRepository != "" { //nolint:staticcheck // old certificates
		f.Repository = "https://github.com/" + c.GithubWorkflowRepository //nolint:staticcheck // old certificates
	}
	return f
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
