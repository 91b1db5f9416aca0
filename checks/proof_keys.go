package checks

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"gpq/checks/attest"
)

// registryKeys is what came of asking a registry for its own keys.
type registryKeys struct {
	set    attest.KeySet
	change attest.KeyChange
	err    error
}

// registryKeys asks every registry but npm's for its keys, where it signs with
// others than npm's: a mirror that passes npm's signatures on is not asked.
func (c *ProofCollector) registryKeys(ctx context.Context, subjects []*Subject) map[string]registryKeys {
	trust := c.Trust.Trust()
	wanted := map[string]bool{}
	for _, s := range subjects {
		if !isNPM(s.Registry) && trust.NeedsKeysOf(s.Registry) && ownKeys(trust, s) {
			wanted[s.Registry] = true
		}
	}
	var bases []string
	for base := range wanted {
		bases = append(bases, base)
	}
	out := make([]registryKeys, len(bases))
	each(len(bases), proofFetches, func(i int) { out[i] = c.keysOf(ctx, bases[i]) })
	byBase := map[string]registryKeys{}
	for i, base := range bases {
		byBase[base] = out[i]
	}
	return byBase
}

// ownKeys says that a subject's signatures, or those of its attestations, may
// be by keys of its own registry.
func ownKeys(trust *attest.Trust, s *Subject) bool {
	for _, sig := range s.Manifest.Dist.Signatures {
		if !trust.IsNPMKey(sig.KeyID) {
			return true
		}
	}
	return len(s.Manifest.Dist.Signatures) == 0 && s.Manifest.Dist.Attestations != nil
}

func (c *ProofCollector) keysOf(ctx context.Context, base string) registryKeys {
	raw, err := c.Source.Keys(ctx, base)
	if err != nil {
		return registryKeys{err: err}
	}
	set, err := attest.ParseKeys(raw)
	if err != nil {
		return registryKeys{err: fmt.Errorf("%s: %w", base, err)}
	}
	change, err := c.Pins.Check(base, set)
	if err != nil {
		change = attest.KeyChange{} // it could not be pinned: the next run tries again
	}
	if change.Changed() {
		c.changed.put(base, set)
	}
	return registryKeys{set: set, change: change}
}

func (r *proofRun) withKeys(t *attest.Trust) *attest.Trust {
	for base, k := range r.keys {
		if k.err == nil {
			t = t.WithKeys(base, k.set)
		}
	}
	return t
}

// changedKeys collects the key changes of a run.
type changedKeys struct {
	mu  sync.Mutex
	all map[string]attest.KeySet
}

func (k *changedKeys) put(base string, set attest.KeySet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]attest.KeySet{}
	}
	k.all[base] = set
}

// AcceptKeys pins the changed keys of every registry that Collect met, in
// place of those known before. Call it once the run was let through: until
// then every run warns.
func (c *ProofCollector) AcceptKeys() error {
	c.changed.mu.Lock()
	defer c.changed.mu.Unlock()
	var errs []error
	for base, set := range c.changed.all {
		errs = append(errs, c.Pins.Accept(base, set))
	}
	c.changed.all = nil
	return errors.Join(errs...)
}
