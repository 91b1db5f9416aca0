package pick

import (
	"slices"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
)

// index is a packument's versions, read once, in the order npm walks them.
type index struct {
	regular, stagedOnes, restrictedOnes []entry
}

type entry struct {
	key string
	m   *registry.Manifest
	ver semver.Version // zero where the key is no version: no range holds it
}

func (k *Picker) indexOf(p *registry.Packument) *index {
	k.mu.Lock()
	defer k.mu.Unlock()
	if x := k.indexes[p]; x != nil {
		return x
	}
	x := &index{
		regular:        entries(p.Versions, p.Order),
		stagedOnes:     entries(p.Staged, nil),
		restrictedOnes: entries(p.Restricted, nil),
	}
	if k.indexes == nil {
		k.indexes = map[*registry.Packument]*index{}
	}
	k.indexes[p] = x
	return x
}

func entries(of map[string]*registry.Manifest, order []string) []entry {
	out := make([]entry, 0, len(of))
	seen := make(map[string]bool, len(of))
	add := func(key string) {
		m := of[key]
		if m == nil || seen[key] {
			return
		}
		seen[key] = true
		v, _ := semver.Parse(key, true)
		out = append(out, entry{key, m, v})
	}
	for _, key := range order {
		add(key)
	}
	if len(out) == len(of) {
		return out
	}
	rest := make([]string, 0, len(of))
	for key := range of {
		rest = append(rest, key)
	}
	slices.Sort(rest)
	for _, key := range rest {
		add(key)
	}
	return out
}

// rank is what npm sorts candidates by, the weightiest first; then comes the
// higher version.
type rank [6]bool

func (r *run) rank(e *entry) rank {
	engine, current := r.engineOK(e.m), e.m.Deprecated == ""
	return rank{!r.avoided(e.key), !r.restricted(e.key), !r.staged(e.key), engine && current, engine, current}
}

func (a rank) compare(b rank) int {
	for i := range a {
		if a[i] != b[i] {
			if a[i] {
				return 1
			}
			return -1
		}
	}
	return 0
}

// best gives the best version in the range, none where there is none.
func (r *run) best(rng string) (Choice, error) {
	rg, err := r.Cache.Range(rng, r.o.loose())
	anyLeft := false
	var top *entry
	var topRank rank
	walk := func(of []entry) {
		for i := range of {
			e := &of[i]
			if !r.oldEnough(e.key) {
				continue
			}
			anyLeft = true
			if err != nil || !rg.Test(e.ver) {
				continue
			}
			rk := r.rank(e)
			if top == nil {
				top, topRank = e, rk
				continue
			}
			if d := rk.compare(topRank); d > 0 || d == 0 && e.ver.Compare(top.ver) > 0 {
				top, topRank = e, rk
			}
		}
	}
	walk(r.index.regular)
	if r.o.IncludeStaged {
		walk(r.index.stagedOnes)
	}
	walk(r.index.restrictedOnes)
	if !anyLeft {
		return Choice{}, r.fail("ENOVERSIONS", rng)
	}
	if top == nil {
		return Choice{}, nil
	}
	return r.decorate(top.m), nil
}
