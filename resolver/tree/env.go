package tree

import (
	"gpq/resolver/semver"
)

// env is what every node of a build shares.
type env struct {
	opt    *Options
	major  int // of npm
	ranges *ranges
	specs  *specs
	tree   *Node // the tree being built
	peers  int   // how deep nodeFromEdge is in itself
	effort
	onEdge func(*Edge) // is told what has got a node to lead to; may be nil
}

// before is whether the npm asked for is older than that major version.
func (v *env) before(major int) bool { return v.major < major }

// stop is thrown by what has no way to return an error, and caught by Build.
type stop struct{ err error }

// Failure is what npm itself would stop with.
type Failure struct {
	Code    string // ERESOLVE, ETARGET, …
	Message string // what npm would say, shortened; has foreign text in it
	Err     error  // what was behind it, where there was something
}

func (f *Failure) Error() string {
	if f.Message == "" {
		return f.Code
	}
	return f.Code + ": " + f.Message
}

// Unwrap gives what was behind the failure.
func (f *Failure) Unwrap() error { return f.Err }

// errInternal is where npm itself stumbles over its own tree.
var errInternal = &Failure{Code: "EINTERNAL", Message: "npm itself fails on this tree"}

// ranges answers questions about versions, remembering what it read.
type ranges struct {
	cache *semver.Cache
	old   bool // as npm 10's semver
	memo  map[[2]string]bool
}

func (r *ranges) satisfies(version, rng string) bool {
	return r.cache.Satisfies(version, rng, semver.Options{Before78: r.old})
}

// loose is satisfies in loose mode, which is what edges are judged by.
func (r *ranges) loose(version, rng string) bool {
	key := [2]string{version, rng}
	ok, known := r.memo[key]
	if !known {
		ok = r.cache.Satisfies(version, rng, semver.Options{Loose: true, Before78: r.old})
		r.memo[key] = ok
	}
	return ok
}

func (r *ranges) withPre(version, rng string) bool {
	return r.cache.Satisfies(version, rng, semver.Options{IncludePrerelease: true, Before78: r.old})
}

func (r *ranges) intersects(a, b string) bool {
	x, err := r.cache.Range(a, semver.Options{Before78: r.old})
	if err != nil {
		return false
	}
	y, err := r.cache.Range(b, semver.Options{Before78: r.old})
	return err == nil && x.Intersects(y)
}

// compare is the order of two versions; what is no version is below all.
func (r *ranges) compare(a, b string) int {
	x, errX := r.cache.Version(a, false)
	y, errY := r.cache.Version(b, false)
	switch {
	case errX != nil && errY != nil:
		return 0
	case errX != nil:
		return -1
	case errY != nil:
		return 1
	}
	return x.Compare(y)
}
