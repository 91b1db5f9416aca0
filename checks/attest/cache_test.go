package attest_test

import (
	"bytes"
	"reflect"
	"testing"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
	"gpq/resolver/store"
)

// The store that a run has is a Keep.
var _ attest.Keep = (*store.Store)(nil)

func TestCache(t *testing.T) {
	s := newStage(t)
	keep := newMemory()
	cache := attest.NewCache(keep)
	raw, err := s.world.Response(s.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := cache.Verify(s.verifier, s.subject); ok {
		t.Fatal("something in an empty cache")
	}
	fresh := s.verifier.Verify(s.subject, raw)
	cache.Put(s.verifier, s.subject, fresh, raw)
	kept, ok := cache.Verify(s.verifier, s.subject)
	if !ok || !reflect.DeepEqual(kept, fresh) {
		t.Errorf("kept %+v\nfresh %+v", kept, fresh)
	}
	other := subject(t, "@acme/left-pad", "1.2.3", integrityOf(bytes.Repeat([]byte{1}, 64)))
	if _, ok := cache.Verify(s.verifier, other); ok {
		t.Error("one artefact's result for another")
	}
	elsewhere, err := attest.NewSubject("@acme/left-pad", "1.2.3", mirror, integrityOf(s.artefact.SHA512))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := cache.Verify(s.verifier, elsewhere); ok {
		t.Error("one registry's result for another")
	}
	// another registry's keys change nothing
	own, err := attest.ParseKeys(read(t, "testdata/synthetic/keys.endpoint.json"))
	if err != nil {
		t.Fatal(err)
	}
	writes := keep.writes
	if _, ok := cache.Verify(verifier(t, s.trust.WithKeys(mirror, own)), s.subject); !ok || keep.writes != writes {
		t.Error("verified anew for another registry's keys")
	}
	// another trust verifies anew what is kept, without the network
	r, ok := cache.Verify(verifier(t, builtin(t)), s.subject)
	if _, err := r.Provenance(); !ok || reason(err) == "" {
		t.Errorf("kept from a world that is not trusted any more: %v, %v", ok, err)
	}
	keep.damage()
	if _, ok := cache.Verify(s.verifier, s.subject); ok {
		t.Error("took a damaged record")
	}
}

func TestCacheKeepsOnlyWhatHolds(t *testing.T) {
	s := newStage(t)
	for name, c := range map[string]struct {
		story attesttest.Story
		kept  bool
	}{
		"both verified":           {attesttest.Story{}, true},
		"no publish attestation":  {attesttest.Story{NoPublish: true}, true},
		"no provenance":           {attesttest.Story{NoProvenance: true}, false},
		"false provenance":        {attesttest.Story{Flaws: []attesttest.Flaw{attesttest.BadSignature}}, false},
		"false publish":           {attesttest.Story{PublishFlaws: []attesttest.Flaw{attesttest.UnknownKey}}, false},
		"newer than this program": {attesttest.Story{Flaws: []attesttest.Flaw{attesttest.NewerFormat}}, false},
	} {
		cache := attest.NewCache(newMemory())
		raw, err := s.world.Response(s.artefact, c.story)
		if err != nil {
			t.Fatal(err)
		}
		cache.Put(s.verifier, s.subject, s.verifier.Verify(s.subject, raw), raw)
		if _, ok := cache.Verify(s.verifier, s.subject); ok != c.kept {
			t.Errorf("%s: kept %v", name, ok)
		}
	}
	cache := attest.NewCache(newMemory())
	cache.Put(s.verifier, s.subject, attest.Nothing(), nil)
	cache.Put(s.verifier, s.subject, attest.Result{}, nil)
	if _, ok := cache.Verify(s.verifier, s.subject); ok {
		t.Error("kept nothing at all")
	}
}
