package tree

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// wild is a registry of one version each.
type wild map[string]*registry.Manifest

func (w wild) Packument(_ context.Context, name string) (*registry.Packument, error) {
	m := w[name]
	if m == nil {
		return nil, errors.New("no " + name)
	}
	return &registry.Packument{Name: name, DistTags: map[string]string{"latest": "1.0.0"}, Order: []string{"1.0.0"},
		Versions: map[string]*registry.Manifest{"1.0.0": m}}, nil
}

type onlyVersion struct{}

func (onlyVersion) Pick(p *registry.Packument, _ *spec.Spec, _ PickOptions) (*registry.Manifest, error) {
	return p.Versions["1.0.0"], nil
}

func depsOn(n int, name func(int) string) (out registry.Deps) {
	for i := range n {
		out = append(out, registry.Dep{Name: name(i), Value: "*"})
	}
	return out
}

// TestEffort: worlds that would take for ever, or all memory, have an end that
// says so.
func TestEffort(t *testing.T) {
	p := func(i int) string { return fmt.Sprintf("p%d", i) }
	for name, make := range map[string]func(wild){
		// every way through the peers is tried
		"peers of one another": func(w wild) {
			for i := range 24 {
				w[p(i)] = &registry.Manifest{Name: p(i), Version: "1.0.0", PeerDependencies: depsOn(24, p)}
			}
		},
		// a thousand edges for each of a thousand nodes, and for all that is tried
		"everything needs everything": func(w wild) {
			for i := range 1000 {
				w[p(i)] = &registry.Manifest{Name: p(i), Version: "1.0.0", Dependencies: depsOn(1000, func(k int) string { return p((i + k) % 1000) })}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := wild{}
			make(w)
			began := time.Now()
			_, err := Build(context.Background(), Options{Path: t.TempDir(), NPM: "11.0.0", Node: "22.0.0", OS: "linux", CPU: "x64",
				Package: &Pkg{Dependencies: depsOn(1, p)}}, Deps{Source: w, Picker: onlyVersion{}})
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			t.Logf("%v, %d MB: %v", time.Since(began).Round(time.Millisecond), m.Sys>>20, err)
			if !errors.Is(err, ErrEndless) {
				t.Errorf("got %v", err)
			}
			if m.Sys > 1<<30 {
				t.Errorf("%d MB in use", m.Sys>>20)
			}
		})
	}
}
