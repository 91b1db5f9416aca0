package resolver

import (
	"context"
	"sync"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// unplaced are the documents of packages of which a lockfile says no place: npm
// takes the one that the registry has for that version. What cannot be had is
// left out.
func (r *Resolver) unplaced(ctx context.Context, t *tree.Tree, old *tree.Existing) map[string]*registry.Packument {
	lying := map[string]string{} // what is on the disk and in no lockfile is fetched from nowhere
	if old.File == "" {
		for _, e := range old.Entries {
			lying[e.Location] = e.Version
		}
	}
	out := map[string]*registry.Packument{}
	for _, n := range t.Nodes() {
		if n.Resolved() == "" && n.Version() != "" && n.Err() == nil && !n.IsLink() && !n.IsProject() && !n.Bundled() &&
			lying[n.Location()] != n.Version() {
			out[trueName(n)] = nil
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	places := make(chan struct{}, 64)
	names := make([]string, 0, len(out))
	for name := range out {
		names = append(names, name)
	}
	for _, name := range names {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if doc, err := r.s.Source.Packument(ctx, name); err == nil {
				mu.Lock()
				defer mu.Unlock()
				out[name] = doc
			}
		})
	}
	wg.Wait()
	return out
}

// placed completes a package by what the registry has for its version. A
// digest that a lockfile has stays.
func (p *planner) placed(pkg Package) Package {
	doc := p.unplaced[pkg.Name]
	if pkg.Tarball != "" || doc == nil || doc.Versions[pkg.Version] == nil {
		return pkg
	}
	d := doc.Versions[pkg.Version].Dist
	pkg.Tarball = d.Tarball
	if pkg.Integrity == "" {
		pkg.Integrity = Integrity(d.SRI())
	}
	return pkg
}

// trueName is a node's name, also behind an alias.
func trueName(n *tree.Node) string {
	if name := n.PackageName(); name != "" {
		return name
	}
	return n.Name()
}
