package checks

import (
	"context"
	"errors"
	"runtime"
	"time"

	"gpq/checks/attest"
	"gpq/resolver"
	"gpq/resolver/registry"
)

// ProofSource asks registries for what is to be verified; a *registry.Client
// is one. registry.ErrNotFound says that there is none.
type ProofSource interface {
	Attestations(ctx context.Context, registryURL, name, version, claimed string) ([]byte, error)
	Keys(ctx context.Context, registryURL string) ([]byte, error)
}

// TrustSource gives the trust of a run; an *attest.Keeper is one.
type TrustSource interface {
	Trust() *attest.Trust
	// Wait waits for a renewal under way, and says whether one succeeded.
	Wait(ctx context.Context) bool
}

// ProofCollector fills ProofFacts: it fetches the attestations of packages that
// claim some or did, as many earlier ones as a comparison takes, and verifies
// them beside the fetching.
type ProofCollector struct {
	Source ProofSource
	Trust  TrustSource
	Cache  attest.Cache
	Pins   attest.Pins
	Now    time.Time
	// Fetches bounds the requests at once; 0 is 16. Verifiers bounds the
	// verifications at once; 0 is one for each CPU.
	Fetches, Verifiers int

	changed changedKeys
}

const proofFetches = 16

// proofRun is one Collect.
type proofRun struct {
	*ProofCollector
	keys     map[string]registryKeys
	verifier *attest.Verifier
	cpu      chan struct{}
}

