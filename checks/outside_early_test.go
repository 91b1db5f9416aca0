package checks_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/resolver"
	"gpq/resolver/registry"
)

// patient gives no document before OSV was asked.
type patient struct {
	docs
	s *services
}

func (p patient) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	for {
		for _, r := range p.s.door.Seen() {
			if strings.Contains(r.URL, "querybatch") {
				return p.docs.Packument(ctx, name)
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestAdvisoriesBesideDocuments: what is known against the versions of a plan
// is asked while their documents are still to come, and its answer counts.
func TestAdvisoriesBesideDocuments(t *testing.T) {
	s := startServices(t)
	d := docs{}
	it := named(d.add(npmjs, "thing", "a@maker.com"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := checks.Runner{Checks: checks.All(), Policy: s.policy, Packuments: patient{d, s}, Collectors: []checks.Collector{s.outside()}, Now: storyNow}
	rep, err := r.Run(ctx, &resolver.Plan{Items: []resolver.Item{it}})
	s.domains.Wait()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, rep, 0, map[string]string{"malware": "clear", "vulnerable": "clear"})
}
