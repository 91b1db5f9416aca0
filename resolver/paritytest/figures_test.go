package paritytest

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// slow answers as a registry at some distance does.
type slow struct {
	*world
	delay time.Duration
}

func (s slow) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.world.Packument(ctx, name)
}

// TestFigures measures resolutions over the recorded registry, at once and at
// 40 ms a request, 64 at a time.
func TestFigures(t *testing.T) {
	if os.Getenv("GPQ_FIGURES") == "" {
		t.Skip("GPQ_FIGURES is not set: nothing is measured")
	}
	w := snapshot(t)
	n := npm{version: "11.19.1", node: "20.20.2"}
	for _, spec := range []string{"express", "next", "eslint", "@angular/cli", "jest", "nuxt", "react-scripts"} {
		var took [2]time.Duration
		var nodes int
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i, d := range []time.Duration{0, 40 * time.Millisecond} {
			o := base(n, t.TempDir())
			o.Add = strings.Fields(spec)
			start := time.Now()
			nodes = len(ours(o, tree.Deps{Source: slow{w, d}, Picker: newPicker(n)}).layout)
			took[i] = time.Since(start)
		}
		runtime.ReadMemStats(&after)
		t.Logf("%s: %d nodes, %v at once, %v at 40 ms a request, %d MB allocated", spec, nodes,
			took[0].Round(time.Millisecond), took[1].Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>21)
	}
}