// Collect implements Collector.
func (c *ProofCollector) Collect(ctx context.Context, subjects []*Subject) {
	subjects = provable(subjects)
	run := &proofRun{ProofCollector: c, keys: c.registryKeys(ctx, subjects), cpu: make(chan struct{}, orDefault(c.Verifiers, runtime.GOMAXPROCS(0)))}
	trust := run.withKeys(c.Trust.Trust())
	v, err := attest.NewVerifier(trust, c.Now)
	if err != nil {
		for _, s := range subjects {
			s.Facts.Signature = Answered(attest.Signature{}, err)
			s.Facts.Attested = Answered(attest.Result{}, err)
		}
		return
	}
	run.verifier = v
	run.each(ctx, subjects)
	if again := strange(subjects); len(again) > 0 && c.Trust.Wait(ctx) {
		run.retry(ctx, again)
	}
	signs := map[string]bool{}
	for _, s := range subjects {
		if a := s.Facts.Signature; a.OK() && a.Value.Registry() != attest.NPM {
			signs[s.Registry] = true
		}
	}
	for _, s := range subjects {
		s.Facts.RegistrySigns = signs[s.Registry]
		s.Facts.RootAge = run.verifier.RootAge()
		s.Facts.RootOld = s.Facts.RootAge > attest.MaxRootAge
		s.Facts.KeysChanged = run.keys[s.Registry].change
	}
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// provable leaves out what is no artefact of a registry.
func provable(subjects []*Subject) []*Subject {
	var out []*Subject
	for _, s := range subjects {
		if _, none := s.noArtefact(); !none && s.Release != nil {
			out = append(out, s)
		}
	}
	return out
}

func (r *proofRun) each(ctx context.Context, subjects []*Subject) {
	each(len(subjects), orDefault(r.Fetches, proofFetches), func(i int) { r.one(ctx, subjects[i]) })
}

// retry looks again at what named a key or log that nobody knew, now that the
// trust was renewed.
func (r *proofRun) retry(ctx context.Context, again []*Subject) {
	v, err := attest.NewVerifier(r.withKeys(r.Trust.Trust()), r.Now)
	if err != nil {
		return
	}
	r.verifier = v
	r.each(ctx, again)
}

// strange gives the subjects for which a newer trust may answer otherwise.
func strange(subjects []*Subject) []*Subject {
	var out []*Subject
	for _, s := range subjects {
		errs := []error{s.Facts.Signature.Err, s.Facts.Attested.Err}
		if s.Facts.Attested.OK() {
			_, a := s.Facts.Attested.Value.Provenance()
			_, b := s.Facts.Attested.Value.Publish()
			errs = append(errs, a, b)
		}
		for _, err := range errs {
			if attest.MayBeNews(err) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// one finds out everything about one subject.
func (r *proofRun) one(ctx context.Context, s *Subject) {
	earlier := s.earlierAttested()
	if s.Manifest.Dist.Attestations != nil || len(earlier) > 0 {
		s.Facts.Attested = r.attested(ctx, s, s.Release, s.integrity())
	}
	s.Facts.Signature = r.signature(s)
	s.Facts.Earlier = nil
	p := s.Facts.Provenance()
	if p == nil {
		return
	}
	for _, w := range earlier {
		a := r.attested(ctx, s, w, resolver.Integrity(w.Manifest.Dist.Integrity))
		s.Facts.Earlier = append(s.Facts.Earlier, EarlierProof{Version: w.Version, Published: w.At, Attested: a})
		if q := proven(a); q != nil && sameBuild(p, q) {
			return // nothing more to learn
		}
	}
}

// integrity is the plan's; what has none there is held to the packument's,
// as npm holds it.
func (s *Subject) integrity() resolver.Integrity {
	if s.Integrity != "" {
		return s.Integrity
	}
	return resolver.Integrity(s.Manifest.Dist.Integrity)
}

const mostEarlier = 3

// earlierAttested gives the earlier versions that claim provenance and are to
// be compared with, at most three: those that are no longer young before the
// young ones, the own release line before others, the newest first.
func (s *Subject) earlierAttested() []*Release {
	var out []*Release
	take := func(from []*Release, line bool) {
		for i := len(from) - 1; i >= 0 && len(out) < mostEarlier; i-- {
			if w := from[i]; w.Rank >= RankProvenance && claimsProvenance(w) && (w.Line == s.Release.Line) == line {
				out = append(out, w)
			}
		}
	}
	settled := s.settled()
	take(settled, true)
	take(settled, false)
	if len(out) == 0 {
		known := s.History.known(s.Release)
		take(known, true)
		take(known, false)
	}
	return out
}

func claimsProvenance(r *Release) bool {
	a := r.Manifest.Dist.Attestations
	return a != nil && a.Provenance
}

// sameBuild says that source-changed has nothing to tell between two builds.
func sameBuild(p, q *attest.Provenance) bool {
	return moved(p, pastSource{Provenance: q}).Outcome != Flagged && p.Workflow() == q.Workflow() &&
		p.RefKind() == q.RefKind() && (p.RefKind() != "branch" || p.Ref() == q.Ref()) && signerOf(p) == signerOf(q)
}

// attested fetches and verifies the attestations of one version.
func (r *proofRun) attested(ctx context.Context, s *Subject, w *Release, integrity resolver.Integrity) Answer[attest.Result] {
	of, err := attest.NewSubject(s.Name, w.Version, s.Registry, string(integrity))
	if err != nil {
		return Answered(attest.Result{}, err)
	}
	if got, ok := r.Cache.Verify(r.verifier, of); ok {
		return Answered(got, nil)
	}
	claimed := ""
	if a := w.Manifest.Dist.Attestations; a != nil {
		claimed = a.URL
	}
	raw, err := r.Source.Attestations(ctx, s.Registry, s.Name, w.Version, claimed)
	if errors.Is(err, registry.ErrNotFound) {
		return Answered(attest.Nothing(), nil)
	}
	if err != nil {
		return Answered(attest.Result{}, err)
	}
	return Answered(r.verify(of, raw), nil)
}

func (r *proofRun) verify(of attest.Subject, raw []byte) attest.Result {
	r.cpu <- struct{}{}
	defer func() { <-r.cpu }()
	got := r.verifier.Verify(of, raw)
	r.Cache.Put(r.verifier, of, got, raw)
	return got
}

// signature verifies the registry's signature. A verified publish attestation
// gives the one signed time of publication.
func (r *proofRun) signature(s *Subject) Answer[attest.Signature] {
	dist := s.Manifest.Dist
	if len(dist.Signatures) == 0 {
		return Answered(attest.Signature{}, attest.ErrNone)
	}
	of, err := attest.NewSubject(s.Name, s.Version, s.Registry, string(s.integrity()))
	if err != nil {
		return Answered(attest.Signature{}, err)
	}
	signed := attest.Signed{Integrity: dist.Integrity}
	for _, c := range dist.Signatures {
		signed.Claims = append(signed.Claims, attest.Claim(c))
	}
	if p := s.Facts.Published(); p != nil {
		signed.Published = append(signed.Published, p.LogTime())
	}
	if s.Release.Dated {
		signed.Published = append(signed.Published, s.Release.At)
	}
	if ms := s.Manifest.TmpPublishedMS; ms > 0 {
		signed.Published = append(signed.Published, time.UnixMilli(ms))
	}
	got, err := r.verifier.Signature(of, signed)
	if errors.Is(err, attest.ErrNoKeys) && r.keys[s.Registry].err != nil {
		err = errors.Join(err, r.keys[s.Registry].err)
	}
	return Answered(got, err)
}
