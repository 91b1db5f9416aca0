package tree

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

const defaultAhead = 64

// ahead asks for packuments before the algorithm needs them: as soon as a
// version is chosen, for everything that its dependencies may choose from.
// Each packument is asked for once, each choice made once.
type ahead struct {
	ctx    context.Context
	deps   Deps
	slots  chan struct{}
	before func(name string) time.Time
	avoid  map[string]string // ranges to keep clear of, by the name asked for
	peers  bool
	// optionalPeers: this npm looks at optional peers as well.
	optionalPeers bool
	skip          func(name, rng string) bool // what the tree already has
	specs         *specs
	chosen        func(*Pkg) // nil for nobody

	wg    sync.WaitGroup
	mu    sync.Mutex
	docs  map[string]*document
	picks map[string]*picked
	pkgs  map[*registry.Manifest]*Pkg
	seen  map[string]bool // wants already crawled
}

type document struct {
	done  chan struct{}
	p     *registry.Packument
	err   error
	wants []want
	ready bool
	level int // how many packages lead here, at least one by one
}

// want is a choice to be made ahead. Of a faint one, an optional peer, only the
// peers will be needed: npm looks at it, and does not install it.
type want struct {
	*spec.Spec
	faint bool
	peer  bool // or brought along by one: another may stand in for it
	level int
}

type picked struct {
	pkg *Pkg
	err error
}

func (a *ahead) wait() { a.wg.Wait() }

// document begins to fetch a packument, if nobody did before.
func (a *ahead) document(name string, w *want) (d *document, ready bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	d = a.docs[name]
	if d == nil {
		d = &document{done: make(chan struct{})}
		if w != nil {
			d.level = w.level
		}
		if len(a.docs) >= maxNames {
			d.refuse(name)
			return d, true
		}
		a.docs[name] = d
		if d.level > maxLevel {
			d.refuse(name)
			return d, true
		}
		a.wg.Add(1)
		go a.fetch(name, d)
	}
	if w != nil && !d.ready {
		d.wants = append(d.wants, *w)
	}
	return d, d.ready
}

// refuse ends what has no end.
func (d *document) refuse(name string) {
	d.err, d.ready = fmt.Errorf("%w, at %s", ErrEndless, name), true
	close(d.done)
}

func (a *ahead) fetch(name string, d *document) {
	defer a.wg.Done()
	defer close(d.done)
	select {
	case a.slots <- struct{}{}:
		d.p, d.err = a.deps.Source.Packument(a.ctx, name)
		<-a.slots
	case <-a.ctx.Done():
		d.err = a.ctx.Err()
	}
	if d.err == nil && d.p == nil {
		d.err = fmt.Errorf("%s: no packument", name)
	}
	a.mu.Lock()
	wants := d.wants
	d.wants, d.ready = nil, true
	a.mu.Unlock()
	if d.err == nil {
		a.crawl(d.p, wants)
	}
}

// crawl chooses what each want of a packument leads to, and goes on from there.
func (a *ahead) crawl(p *registry.Packument, wants []want) {
	type job struct {
		p *registry.Packument
		w want
	}
	var jobs []job
	for _, w := range wants {
		jobs = append(jobs, job{p, w})
	}
	for len(jobs) > 0 && a.ctx.Err() == nil {
		j := jobs[len(jobs)-1]
		jobs = jobs[:len(jobs)-1]
		got := a.pick(j.p, j.w.Spec, a.avoid[j.w.Name])
		if got.err != nil {
			continue
		}
		if a.chosen != nil && !j.w.faint && !j.w.peer {
			a.chosen(got.pkg)
		}
		for _, w := range a.wantsOf(got.pkg, j.w) {
			w.level = j.w.level + 1
			if d, ready := a.document(w.Name, &w); ready && d.err == nil {
				jobs = append(jobs, job{d.p, w})
			}
		}
	}
}

// wantsOf are the registry packages that p may bring along, each named once.
func (a *ahead) wantsOf(p *Pkg, by want) []want {
	var out []want
	faint := by.faint
	add := func(deps registry.Deps, faint, peer bool) {
		for _, d := range deps {
			if isIn(p.Bundle, d.Name) || a.skip != nil && a.skip(d.Name, d.Value) {
				continue
			}
			if s := a.want(d.Name, d.Value, faint); s != nil {
				out = append(out, want{Spec: s, faint: faint, peer: peer})
			}
		}
	}
	if !faint {
		add(p.Dependencies, false, by.peer)
		add(p.OptionalDependencies, false, by.peer)
	}
	if !a.peers {
		return out
	}
	for _, d := range p.PeerDependencies {
		if optional := p.PeerOptional[d.Name]; !optional || a.optionalPeers {
			add(registry.Deps{d}, faint || optional, true)
		}
	}
	return out
}

// want reads one dependency; nil where it was crawled before or is no registry
// package.
func (a *ahead) want(name, raw string, faint bool) *spec.Spec {
	key := name + "@" + raw
	a.mu.Lock()
	known := a.seen[key] || faint && a.seen["?"+key]
	if faint {
		key = "?" + key
	}
	a.seen[key] = true
	a.mu.Unlock()
	if known {
		return nil
	}
	s := registrySpec(a.specs.resolve(name, raw, "/"))
	if s == nil || s.Name == "" {
		return nil
	}
	return s
}

func isIn(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// pick chooses a version, once for each spec and range to avoid.
func (a *ahead) pick(p *registry.Packument, want *spec.Spec, avoid string) *picked {
	key := want.Name + "@" + want.Range + "\x00" + avoid
	a.mu.Lock()
	got := a.picks[key]
	a.mu.Unlock()
	if got != nil {
		return got
	}
	m, err := a.deps.Picker.Pick(p, want, PickOptions{Before: a.before(want.Name), Avoid: avoid})
	a.mu.Lock()
	defer a.mu.Unlock()
	if got := a.picks[key]; got != nil {
		return got
	}
	got = &picked{err: err}
	if err == nil {
		got.pkg = a.pkgs[m]
		if got.pkg == nil {
			got.pkg = fromManifest(m, p.Registry)
			a.pkgs[m] = got.pkg
		}
	}
	a.picks[key] = got
	return got
}

// manifest is the version that npm would choose for a registry spec, asked for
// under a name. npm goes by that name for what to avoid, an alias's too.
func (a *ahead) manifest(s *spec.Spec, as string) (*Pkg, error) {
	d, _ := a.document(s.Name, nil)
	select {
	case <-d.done:
	case <-a.ctx.Done():
		return nil, a.ctx.Err()
	}
	if d.err != nil {
		return nil, &LoadError{Name: s.Name, Err: d.err}
	}
	got := a.pick(d.p, s, a.avoid[as])
	if got.err != nil {
		return nil, got.err
	}
	a.crawl(d.p, []want{{Spec: s, faint: true, level: d.level}})
	return got.pkg, nil
}

// LoadError is a packument that could not be had.
type LoadError struct {
	Name string
	Err  error
}

func (e *LoadError) Error() string { return fmt.Sprintf("packument of %s: %v", e.Name, e.Err) }

// Unwrap gives what the source said.
func (e *LoadError) Unwrap() error { return e.Err }
