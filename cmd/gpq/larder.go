package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gpq/checks"
	"gpq/resolver"
	"gpq/resolver/registry"
)

// larder has the plan's tarballs: it begins to fetch them as soon as the plan
// stands, so that they are there when a check wants to read them, and when npm
// asks. Bytes that do not have the plan's integrity never leave it.
type larder struct {
	client *registry.Client
	places chan struct{} // fetches at a time
	early  chan struct{} // of these, before the plan stands: packuments come first
	// looks: npm will not run, so that what tarballs hold is enough.
	looks bool
	// request is what the plan was made for: it says where files lie.
	request resolver.Request
	git     *repositories
}

func newLarder(c *registry.Client) *larder {
	return &larder{client: c, places: make(chan struct{}, 32), early: make(chan struct{}, 12)}
}

// expect gives what is told of packages that will probably be in the plan.
func (s *session) expect(ctx context.Context) func(resolver.Package) {
	own := s.getenv("GOMEMLIMIT") != ""
	var seen sync.Map // packages; most are chosen many times
	return func(p resolver.Package) {
		if _, again := seen.LoadOrStore(p, true); again {
			return
		}
		s.larder.expect(ctx, p)
		if !own {
			s.memory.another()
		}
	}
}

// expect begins to fetch a package that will probably be in the plan.
func (l *larder) expect(ctx context.Context, p resolver.Package) {
	if p.Tarball == "" || onlyLocal(p.Tarball) || p.Integrity == "" || l.client.Stocked(string(p.Integrity), !l.looks) {
		return
	}
	go func() {
		select {
		case l.early <- struct{}{}:
			defer func() { <-l.early }()
			l.fetch(ctx, p)
		case <-ctx.Done():
		}
	}()
}

// onlyLocal: from no registry.
func onlyLocal(address string) bool {
	return !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://")
}

// stock fetches ahead what npm would fetch on this machine, the large ones
// first. It returns at once; the wait ends when all has come, or not.
func (l *larder) stock(ctx context.Context, plan *resolver.Plan) *sync.WaitGroup {
	var wg sync.WaitGroup
	all := l.wanted(plan)
	next := make(chan resolver.Package, len(all))
	for _, p := range all {
		next <- p
	}
	close(next)
	for range min(cap(l.places), len(all)) {
		wg.Go(func() {
			for p := range next {
				l.fetch(ctx, p)
			}
		})
	}
	return &wg
}

func (l *larder) fetch(ctx context.Context, p resolver.Package) {
	select {
	case l.places <- struct{}{}:
		defer func() { <-l.places }()
		_, _ = l.client.Tarball(ctx, p.Tarball, string(p.Integrity)) // asked again, and told, by Open
	case <-ctx.Done():
	}
}

// wanted are the packages whose tarballs are still to come.
func (l *larder) wanted(plan *resolver.Plan) []resolver.Package {
	var all []resolver.Package
	size := map[resolver.Package]int64{}
	for i := range plan.Items {
		it := &plan.Items[i]
		if it.Inert || it.Bundled || onlyLocal(it.Tarball) || it.Change == resolver.Unchanged || it.Tarball == "" || it.Integrity == "" {
			continue
		}
		if !l.client.Stocked(string(it.Integrity), !l.looks) {
			all = append(all, it.Package)
			size[it.Package] = l.client.Size(it.Name, it.Version)
		}
	}
	slices.SortStableFunc(all, func(a, b resolver.Package) int { return cmp.Compare(size[b], size[a]) })
	return all
}

// lend puts what was cleared where npm looks before it asks. What cannot be put
// there npm is served.
func (l *larder) lend(ctx context.Context, clear checks.Clearance) {
	for _, p := range clear.Packages() {
		if ctx.Err() != nil {
			return
		}
		if clear.Permits(p) && p.Tarball != "" {
			_ = l.client.Lend(string(p.Integrity)) // served then
		}
	}
}

// Contents implements checks.Tarballs.
func (l *larder) Contents(ctx context.Context, p resolver.Package) (*registry.Contents, error) {
	if p.Tarball == "" {
		return nil, errNoTarball(p)
	}
	if address, commit, ok := p.Repository(); ok {
		return l.git.Commit(ctx, address, commit, "")
	}
	if file, local := l.request.LocalFile(p); local {
		return l.client.LocalContents(ctx, file, string(p.Integrity))
	}
	return l.client.Contents(ctx, p.Tarball, string(p.Integrity))
}

// Open gives a verified tarball's bytes.
func (l *larder) Open(ctx context.Context, p resolver.Package) (io.ReadCloser, error) {
	if p.Tarball == "" {
		return nil, errNoTarball(p)
	}
	if file, local := l.request.LocalFile(p); local {
		return registry.OpenLocal(ctx, file, string(p.Integrity))
	}
	t, err := l.client.Tarball(ctx, p.Tarball, string(p.Integrity))
	if err != nil {
		return nil, err
	}
	return os.Open(t.Path)
}

func errNoTarball(p resolver.Package) error {
	return errors.New(p.Name + "@" + p.Version + " has no tarball in its registry")
}

// npmCache is npm's own cache folder.
func (s *session) npmCache() string {
	dir, _, ok := s.config.Get("cache")
	switch {
	case ok && strings.HasPrefix(dir, "~/"):
		return filepath.Join(s.home(), dir[2:])
	case ok && dir != "":
		return s.abs(dir)
	case s.home() == "":
		return ""
	}
	return filepath.Join(s.home(), ".npm")
}
