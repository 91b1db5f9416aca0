package tree

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"gpq/resolver/spec"
)

// globalUpdates gives the root of a global tree its dependencies: what is
// installed and to be updated. The names given are those asked for by name.
func (b *builder) globalUpdates(n *Node) []string {
	if !b.opt.Global || !b.opt.UpdateAll && len(b.updateNames) == 0 {
		return nil
	}
	var explicit []string
	n.pkg = n.pkg.clone()
	nm := filepath.Join(b.opt.Path, "node_modules")
	for _, name := range moduleNames(nm) {
		named := b.updateNames[name]
		if !b.opt.UpdateAll && !named {
			continue
		}
		if named {
			explicit = append(explicit, name)
		}
		dir := filepath.Join(nm, filepath.FromSlash(name))
		want := "*"
		if st, err := os.Lstat(dir); err == nil && st.Mode()&fs.ModeSymlink != 0 {
			if to, err := os.Readlink(dir); err == nil {
				if !filepath.IsAbs(to) {
					to = filepath.Join(filepath.Dir(dir), to)
				}
				want = "file:" + to // also where it leads nowhere
			}
		}
		depsSet(&n.pkg.Dependencies, name, want)
	}
	return explicit
}

// keepGlobals makes the root of a global tree need all that is installed there:
// nothing else does.
func (b *builder) keepGlobals(root *Node) {
	p := root.pkg.clone()
	for name, kid := range root.kids().all() {
		want := "*"
		if kid.link {
			want = "file:" + kid.realpath
		}
		if _, has := p.Dependencies.Get(name); !has {
			depsSet(&p.Dependencies, name, want)
		}
	}
	root.setPkg(p)
}

// Choose is the package that npm would take for a registry spec.
func Choose(ctx context.Context, o Options, d Deps, s *spec.Spec) (*Pkg, error) {
	ctx, cancel := context.WithCancel(ctx)
	b, err := newBuilder(ctx, o, d)
	if err != nil {
		cancel()
		return nil, err
	}
	defer b.ahead.wait()
	defer cancel()
	return b.ahead.manifest(s, "")
}
