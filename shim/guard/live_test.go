package guard

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/store"
)

// TestLive compares with plain npm on the real registry, and prints the times.
// It needs the network: GPQ_LIVE=1.
func TestLive(t *testing.T) {
	if os.Getenv("GPQ_LIVE") != "1" {
		t.Skip("GPQ_LIVE=1 is not set: nothing is compared on the real registry")
	}
	kept, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	for version, npm := range npms(t) {
		for _, spec := range []string{"express", "eslint", "esbuild", "@babel/core"} {
			t.Run(version+"/"+spec, func(t *testing.T) {
				doer := fetch.New(fetch.Options{Store: kept, Now: time.Now})
				client := registry.New(doer, registry.Options{Store: kept, Fresh: time.Hour})
				g, err := Start(t.Context(), Options{Clear: list(nil), Source: client, Tarballs: Downloads{client},
					Admit: everything, Upstream: Upstream{Doer: doer, Registry: client.RegistryFor}})
				if err != nil {
					t.Fatal(err)
				}
				defer g.Close()
				plain := newPlace(t, npm, "cafile="+os.Getenv("SSL_CERT_FILE"))
				guarded := newPlace(t, npm)
				guarded.guard = g
				args := []string{"install", spec, "--ignore-scripts"}
				start := time.Now()
				plain.must(args...)
				alone := time.Since(start)
				start = time.Now()
				guarded.must(args...)
				first := time.Since(start)
				equal(t, plain, guarded)
				// Again, with what was checked already fetched, as it is when
				// npm starts.
				warm := newPlace(t, npm)
				warm.guard = g
				start = time.Now()
				warm.must(args...)
				t.Logf("same. plain npm %.2fs, guard cold %.2fs, guard warm %.2fs, %+v",
					alone.Seconds(), first.Seconds(), time.Since(start).Seconds(), g.Counts())
			})
		}
	}
}
