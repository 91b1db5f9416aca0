package resolver

import (
	"slices"
	"sync"
	"testing"
)

// TestChosen: what is told early is what the plan then has for this machine,
// with its tarball; and no peer, for which
// another may stand in.
func TestChosen(t *testing.T) {
	s := shelve("a@1.0.0 b@^1.0.0 optional:mac@1 peer:c@1", "b@1.0.0", "b@1.1.0", "c@1.0.0", "mac@1.0.0 os:darwin")
	var mu sync.Mutex
	var told []string
	r := New(Settings{Source: s, Chosen: func(p Package) {
		mu.Lock()
		defer mu.Unlock()
		if p.Tarball == "" || p.Integrity == "" || p.Registry == "" {
			t.Errorf("%+v", p)
		}
		told = append(told, p.Name+"@"+p.Version)
	}})
	q := request(project(t, map[string]string{"package.json": "{}"}), "a")
	plan, err := r.Resolve(t.Context(), q)
	if err != nil || plan.Failure != nil {
		t.Fatal(err, plan)
	}
	slices.Sort(told)
	told = slices.Compact(told)
	var want []string
	for _, it := range plan.Items {
		if !it.Inert && it.Name != "c" { // a peer may come another way
			want = append(want, it.Name+"@"+it.Version)
		}
	}
	slices.Sort(want)
	if !slices.Equal(told, want) || len(want) != 2 {
		t.Errorf("told %v, the plan has %v", told, want)
	}
	told, q.Options.PackageLockOnly = nil, true
	if _, err := r.Resolve(t.Context(), q); err != nil || told != nil {
		t.Errorf("nothing will be fetched: %v %v", told, err)
	}
}
