package registry

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gpq/resolver/fetch"
	"gpq/resolver/store"
)

// TestLive asks the real registry for some thousand packages that depend on
// each other, and tells what they cost. Only by hand: GPQ_LIVE names the
// packages to begin with.
func TestLive(t *testing.T) {
	roots := os.Getenv("GPQ_LIVE")
	if roots == "" {
		t.Skip("SKIPPED: GPQ_LIVE names no packages; the real registry is not asked")
	}
	dir := os.Getenv("GPQ_LIVE_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := fetch.New(fetch.Options{Store: s, Now: time.Now})
	c := New(f, Options{Fresh: time.Hour})
	before, start := heap(), time.Now()
	w := walk{t: t, c: c, seen: map[string]bool{}, limit: 1000}
	for _, name := range strings.Fields(roots) {
		w.add(name)
	}
	w.wg.Wait()
	took, kept := time.Since(start), heap()-before
	t.Logf("%d packages, %d versions, %v, %.1f MB kept, %+v", len(w.seen), w.versions, took, float64(kept)/1e6, f.Stats())
	runtime.KeepAlive(c)
}

type walk struct {
	t        *testing.T
	c        *Client
	mu       sync.Mutex
	wg       sync.WaitGroup
	seen     map[string]bool
	limit    int
	versions int
}

func (w *walk) add(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[name] || len(w.seen) >= w.limit {
		return
	}
	w.seen[name] = true
	w.wg.Go(func() {
		p, err := w.c.Packument(context.Background(), name)
		if err != nil {
			w.t.Log(err)
			return
		}
		w.mu.Lock()
		w.versions += len(p.Versions)
		w.mu.Unlock()
		if m := p.Versions[p.DistTags["latest"]]; m != nil {
			for _, d := range m.Dependencies {
				w.add(d.Name)
			}
		}
	})
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // far below
}
