package resolver

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// loose opens tarballs that are in no registry: on this machine, or anywhere.
type loose interface {
	Local(ctx context.Context, file string) (*registry.Loose, error)
	LocalContents(ctx context.Context, file, integrity string) (*registry.Contents, error)
	Remote(ctx context.Context, address string) (*registry.Loose, error)
}

// looseMemo has what was found behind each place, once for the whole plan: a
// file that changes meanwhile is still the one that was looked at.
type looseMemo struct {
	mu   sync.Mutex
	seen map[string]*looseFound
}

type looseFound struct {
	once sync.Once
	pkg  *tree.Pkg
	err  error
}

func (m *looseMemo) get(place string, look func() (*tree.Pkg, error)) (*tree.Pkg, error) {
	m.mu.Lock()
	if m.seen == nil {
		m.seen = map[string]*looseFound{}
	}
	f := m.seen[place]
	if f == nil {
		f = &looseFound{}
		m.seen[place] = f
	}
	m.mu.Unlock()
	f.once.Do(func() { f.pkg, f.err = look() })
	return f.pkg, f.err
}

var (
	errNotAsked   = errors.New("not looked into")
	errRepository = errors.New("npm clones it itself; what it brings from a registry is judged as npm asks for it")
)

// Manifest implements tree.Contents: the package.json in a tarball that is in
// no registry.
func (o opener) Manifest(ctx context.Context, s *spec.Spec) (*tree.Pkg, error) {
	if s.Kind == spec.Git {
		return o.repository(ctx, s)
	}
	from, ok := o.from.(loose)
	if !ok || s.Where == "" {
		return nil, errNotAsked
	}
	switch s.Kind {
	case spec.File:
		return o.memo.get("file:"+s.Where, func() (*tree.Pkg, error) {
			l, err := from.Local(ctx, s.Where)
			return looseManifest(l, "file:"+filepath.Clean(s.Where), err)
		})
	case spec.Remote:
		return o.memo.get(s.Where, func() (*tree.Pkg, error) {
			l, err := from.Remote(ctx, s.Where)
			return looseManifest(l, s.Where, err)
		})
	default:
	}
	return nil, errNotAsked
}

// looseManifest reads a tarball's own package.json as npm does, which takes no
// npm-shrinkwrap.json into account.
func looseManifest(l *registry.Loose, place string, err error) (*tree.Pkg, error) {
	if err != nil {
		return nil, err
	}
	if l.Contents.PackageJSON == nil {
		return nil, errors.New("there is no package.json in it")
	}
	doc, err := tree.ParseObject(l.Contents.PackageJSON)
	if err != nil {
		return nil, err
	}
	p := tree.PkgFromObject(doc)
	p.Resolved, p.Integrity, p.InBundle = place, l.Integrity, false
	return p, nil
}

// openLocal looks again into a tarball of this machine.
func (o opener) openLocal(ctx context.Context, p *tree.Pkg) (*registry.Contents, error) {
	file, local := strings.CutPrefix(p.Resolved, "file:")
	from, ok := o.from.(loose)
	if !local || !ok {
		return nil, errors.New("not a tarball of a registry")
	}
	return from.LocalContents(ctx, file, p.Integrity)
}
