package checks_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
	"gpq/resolver/registry"
)

// kept is an attest.Keep in memory.
type kept struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (k *kept) Get(area, key string, _ int64) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if data, ok := k.all[area+key]; ok {
		return data, nil
	}
	return nil, errors.New("not there")
}

func (k *kept) Put(area, key string, data []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string][]byte{}
	}
	k.all[area+key] = data
	return nil
}

// What a run has fits what the collector asks for.
var (
	_ checks.ProofSource = (*registry.Client)(nil)
	_ checks.TrustSource = (*attest.Keeper)(nil)
	_ checks.Collector   = (*checks.ProofCollector)(nil)
)

func TestChangedKeys(t *testing.T) {
	w := newProofWorld(t, attested(""))
	w.pins = attest.NewPins(&kept{})
	if f := w.findings("1.2.0")["signature"]; word(f) != "clear" {
		t.Fatalf("the first time: %s: %s", word(f), f.Message)
	}
	if f := w.findings("1.2.0")["signature"]; word(f) != "clear" {
		t.Fatalf("the second time: %s: %s", word(f), f.Message)
	}
	other, err := attesttest.New("other", storyNow.AddDate(-6, 0, 0), storyNow)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := other.KeysEndpoint()
	if err != nil {
		t.Fatal(err)
	}
	before, err := attest.ParseKeys(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.pins.Accept(w.server.URL, before); err != nil {
		t.Fatal(err)
	}
	for range 2 { // until somebody accepts it
		if f := w.findings("1.2.0")["signature"]; word(f) != "warning" || !strings.Contains(f.Message, "did not have") {
			t.Fatalf("other keys: %s: %s", word(f), f.Message)
		}
	}
	doc, err := w.client.Packument(t.Context(), "widget")
	if err != nil {
		t.Fatal(err)
	}
	col := w.collector()
	col.Collect(t.Context(), []*checks.Subject{subjectOf(doc, "1.2.0")})
	if err := col.AcceptKeys(); err != nil {
		t.Fatal(err)
	}
	if f := w.findings("1.2.0")["signature"]; word(f) != "clear" {
		t.Errorf("accepted: %s: %s", word(f), f.Message)
	}
}

// renewing has a trust that knows nothing, until it was waited for.
type renewing struct {
	old, new *attest.Trust
	waited   bool
	fails    bool
}

func (r *renewing) Trust() *attest.Trust {
	if r.waited && !r.fails {
		return r.new
	}
	return r.old
}

func (r *renewing) Wait(context.Context) bool {
	r.waited = true
	return !r.fails
}

func TestWaitsForNewTrust(t *testing.T) {
	w := newProofWorld(t, attested(""))
	old, err := attest.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := w.client.Packument(t.Context(), "widget")
	if err != nil {
		t.Fatal(err)
	}
	for _, fails := range []bool{false, true} {
		s := subjectOf(doc, "1.2.0")
		trust := &renewing{old: old, new: w.trust, fails: fails}
		col := w.collector()
		col.Trust = trust
		col.Collect(t.Context(), []*checks.Subject{s})
		if !trust.waited {
			t.Error("an unknown log, and nobody waited for the renewal")
		}
		if got := s.Facts.Provenance() != nil; got == fails {
			t.Errorf("renewal fails %v: proved %v", fails, got)
		}
	}
	trust := &renewing{old: w.trust, new: w.trust}
	col := w.collector()
	col.Trust = trust
	col.Collect(t.Context(), []*checks.Subject{subjectOf(doc, "1.2.0")})
	if trust.waited {
		t.Error("waited, with nothing unknown")
	}
}

func TestKeptProofs(t *testing.T) {
	w := newProofWorld(t, attested(""))
	w.cache = attest.NewCache(&kept{})
	if f := w.findings("1.2.0")["provenance"]; word(f) != "clear" {
		t.Fatalf("%s: %s", word(f), f.Message)
	}
	before := len(w.server.Log("*attestations*"))
	got := w.findings("1.2.0")
	for _, id := range []checks.ID{"provenance", "publish-attestation", "source-changed"} {
		if word(got[id]) != "clear" {
			t.Errorf("from the cache: %s: %s", id, got[id].Message)
		}
	}
	if n := len(w.server.Log("*attestations*")); before == 0 || n != before {
		t.Errorf("asked again for what is kept: %d, then %d requests", before, n)
	}
}

// Collect ends with its context; what is not known then is unknown.
func TestCollectEnds(t *testing.T) {
	w := newProofWorld(t, attested(""))
	doc, err := w.client.Packument(t.Context(), "widget")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := subjectOf(doc, "1.2.0")
	w.collector().Collect(ctx, []*checks.Subject{s})
	if s.Facts.Provenance() != nil || s.Facts.Attested.OK() {
		t.Errorf("%+v", s.Facts.Attested)
	}
}
