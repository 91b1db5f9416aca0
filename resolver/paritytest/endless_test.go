package paritytest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpq/resolver/tree"
)

// displacing are seeds of worlds in which peers take one another's place for
// ever, in the tree or before, or a package's children come back to it as they
// are taken away; npm never ends there.
var displacing = []uint64{400, 441, 604}

// TestEnds: whatever the registry holds, gpq comes to an end, with a tree or
// with an error. Only gpq is asked. GPQ_WORLDS sets how many more worlds.
func TestEnds(t *testing.T) {
	n := npms(t)[0]
	list := displacing
	if os.Getenv("GPQ_WORLDS") != "" {
		from, to := seeds(t)
		for seed := from; seed < to; seed++ {
			list = append(list, seed)
		}
	}
	var slowest time.Duration
	for _, seed := range list {
		w := newWorld(seed)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(text(w.root)), 0o600); err != nil {
			t.Fatal(err)
		}
		o := base(n, dir)
		w.scene().ours(&o)
		start := time.Now()
		got := ours(o, tree.Deps{Source: w, Picker: newPicker(n)})
		took := time.Since(start)
		if slowest = max(slowest, took); took > 2*time.Minute {
			t.Errorf("world %d: %v, %q", seed, took, got.failed)
		}
		if took > 2*time.Second {
			t.Logf("world %d: %v, %q", seed, took.Round(time.Millisecond), got.output)
		}
	}
	t.Logf("%d worlds, the slowest took %v", len(list), slowest.Round(time.Millisecond))
}
