package resolver

import (
	"context"
	"sort"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// planner turns a tree into a plan.
type planner struct {
	r     *Resolver
	q     Request
	o     tree.Options
	t     *tree.Tree
	old   *tree.Existing
	ways  *ways
	plan  *Plan
	items map[Package]*Item
	order []Package
	named map[string]bool
	// unplaced are documents for what no lockfile gives a place, by name.
	unplaced map[string]*registry.Packument
	// commits has, by where a package is from, why a repository's commit could
	// not be looked into; nil where it could.
	commits map[string]error
}

func (r *Resolver) plan(ctx context.Context, q Request, o tree.Options, t *tree.Tree, old *tree.Existing) *Plan {
	p := &planner{r: r, q: q, o: o, t: t, old: old, ways: newWays(t), items: map[Package]*Item{},
		plan: &Plan{Request: q}, named: map[string]bool{}, unplaced: r.unplaced(ctx, t, old)}
	for _, name := range t.Added() {
		p.named[name] = true
	}
	p.commits = r.commits(ctx, t)
	for _, n := range t.Nodes() {
		p.node(n)
	}
	p.history()
	for _, k := range p.order {
		p.plan.Items = append(p.plan.Items, *p.items[k])
	}
	p.unresolved()
	p.plan.Notes = append(append([]string(nil), old.Notes...), p.plan.Notes...)
	return p.plan
}

func (p *planner) node(n *tree.Node) {
	switch {
	case n.Err() != nil, n.IsProject() && !n.IsLink(), n.Unknown():
		return
	case n.IsLink():
		p.link(n)
		return
	case outsideModules(n):
		return
	}
	pkg := p.packageOf(n)
	if p.stranger(n) {
		var ok bool
		if pkg, ok = p.strange(n); !ok {
			return
		}
	} else if n.Version() == "" && !n.Bundled() {
		return
	}
	it := p.items[pkg]
	if it == nil {
		it = &Item{Package: pkg, Optional: true, Dev: true, Peer: true, Bundled: true, Inert: true}
		p.items[pkg] = it
		p.order = append(p.order, pkg)
	}
	it.Places = append(it.Places, n.Location())
	it.Optional = it.Optional && (n.Optional() || n.DevOptional())
	it.Dev = it.Dev && (n.Dev() || n.DevOptional())
	it.Peer = it.Peer && n.Peer()
	it.Bundled = it.Bundled && n.Bundled()
	it.Inert = it.Inert && (n.Inert() || n.Omitted(p.o.Omit))
	p.asked(it, n)
	it.Via = shortest(append(it.Via, p.ways.to(n)...))
}

// outsideModules is whether the node is a folder of its own, the target of a
// link: it is not fetched.
func outsideModules(n *tree.Node) bool {
	loc := n.Location()
	return !strings.HasPrefix(loc, "node_modules/") && !strings.Contains(loc, "/node_modules/")
}

func (p *planner) asked(it *Item, n *tree.Node) {
	for _, e := range n.EdgesIn() {
		s := p.specOf(e)
		if !hasSpec(it.Specs, s) {
			it.Specs = append(it.Specs, s)
		}
		if f := e.From(); f != nil && f.IsProject() {
			it.Direct = true
			it.Named = it.Named || p.named[e.Name()]
		}
	}
}

// specOf reads what a dependency asks for.
func (p *planner) specOf(e *tree.Edge) spec.Spec {
	return spec.Resolve(e.Name(), e.Spec(), spec.Place{Dir: p.q.Dir, Home: p.r.s.Home})
}

func hasSpec(list []spec.Spec, s spec.Spec) bool {
	for _, e := range list {
		if e.Raw == s.Raw && e.Name == s.Name {
			return true
		}
	}
	return false
}

func (p *planner) packageOf(n *tree.Node) Package {
	pkg := Package{Name: trueName(n), Version: n.Version(), Tarball: n.Resolved(), Integrity: Integrity(n.Integrity())}
	if n.Bundled() {
		pkg.Tarball, pkg.Integrity = "", ""
		return pkg
	}
	if pkg.Registry = n.Pkg().Registry; pkg.Registry == "" && p.r.s.RegistryOf != nil {
		pkg.Registry = p.r.s.RegistryOf(pkg.Name)
	}
	return p.placed(pkg)
}

// fromRegistry is whether a place can be a registry's tarball; a lockfile
// without places leaves it to the registry.
func fromRegistry(resolved string) bool {
	return resolved == "" || strings.HasPrefix(resolved, "https://") || strings.HasPrefix(resolved, "http://")
}

// shortest keeps the five shortest ways, each once.
func shortest(list [][]string) [][]string {
	sort.SliceStable(list, func(i, j int) bool {
		if len(list[i]) != len(list[j]) {
			return len(list[i]) < len(list[j])
		}
		return strings.Join(list[i], "\x00") < strings.Join(list[j], "\x00")
	})
	out := list[:0]
	for i, w := range list {
		if i > 0 && strings.Join(w, "\x00") == strings.Join(out[len(out)-1], "\x00") {
			continue
		}
		if out = append(out, w); len(out) == maxWays {
			break
		}
	}
	return out
}

// history says of every item how it stands to what there was.
func (p *planner) history() {
	byName := map[string][]*tree.Entry{}
	byPlace := map[string]*tree.Entry{}
	before := p.old.Entries
	if len(before) == 0 && (p.q.Global || p.o.NoLock) && !p.o.NoDisk { // npm plans without it, and fetches none of it again
		before = tree.LoadActual(p.o).Entries
	}
	for i := range before {
		e := &before[i]
		if !e.Link {
			byName[e.Name] = append(byName[e.Name], e)
			byPlace[e.Location] = e
		}
	}
	for _, k := range p.order {
		it := p.items[k]
		e := previous(it, byName[it.Name], byPlace)
		if e == nil {
			continue
		}
		it.Change = Updated
		if e.Version == it.Version && (it.Registry != "" || it.Bundled || e.Integrity == string(it.Integrity)) {
			it.Change = Unchanged
			it.Locked = p.locked(e)
		}
		it.Previous = &Package{Name: e.Name, Version: e.Version, Registry: it.Registry, Tarball: e.Resolved, Integrity: Integrity(e.Integrity)}
	}
}

// previous is the entry that an item continues: the same version anywhere,
// else what stood in its place, else any other version of it.
func previous(it *Item, same []*tree.Entry, byPlace map[string]*tree.Entry) *tree.Entry {
	for _, loc := range it.Places {
		if e := byPlace[loc]; e != nil && e.Name == it.Name && e.Version == it.Version {
			return e
		}
	}
	for _, e := range same {
		if e.Version == it.Version {
			return e
		}
	}
	for _, loc := range it.Places {
		if e := byPlace[loc]; e != nil && e.Name == it.Name {
			return e
		}
	}
	if len(same) > 0 {
		return same[0]
	}
	return nil
}

func (p *planner) locked(e *tree.Entry) *Locked {
	if p.old.File == "" {
		return nil
	}
	return &Locked{File: p.old.File, Path: e.Location, Name: e.Name, Version: e.Version, Resolved: e.Resolved,
		Integrity: Integrity(e.Integrity), HasResolved: e.HasResolved, HasIntegrity: e.HasIntegrity,
		Link: e.Link, InBundle: e.InBundle}
}
