// Package pick chooses one version of a package as npm does
// (npm-pick-manifest): tags, the preference for «latest», versions by date,
// deprecated, avoided, staged and restricted ones, and the engines that will
// run. It is a pure function of the packument and the options.
package pick

import (
	"sync"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

// Options are npm's settings for the choice. The zero value is npm's default,
// but for Node and NPM, without which engines are not asked about.
type Options struct {
	// Before leaves out versions published after it; zero for no bound. A
	// version without a publish time is never left out.
	Before time.Time
	// DefaultTag is npm's --tag; "" is latest.
	DefaultTag string
	// Avoid is a range to stay out of where possible. With AvoidStrict it is
	// left even by going outside of what was asked for.
	Avoid       string
	AvoidStrict bool
	// IncludeStaged takes staged versions into account, after all others.
	IncludeStaged bool
	// Node and NPM are the versions that will run.
	Node, NPM string
	// Before78 reads ranges as npm 10 does (see semver.Options).
	Before78 bool
}

func (o Options) tag() string {
	if o.DefaultTag == "" {
		return "latest"
	}
	return o.DefaultTag
}

func (o Options) loose() semver.Options {
	return semver.Options{Loose: true, Before78: o.Before78}
}

// Choice is the version picked, and how it came about.
type Choice struct {
	*registry.Manifest
	// ShouldAvoid: nothing outside of Options.Avoid was there to take.
	ShouldAvoid bool
	// OutsideRange: with AvoidStrict, what was asked for had to be left;
	// Major says that even a caret range around it did not do.
	OutsideRange, Major bool
}

// Picker picks, and remembers what it has read of packuments and ranges. It is
// safe for concurrent use; its zero value is ready.
type Picker struct {
	Cache   semver.Cache
	mu      sync.Mutex
	indexes map[*registry.Packument]*index
}

// Pick gives the version of p that npm would take for s, which must be a
// version, range or tag, or an alias of one. Its error is an *Error.
func (k *Picker) Pick(p *registry.Packument, s spec.Spec, o Options) (Choice, error) {
	s = s.Target()
	if p == nil || !s.Registry() {
		return Choice{}, &Error{Code: "EINVALID", Name: s.Name, Wanted: s.RawSpec, why: "only a version, a range or a tag can be picked"}
	}
	r := &run{Picker: k, p: p, o: o, index: k.indexOf(p)}
	c, err := r.choose(s.Kind, s.Range)
	if err != nil {
		return Choice{}, err
	}
	if c.Manifest == nil {
		return Choice{}, r.fail("ETARGET", s.Range)
	}
	if _, ok := p.Restricted[c.Version]; ok {
		return Choice{}, r.fail("E403", s.Range)
	}
	return c, nil
}

// Pick is a Picker's, for once.
func Pick(p *registry.Packument, s spec.Spec, o Options) (Choice, error) {
	var k Picker
	return k.Pick(p, s, o)
}

// run is one choice being made.
type run struct {
	*Picker
	p *registry.Packument
	o Options
	*index
}

// choose is the choice with AvoidStrict thought through; no manifest and no
// error say that nothing fits.
func (r *run) choose(kind spec.Kind, want string) (Choice, error) {
	if !r.o.AvoidStrict {
		return r.pick(kind, want)
	}
	c, err := r.pick(kind, want)
	if err != nil || c.Manifest == nil || !c.ShouldAvoid {
		return c, err
	}
	near, err := r.pickText("^" + c.Version)
	if err != nil {
		return Choice{}, err
	}
	if !near.ShouldAvoid {
		near.OutsideRange = true
		return near, nil
	}
	far, err := r.pickText("*")
	if err != nil {
		return Choice{}, err
	}
	if !far.ShouldAvoid {
		far.OutsideRange, far.Major = true, true
		return far, nil
	}
	return Choice{}, r.fail("ETARGET", want)
}

func (r *run) pickText(want string) (Choice, error) {
	s := spec.Resolve("x", want, spec.Place{})
	if s.Kind != spec.Range && s.Kind != spec.Version && s.Kind != spec.Tag {
		return Choice{}, r.fail("EINVALID", want)
	}
	return r.pick(s.Kind, s.Range)
}

func (r *run) pick(kind spec.Kind, want string) (Choice, error) {
	if r.p.Name != "" && spec.NameError(r.p.Name) != "" && r.p.Name[0] != '-' {
		return Choice{}, &Error{Code: "EINVALIDPACKAGENAME", Name: r.p.Name, Wanted: want, why: "the registry's document has a bad name"}
	}
	rng := "*"
	switch {
	case want == "":
		// npm reads its default tag in place of nothing; where that is itself a
		// range, the empty range is what it tests.
		if spec.Resolve("x", r.o.tag(), spec.Place{}).Kind == spec.Range {
			rng = ""
		}
	case kind == spec.Tag:
		return r.tagged(want)
	case kind == spec.Version:
		return r.exact(want), nil
	default:
		rng = want
	}
	if c, ok := r.preferred(rng); ok {
		return c, nil
	}
	return r.best(rng)
}

// tagged gives the version under a tag; the best one before it where it is too
// young.
func (r *run) tagged(tag string) (Choice, error) {
	ver, ok := r.p.DistTags[tag]
	if !ok {
		return Choice{}, nil
	}
	if r.oldEnough(ver) {
		return r.decorate(r.named(ver)), nil
	}
	return r.pickText("<=" + ver)
}

func (r *run) exact(want string) Choice {
	ver := semver.Clean(want, true)
	if ver == "" || !r.oldEnough(ver) {
		return Choice{}
	}
	return r.decorate(r.named(ver))
}

// named looks a version up where npm does.
func (r *run) named(ver string) *registry.Manifest {
	if m := r.p.Versions[ver]; m != nil {
		return m
	}
	if m := r.p.Staged[ver]; m != nil && r.o.IncludeStaged {
		return m
	}
	return r.p.Restricted[ver]
}

// preferred is the default tag's version, if the range holds it and nothing
// speaks against it: it wins over higher ones.
func (r *run) preferred(rng string) (Choice, bool) {
	ver := r.p.DistTags[r.o.tag()]
	if ver == "" || rng != "*" && !r.Cache.Satisfies(ver, rng, r.o.loose()) {
		return Choice{}, false
	}
	m := r.p.Versions[ver]
	if m == nil || m.Deprecated != "" || r.restricted(ver) || r.staged(ver) || r.avoided(ver) {
		return Choice{}, false
	}
	return Choice{Manifest: m}, r.oldEnough(ver) && r.engineOK(m)
}

func (r *run) restricted(ver string) bool { _, ok := r.p.Restricted[ver]; return ok }

func (r *run) staged(ver string) bool {
	_, ok := r.p.Staged[ver]
	return ok && r.o.IncludeStaged
}

func (r *run) avoided(ver string) bool {
	o := semver.Options{Loose: true, IncludePrerelease: true, Before78: r.o.Before78}
	return r.o.Avoid != "" && r.Cache.Satisfies(ver, r.o.Avoid, o)
}

func (r *run) decorate(m *registry.Manifest) Choice {
	if m == nil {
		return Choice{}
	}
	return Choice{Manifest: m, ShouldAvoid: r.avoided(m.Version)}
}

// oldEnough compares to the millisecond, as JavaScript's dates do. What is no
// date is no older than anything, not even where nothing is asked.
func (r *run) oldEnough(ver string) bool {
	if r.p.Untimed[ver] {
		return false
	}
	if r.o.Before.IsZero() {
		return true
	}
	t, ok := r.p.Time[ver]
	return !ok || t.UnixMilli() <= r.o.Before.UnixMilli()
}

func (r *run) engineOK(m *registry.Manifest) bool {
	return EngineOK(m.Engines, r.o.Node, r.o.NPM, r.withPre)
}

func (r *run) withPre(version, rng string) bool {
	return r.Cache.Satisfies(version, rng, semver.Options{IncludePrerelease: true, Before78: r.o.Before78})
}
