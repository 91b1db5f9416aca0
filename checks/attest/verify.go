package attest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// MaxRootAge is how old a trust root may be before an unknown log or key is
// put down to its age, and before its age is worth a line.
const MaxRootAge = 90 * 24 * time.Hour

// Verifier verifies with one Trust. It is safe for concurrent use; its zero
// value verifies nothing.
type Verifier struct {
	trust      *Trust
	now        time.Time
	provenance *verify.Verifier
	publish    map[string]*verify.Verifier // by registry; "" is any mirror
	identities []verify.PolicyOption
}

// NewVerifier makes a verifier. Now only tells whether the trust root is too
// old to know everything: what is verified holds or not at its own time.
func NewVerifier(t *Trust, now time.Time) (*Verifier, error) {
	if t == nil || t.root == nil {
		return nil, errors.New("no trust root to verify with")
	}
	v := &Verifier{trust: t, now: now, publish: map[string]*verify.Verifier{}}
	var err error
	v.provenance, err = verify.NewVerifier(t.root,
		verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1),
		verify.WithObserverTimestamps(1), // the log's own time, or an RFC 3161 one
		verify.WithoutStatementPredicate())
	if err != nil {
		return nil, fmt.Errorf("trust root: %w", err)
	}
	if v.identities, err = knownCI(); err != nil {
		return nil, err
	}
	for _, registry := range append([]string{""}, t.registries()...) {
		if v.publish[registry], err = t.publishVerifier(registry); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// knownCI is who may sign a provenance: workflows of GitHub Actions and
// pipelines of gitlab.com. An enterprise on github.com may have an issuer of
// its own under GitHub's. Matching is unanchored, hence ^ and $.
func knownCI() ([]verify.PolicyOption, error) {
	var out []verify.PolicyOption
	for _, ci := range [][2]string{
		{`^https://token\.actions\.githubusercontent\.com(/[A-Za-z0-9-]+)?$`, `^https://github\.com/[^/@]+/[^/@]+/\.github/workflows/[^@]+@.+$`},
		{`^https://gitlab\.com$`, `^https://gitlab\.com/[^@]+@.+$`},
	} {
		id, err := verify.NewShortCertificateIdentity("", ci[0], "", ci[1])
		if err != nil {
			return nil, fmt.Errorf("identity of a CI: %w", err)
		}
		out = append(out, verify.WithCertificateIdentity(id))
	}
	return out, nil
}

// Result is what the attestations of one artefact came to. Only Verify makes
// one; the zero value answers that nothing was looked at.
type Result struct {
	done       bool
	provenance *Provenance
	publish    *Publish
	provErr    error
	pubErr     error
	others     []string
}

var errNotLooked = errors.New("the attestations were not looked at")

// Provenance gives the verified provenance; or ErrNone, an *InvalidError, or
// an error that says why it could not be told.
func (r Result) Provenance() (*Provenance, error) {
	if !r.done {
		return nil, errNotLooked
	}
	return r.provenance, r.provErr
}

// Publish gives the registry's verified publish attestation, or an error as
// Provenance does.
func (r Result) Publish() (*Publish, error) {
	if !r.done {
		return nil, errNotLooked
	}
	return r.publish, r.pubErr
}

// Others are the predicate types of attestations of other kinds, which prove
// nothing here. Foreign text.
func (r Result) Others() []string { return r.others }

// Nothing is the Result where the registry has no attestations at all.
func Nothing() Result { return Result{done: true, provErr: ErrNone, pubErr: ErrNone} }

// Verify verifies an answer of GET /-/npm/v1/attestations/NAME@VERSION. Of
// each kind one attestation must verify and none may be false; several must
// tell the same story.
func (v *Verifier) Verify(s Subject, response []byte) Result {
	if v.trust == nil {
		return Result{}
	}
	entries, err := parseResponse(response)
	if err != nil {
		return Result{done: true, provErr: err, pubErr: err}
	}
	var provs answers[*Provenance]
	var pubs answers[*Publish]
	r := Result{done: true}
	for _, e := range entries {
		for _, k := range e.kinds() {
			switch k {
			case provenance:
				provs.add(guarded(func() (*Provenance, error) { return v.verifyProvenance(e, s) }))
			case publish:
				pubs.add(guarded(func() (*Publish, error) { return v.verifyPublish(e, s) }))
			case newerProvenance:
				provs.add(nil, fmt.Errorf("provenance %s: %w", quote(e.declared), ErrNewer))
			case newerPublish:
				pubs.add(nil, fmt.Errorf("publish attestation %s: %w", quote(e.declared), ErrNewer))
			case other:
				r.others = append(r.others, e.declared)
			}
		}
	}
	r.provenance, r.provErr = provs.settle((*Provenance).sameStory)
	r.publish, r.pubErr = pubs.settle(func(a, b *Publish) bool { return true })
	return r
}

// answers collects what the attestations of one kind came to.
type answers[T any] struct {
	good []T
	errs []error
}

func (a *answers[T]) add(good T, err error) {
	if err != nil {
		a.errs = append(a.errs, err)
		return
	}
	a.good = append(a.good, good)
}

// settle makes one answer of several: false beats true, true beats unknown.
func (a *answers[T]) settle(same func(T, T) bool) (T, error) {
	var none T
	for _, err := range a.errs {
		if _, ok := IsInvalid(err); ok {
			return none, err
		}
	}
	for _, g := range a.good {
		if !same(a.good[0], g) {
			return none, invalid(Contradiction, "%d attestations verify and name different sources", len(a.good))
		}
	}
	switch {
	case len(a.good) > 0:
		return a.good[0], nil
	case len(a.errs) > 0:
		return none, a.errs[0]
	}
	return none, ErrNone
}

// guarded turns a panic over a hostile bundle into «malformed».
func guarded[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			var none T
			out, err = none, &InvalidError{Reason: Malformed, Message: "the attestation cannot be read at all", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return f()
}

// check runs sigstore-go's verification of a loaded bundle, and puts its
// failure into our words.
func (v *Verifier) check(with *verify.Verifier, b *bundle.Bundle, policy verify.PolicyBuilder) (*verify.VerificationResult, error) {
	if with == nil {
		return nil, errNotLooked
	}
	r, err := with.Verify(b, policy)
	if err == nil {
		return r, nil
	}
	e := classify(err)
	if slices.Contains([]Reason{NotLogged, BadChain, NoTime}, e.Reason) && v.tooOldFor(b) {
		return nil, ErrTrustTooOld
	}
	return nil, e
}

// tooOldFor says that the bundle rests on logs of which the root knows none,
// and that the root is of an age where that may be its own fault.
func (v *Verifier) tooOldFor(b *bundle.Bundle) bool {
	return v.trust.Age(v.now) > MaxRootAge && !v.trust.knowsLogsOf(b)
}

// earliest is the first of the verified times of signing.
func earliest(r *verify.VerificationResult) time.Time {
	var t time.Time
	for _, ts := range r.VerifiedTimestamps {
		if t.IsZero() || ts.Timestamp.Before(t) {
			t = ts.Timestamp
		}
	}
	return t.UTC()
}

// RootAge is how old the trust root is.
func (v *Verifier) RootAge() time.Duration { return v.trust.Age(v.now) }
