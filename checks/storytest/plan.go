package storytest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

// planner picks versions as simply as a story needs it: the tag latest where
// it fits, else the highest that does.
type planner struct {
	world *World
	story *Story
	plan  *resolver.Plan
	seen  map[string]bool
}

// Plan makes the plan of a story's request.
func (w *World) Plan(ctx context.Context, s *Story) (*resolver.Plan, error) {
	p := &planner{world: w, story: s, plan: &resolver.Plan{Request: resolver.Request{Specs: s.Install}}, seen: map[string]bool{}}
	for _, raw := range s.Install {
		name, rng := cutSpec(raw)
		if err := p.add(ctx, name, rng, nil); err != nil {
			return nil, err
		}
	}
	for name, version := range s.Locked {
		if slices.ContainsFunc(p.plan.Items, func(it resolver.Item) bool { return it.Name == name }) {
			continue // replaced
		}
		if err := p.add(ctx, name, version, []string{"(lockfile)"}); err != nil {
			return nil, err
		}
	}
	for _, name := range s.Workspaces {
		p.plan.Items = append(p.plan.Items, resolver.Item{Package: resolver.Package{Name: name, Version: "1.0.0"}, Direct: true, Change: resolver.Unchanged,
			Locked: &resolver.Locked{Path: name, Link: true}})
	}
	sort.SliceStable(p.plan.Items, func(i, j int) bool { return p.plan.Items[i].Name < p.plan.Items[j].Name })
	return p.plan, nil
}

func cutSpec(raw string) (name, rng string) {
	if i := strings.LastIndex(raw, "@"); i > 0 {
		return raw[:i], raw[i+1:]
	}
	return raw, ""
}

func (p *planner) add(ctx context.Context, name, rng string, via []string) error {
	if rest, ok := strings.CutPrefix(rng, "npm:"); ok {
		name, rng = cutSpec(rest)
	}
	doc, err := p.world.Client.Packument(ctx, name)
	if err != nil {
		return err
	}
	version := choose(doc, rng)
	if version == "" {
		return fmt.Errorf("no version of %s fits %q", name, rng)
	}
	if p.seen[name+"@"+version] {
		return nil
	}
	p.seen[name+"@"+version] = true
	m := doc.Versions[version]
	via = append(append([]string{}, via...), name)
	it := resolver.Item{
		Package: resolver.Package{Name: name, Version: version, Registry: doc.Registry, Tarball: m.Dist.Tarball, Integrity: resolver.Integrity(m.Dist.Integrity)},
		Specs:   []spec.Spec{{Raw: name + "@" + rng, Kind: spec.Range, Name: name, Range: rng}},
		Via:     [][]string{via}, Direct: len(via) == 1, Named: len(via) == 1,
	}
	p.before(&it)
	p.plan.Items = append(p.plan.Items, it)
	return p.dependencies(ctx, m, it.Package, via)
}

// before says how the item stands to the lockfile.
func (p *planner) before(it *resolver.Item) {
	held, ok := p.story.Locked[it.Name]
	switch {
	case !ok:
	case held == it.Version:
		it.Change, it.Named, it.Direct = resolver.Unchanged, false, true
		it.Previous = &it.Package
	default:
		it.Change = resolver.Updated
		it.Previous = &resolver.Package{Name: it.Name, Version: held, Registry: it.Registry}
	}
}

func (p *planner) dependencies(ctx context.Context, m *registry.Manifest, by resolver.Package, via []string) error {
	optional := map[string]bool{}
	for _, d := range m.OptionalDependencies {
		optional[d.Name] = true
	}
	all := append(append(registry.Deps{}, m.Dependencies...), m.OptionalDependencies...)
	all = append(all, m.PeerDependencies...)
	for _, d := range all {
		if strings.ContainsAny(strings.TrimPrefix(d.Value, "npm:"), ":") || strings.Contains(d.Value, "/") && !strings.HasPrefix(d.Value, "npm:") {
			p.plan.Unresolved = append(p.plan.Unresolved, resolver.Unresolved{Spec: d.Name + "@" + d.Value, Via: via, Reason: "not from a registry", Name: d.Name, By: by})
			continue
		}
		if err := p.add(ctx, d.Name, d.Value, via); err != nil && !optional[d.Name] {
			return err
		}
	}
	return nil
}

func choose(doc *registry.Packument, rng string) string {
	if tagged, ok := doc.DistTags[rng]; ok {
		return tagged
	}
	if rng == "" {
		rng = "*"
	}
	latest := doc.DistTags["latest"]
	if latest != "" && doc.Versions[latest] != nil && (rng == "*" || semver.Satisfies(latest, rng, semver.Loose())) {
		return latest
	}
	r, err := semver.ParseRange(rng, semver.Loose())
	if err != nil {
		return ""
	}
	return r.MaxSatisfying(doc.Order)
}
