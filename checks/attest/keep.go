package attest

import (
	"errors"

	"github.com/go-json-experiment/json"
)

// Keep is where small state stays between runs, safe to delete at any time;
// a *store.Store is one.
type Keep interface {
	// Get gives at most maxBytes of an entry; a missing one is an error.
	Get(area, key string, maxBytes int64) ([]byte, error)
	Put(area, key string, data []byte) error
}

// Cache keeps what was verified, for ever: by registry, name, version and
// digest. The answer itself is kept beside, so that another trust verifies it
// anew without the network. Its zero value keeps nothing.
type Cache struct {
	keep Keep
}

// NewCache keeps results in k; nil keeps none.
func NewCache(k Keep) Cache { return Cache{k} }

const (
	proofArea = "proofs"
	maxRecord = MaxResponse*2 + 64<<10
)

// record is one verified result.
type record struct {
	Trust      string     `json:"trust"` // what it was verified with
	Key        string     `json:"key"`
	Provenance *facts     `json:"provenance,omitempty"`
	Publish    *published `json:"publish,omitempty"`
	Others     []string   `json:"others,omitempty"`
	Response   []byte     `json:"response"`
}

func (s Subject) cacheKey() string {
	return "2 " + s.registry + " " + s.purl() + " " + string(s.sha512)
}

// Verify gives what is kept for a subject, verified anew where the trust has
// changed. ok is false where nothing is kept.
func (c Cache) Verify(v *Verifier, s Subject) (r Result, ok bool) {
	if c.keep == nil || v.trust == nil || len(s.sha512) == 0 {
		return Result{}, false
	}
	data, err := c.keep.Get(proofArea, s.cacheKey(), maxRecord)
	if err != nil {
		return Result{}, false
	}
	var kept record
	if json.Unmarshal(data, &kept) != nil || kept.Key != s.purl() {
		return Result{}, false
	}
	if kept.Trust != v.trust.digestFor(s.registry) {
		r := v.Verify(s, kept.Response)
		c.Put(v, s, r, kept.Response)
		return r, true
	}
	return kept.result(), true
}

func (k record) result() Result {
	r := Result{done: true, provErr: ErrNone, pubErr: ErrNone, others: k.Others}
	if k.Provenance != nil {
		r.provenance, r.provErr = &Provenance{f: *k.Provenance}, nil
	}
	if k.Publish != nil {
		r.publish, r.pubErr = &Publish{f: *k.Publish}, nil
	}
	return r
}

// Put keeps a result whose provenance was verified, and whose publish
// attestation was verified or absent. Anything else may be another thing
// tomorrow, and is not kept. That it could not be kept is no error: it is
// looked at again.
func (c Cache) Put(v *Verifier, s Subject, r Result, response []byte) {
	settled := r.done && r.provErr == nil && (r.pubErr == nil || errors.Is(r.pubErr, ErrNone))
	if c.keep == nil || !settled {
		return
	}
	kept := record{Trust: v.trust.digestFor(s.registry), Key: s.purl(), Provenance: &r.provenance.f, Others: r.others, Response: response}
	if r.publish != nil {
		kept.Publish = &r.publish.f
	}
	data, err := json.Marshal(kept)
	if err != nil || len(data) > maxRecord {
		return
	}
	_ = c.keep.Put(proofArea, s.cacheKey(), data)
}
