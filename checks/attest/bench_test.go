package attest_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
)

// benchmark sets: a real one where it is, else one of our own.
func benchPair(b *testing.B) (*attest.Verifier, attest.Subject, []byte) {
	b.Helper()
	s := newStage(b)
	raw, err := s.world.Response(s.artefact, attesttest.Story{Bundle: "0.2"})
	if err != nil {
		b.Fatal(err)
	}
	return s.verifier, s.subject, raw
}

func BenchmarkPair(b *testing.B) {
	v, of, raw := benchPair(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(of, raw).Provenance(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRealPair(b *testing.B) {
	needCorpus(b)
	v := verifier(b, builtin(b))
	of := subject(b, "sigstore", "2.3.1", "sha512-8G+/XDU8wNsJOQS5ysDVO0Etg9/2uA5gR9l4ZwijjlwxBcrU6RPfwi2+jJmbP+Ap1Hlp/nVAaEO4Fj22/SL2gQ==")
	raw := read(b, filepath.Join(corpus, "attestations/sigstore@2.3.1.json"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Verify(of, raw).Provenance(); err != nil {
			b.Fatal(err)
		}
	}
}

// 500 packages, two attestations each.
func Benchmark500Pairs(b *testing.B) {
	v, of, raw := benchPair(b)
	for _, workers := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			for b.Loop() {
				var wg sync.WaitGroup
				for range workers {
					wg.Go(func() {
						for range 500 / workers {
							if _, err := v.Verify(of, raw).Provenance(); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
			}
		})
	}
}

func BenchmarkSignature(b *testing.B) {
	s := newSignatures(b)
	signed := attest.Signed{Integrity: s.integrity, Claims: []attest.Claim{s.claim(b, s.world.Registry, s.integrity)}}
	for b.Loop() {
		if _, err := s.verifier.Signature(s.subject, signed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKept(b *testing.B) {
	v, of, raw := benchPair(b)
	cache := attest.NewCache(newMemory())
	cache.Put(v, of, v.Verify(of, raw), raw)
	for b.Loop() {
		if _, ok := cache.Verify(v, of); !ok {
			b.Fatal("not kept")
		}
	}
}

func BenchmarkSetup(b *testing.B) {
	for b.Loop() {
		verifier(b, builtin(b))
	}
}
