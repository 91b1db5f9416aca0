package checks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/storytest"
	"gpq/resolver"
	"gpq/resolver/registry"
)

// changed is a registry that serves one version otherwise than it is.
type changed struct {
	*storytest.World
	name string
	doc  *registry.Packument
}

func (c changed) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	if name == c.name {
		return c.doc, nil
	}
	return c.Client.Packument(ctx, name)
}

// TestOddFieldsSilenceNothing takes the attacks and has the packument lie: each
// field that the publisher sends is left out, or is of a wrong kind. Whatever
// it is, the attack is not let pass. What the registry itself stamps (time,
// publisher, digests, signatures, maintainers) cannot be changed by a publisher.
func TestOddFieldsSilenceNothing(t *testing.T) {
	stories, err := storytest.Load("../testdata/stories")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := storytest.NewSigner(storyNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		if s.Verdict != "block" || len(s.Malware) > 0 || strings.HasPrefix(s.Name, "S18") {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			w := storytest.Start(t, s, signer, storyNow)
			plan, err := w.Plan(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range plan.Items {
				if it.Named {
					everyField(t, w, plan, it.Package, s)
				}
			}
		})
	}
}

func everyField(t *testing.T, w *storytest.World, plan *resolver.Plan, p resolver.Package, s *storytest.Story) {
	t.Helper()
	raw, ok := w.Server.Packument(p.Name)
	if !ok {
		t.Fatalf("no %s", p.Name)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	version := doc["versions"].(map[string]any)[p.Version].(map[string]any)
	stamped := []string{"_npmUser", "dist", "maintainers", "name", "version", "_id", "_npmOperationalInternal"}
	for _, key := range slices.Sorted(maps.Keys(version)) {
		if slices.Contains(stamped, key) {
			continue
		}
		was := version[key]
		for _, odd := range []any{nil, "x", []any{}, map[string]any{}, 7} {
			if version[key] = odd; odd == nil {
				delete(version, key)
			}
			text, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := registry.Decode(text, p.Registry)
			if err != nil {
				continue // refused as a whole
			}
			r := checks.Runner{Checks: checks.All(), Policy: checks.DefaultPolicy(), Packuments: changed{w, p.Name, decoded}, Tarballs: w,
				Collectors: []checks.Collector{w.Proof(), weeklyOnly(s.Weekly)}, Now: storyNow}
			rep, err := r.Run(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if worstOf(rep) < checks.Warning {
				t.Errorf("%s of %s as %#v lets the attack pass", key, p.Name, odd)
			}
		}
		version[key] = was
	}
}

func worstOf(rep *checks.Report) checks.Severity {
	worst := checks.Unset
	for i := range rep.Items {
		worst = max(worst, rep.Items[i].Worst())
	}
	return worst
}

// TestManyRemoved has a document that tells of more removed versions within an
// hour than anybody publishes: they keep no check from its answer.
func TestManyRemoved(t *testing.T) {
	d := docs{}
	it := d.add(npmjs, "pkg", "ann@example.com")
	p := d["pkg"]
	p.Time["1.0.0"] = storyNow.AddDate(0, 0, -3)
	for i := range 60_000 {
		p.Time[fmt.Sprintf("%d.0.0", i+5)] = p.Time["1.0.0"].Add(time.Duration(i) * time.Millisecond)
	}
	r := checks.Runner{Checks: checks.All(), Policy: checks.DefaultPolicy(), Packuments: d, Now: storyNow}
	rep, err := r.Run(t.Context(), &resolver.Plan{Items: []resolver.Item{it}})
	if err != nil {
		t.Fatal(err)
	}
	checkItem(t, rep, "pkg@1.0.0", map[string]string{"release-burst": "warning: 60001 release lines"})
}
