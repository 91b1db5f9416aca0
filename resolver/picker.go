package resolver

import (
	"context"
	"errors"
	"strings"

	"gpq/resolver/pick"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// chooser is npm's own choice of versions, for one request.
type chooser struct {
	pick *pick.Picker
	o    pick.Options
}

func newChooser(k *pick.Picker, o Options) *chooser {
	return &chooser{k, pick.Options{DefaultTag: o.Tag, Node: o.Platform.Node, NPM: o.Platform.NPM,
		Before78: strings.HasPrefix(o.Platform.NPM, "10.")}}
}

// Pick implements tree.Picker.
func (c *chooser) Pick(p *registry.Packument, want *spec.Spec, o tree.PickOptions) (*registry.Manifest, error) {
	po := c.o
	po.Before, po.Avoid = o.Before, o.Avoid
	got, err := c.pick.Pick(p, *want, po)
	if err == nil {
		return got.Manifest, nil
	}
	var e *pick.Error
	if errors.As(err, &e) {
		return nil, &tree.Failure{Code: e.Code, Message: e.Error(), Err: e}
	}
	return nil, err
}

// tarballs is what a source needs for its tarballs to be looked into.
type tarballs interface {
	Contents(ctx context.Context, url, integrity string) (*registry.Contents, error)
}

// opener looks into tarballs: of the registry, and of no registry.
type opener struct {
	from tarballs
	memo *looseMemo
}

// Open implements tree.Contents.
func (o opener) Open(ctx context.Context, p *tree.Pkg) (*registry.Contents, error) {
	if !strings.HasPrefix(p.Resolved, "https://") && !strings.HasPrefix(p.Resolved, "http://") {
		return o.openLocal(ctx, p)
	}
	return o.from.Contents(ctx, p.Resolved, p.Integrity)
}

// excluder reads min-release-age-exclude; nil where nothing is excluded.
func excluder(list []string) func(name string) bool {
	if len(list) == 0 {
		return nil
	}
	return func(name string) bool { return pick.AgeExcluded(name, list) }
}

// Contents are what the Resolver looks into tarballs with; nil where its source
// has none.
func (r *Resolver) Contents() tree.Contents {
	if t, ok := r.s.Source.(tarballs); ok && r.s.Contents == nil {
		return opener{t, &r.loose}
	}
	return r.s.Contents
}
