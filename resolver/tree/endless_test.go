package tree

import (
	"testing"
	"time"

	"gpq/resolver/registry"
)

// TestManyDependencies: what a package lists is put in order in the time of
// its length, not of its square.
func TestManyDependencies(t *testing.T) {
	deps := make(registry.Deps, 0, 200_000)
	for i := range cap(deps) {
		deps = append(deps, registry.Dep{Name: "d" + string(rune('a'+i%26)) + time.Duration(i).String(), Value: "*"})
	}
	began := time.Now()
	got := fromManifest(&registry.Manifest{Name: "a", Version: "1.0.0", Dependencies: deps, OptionalDependencies: deps[:100_000]}, "https://r.test/")
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %s", took)
	}
	if len(got.Dependencies) != 100_000 || got.Dependencies[0].Name != deps[100_000].Name {
		t.Errorf("%d dependencies, the first is %v", len(got.Dependencies), got.Dependencies[0])
	}
}

// TestJSOrder: array indexes first, the later value at the earlier place, also
// where there are many.
func TestJSOrder(t *testing.T) {
	for _, n := range []int{0, 2 * manyDeps} {
		deps := registry.Deps{{Name: "b", Value: "1"}, {Name: "7", Value: "2"}, {Name: "b", Value: "3"}}
		for i := range n {
			deps = append(deps, registry.Dep{Name: "x" + time.Duration(i).String(), Value: "*"})
		}
		got := jsOrder(deps)
		if len(got) != n+2 || got[0].Name != "7" || got[1].Name != "b" || got[1].Value != "3" {
			t.Errorf("%d more: %v", n, got[:2])
		}
	}
}
