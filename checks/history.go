package checks

import (
	"sort"
	"time"

	"gpq/resolver/registry"
)

// History is a package's versions by publish time: not by semver, and not by
// their order in the document. It is made once per package, shared between
// checks and never changed.
type History struct {
	Name string
	// Releases are the versions that exist, oldest first. Those without a
	// publish time stand last, in semver order.
	Releases []*Release
	// Removed are versions that stand in the packument's time and no longer in
	// its versions, oldest first.
	Removed []Removal
	// Unpublished is when the whole package was taken down; zero if never.
	Unpublished time.Time
	// Dated: at least one release has a publish time.
	Dated     bool
	byVersion map[string]*Release
}

// Removal is a version that was taken down.
type Removal struct {
	Version string
	At      time.Time // when it was published, not when it was removed
}

// Release is one version in its package's history.
type Release struct {
	Version  string
	At       time.Time // zero unless Dated
	Dated    bool
	Pre      bool   // a prerelease
	Line     string // release line: the major version, for 0.x the minor too
	Rank     Rank   // what the packument claims in evidence
	By       Publisher
	Manifest *registry.Manifest
	ver      version
	index    int
}

// NewHistory reads a packument; nil gives an empty history.
func NewHistory(p *registry.Packument) *History {
	h := &History{byVersion: map[string]*Release{}}
	if p == nil {
		return h
	}
	h.Name, h.Unpublished = p.Name, p.Unpublished
	for v, m := range p.Versions {
		if m == nil {
			continue
		}
		r := newRelease(v, m, p.Time)
		h.Releases = append(h.Releases, r)
		h.byVersion[v] = r
		h.Dated = h.Dated || r.Dated
	}
	sort.Slice(h.Releases, func(i, j int) bool { return h.Releases[i].before(h.Releases[j]) })
	for i, r := range h.Releases {
		r.index = i
	}
	h.Removed = removals(p)
	return h
}

func newRelease(v string, m *registry.Manifest, times map[string]time.Time) *Release {
	r := &Release{Version: v, Manifest: m, ver: parseVersion(v), Rank: claimedRank(m), By: publisherOf(m)}
	r.At, r.Dated = times[v]
	r.Pre, r.Line = r.ver.pre != "", r.ver.line()
	return r
}

// before orders by publish time; the undated last; ties by semver, then by
// text, so that the order never depends on a map.
func (r *Release) before(o *Release) bool {
	if r.Dated != o.Dated {
		return r.Dated
	}
	if r.Dated && !r.At.Equal(o.At) {
		return r.At.Before(o.At)
	}
	if c := r.ver.compare(o.ver); c != 0 {
		return c < 0
	}
	return r.Version < o.Version
}

func removals(p *registry.Packument) []Removal {
	var out []Removal
	for v, at := range p.Time {
		if p.Versions[v] == nil && parseVersion(v).ok {
			out = append(out, Removal{v, at})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if !out[i].At.Equal(out[j].At) {
			return out[i].At.Before(out[j].At)
		}
		return out[i].Version < out[j].Version
	})
	return out
}

// Release gives a version; nil if there is none.
func (h *History) Release(version string) *Release { return h.byVersion[version] }

// Earlier gives what was published before r, oldest first. Releases of the
// same instant are not earlier than each other. Where nothing at all has a
// publish time, semver order stands in.
func (h *History) Earlier(r *Release) []*Release {
	if r == nil {
		return nil
	}
	n := r.index
	for n > 0 && r.Dated && h.Releases[n-1].At.Equal(r.At) {
		n--
	}
	return h.Releases[:n]
}
