package main

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// larder has the plan's tarballs: it begins to fetch them as soon as the plan
// stands, so that they are there when a check wants to read them, and when npm
// asks. Bytes that do not have the plan's integrity never leave it.
type larder struct {
	client *registry.Client
	places chan struct{} // fetches at a time
}

func newLarder(c *registry.Client) *larder {
	return &larder{client: c, places: make(chan struct{}, 32)}
}

// stock fetches ahead what npm would fetch on this machine. It returns at
// once; the wait ends when all has come, or not.
func (l *larder) stock(ctx context.Context, plan *resolver.Plan) *sync.WaitGroup {
	var wg sync.WaitGroup
	for i := range plan.Items {
		it := &plan.Items[i]
		if it.Inert || it.Bundled || it.Change == resolver.Unchanged || it.Tarball == "" || it.Integrity == "" {
			continue
		}
		pkg := it.Package
		wg.Go(func() {
			select {
			case l.places <- struct{}{}:
				defer func() { <-l.places }()
				_, _ = l.client.Tarball(ctx, pkg.Tarball, string(pkg.Integrity)) // asked again, and told, by Open
			case <-ctx.Done():
			}
		})
	}
	return &wg
}

// Contents implements checks.Tarballs.
func (l *larder) Contents(ctx context.Context, p resolver.Package) (*registry.Contents, error) {
	if p.Tarball == "" {
		return nil, errors.New(p.Name + "@" + p.Version + " has no tarball in its registry")
	}
	return l.client.Contents(ctx, p.Tarball, string(p.Integrity))
}

// Open gives a verified tarball's bytes.
func (l *larder) Open(ctx context.Context, p resolver.Package) (io.ReadCloser, error) {
	if p.Tarball == "" {
		return nil, errors.New(p.Name + "@" + p.Version + " has no tarball in its registry")
	}
	t, err := l.client.Tarball(ctx, p.Tarball, string(p.Integrity))
	if err != nil {
		return nil, err
	}
	return os.Open(t.Path)
}
