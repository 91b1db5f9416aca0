package checks

import (
	"fmt"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// longHistory is a package of n versions on ten lines.
func longHistory(n int) *registry.Packument {
	p := &registry.Packument{Name: "long", Registry: "https://registry.test/", Versions: map[string]*registry.Manifest{}, Time: map[string]time.Time{}}
	people := []registry.Person{{Name: "ann"}, {Name: "bob"}}
	deps := registry.Deps{{Name: "a", Value: "^1.0.0"}, {Name: "b", Value: "^1.0.0"}, {Name: "c", Value: "^1.0.0"}}
	for i := range n {
		v := fmt.Sprintf("%d.%d.0", i%10+1, i/10)
		p.Versions[v] = &registry.Manifest{Name: "long", Version: v, Dependencies: deps, Maintainers: people, NpmUser: &registry.Publisher{Person: people[0]}}
		p.Time[v] = testNow.Add(-time.Duration(n-i) * 20 * time.Hour)
	}
	return p
}

// BenchmarkItems asks all checks about 100 versions of a package of 1,500.
func BenchmarkItems(b *testing.B) {
	p := longHistory(1500)
	plan := &resolver.Plan{}
	for i := range 100 {
		plan.Items = append(plan.Items, itemOf("long", fmt.Sprintf("%d.%d.0", i%10+1, 140-i/10)))
	}
	for b.Loop() {
		r := Runner{Checks: All(), Policy: DefaultPolicy(), Packuments: shelfOf{"long": p}, Now: testNow}
		if _, err := r.Run(b.Context(), plan); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewHistory(b *testing.B) {
	p := longHistory(1500)
	for b.Loop() {
		NewHistory(p)
	}
}
