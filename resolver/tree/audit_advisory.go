package tree

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
)

// Advisory is one entry of what a registry answers to an audit.
type Advisory struct {
	Name  string // of the package
	ID    string // as the registry writes it
	Range string // of the vulnerable versions; "" is all
}

// advisory is what is wrong with versions of one package: of itself, or, with
// source set, because of what they depend on.
type advisory struct {
	r          *auditReport
	name, id   string
	dependency string
	source     *advisory
	rng        string
	versions   []string // of the packument, in order
	doc        *registry.Packument
	bad        map[string]bool // found or taken to be vulnerable
	tested     map[string]bool // the answers so far, by version
	specs      map[string]bool // the answers so far, by what is asked for
}

// meta is whether a dependency is what is wrong.
func (a *advisory) meta() bool { return a.dependency != a.name }

// load works out which versions are vulnerable, and their range.
func (a *advisory) load(doc *registry.Packument) error {
	a.doc = doc
	a.bad, a.tested, a.specs = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for v := range doc.Versions {
		read, err := semver.Parse(v, true)
		if err != nil || read.String() != v || read.Build() != "" {
			return fmt.Errorf("audit: %s@%q: npm reads this version otherwise than it is written", a.name, v)
		}
		a.versions = append(a.versions, v)
	}
	a.r.b.sortVersions(a.versions)
	if err := a.testAll(); err != nil {
		return err
	}
	if a.meta() {
		a.rng = a.vulnerableRange()
	}
	return nil
}

func (b *builder) sortVersions(list []string) {
	sort.Slice(list, func(i, j int) bool { return b.ranges.compare(list[i], list[j]) < 0 })
}

// test is whether a version is vulnerable. asked is what its dependent asks the
// vulnerable dependency for, where that is known; "" where not.
func (a *advisory) test(version, asked string, known bool) (bool, error) {
	if got, ok := a.tested[version]; ok {
		return got, nil
	}
	got, err := a.testAnew(version, asked, known)
	if err != nil {
		return false, err
	}
	if got {
		a.bad[version] = true
	}
	a.tested[version] = got
	return got, nil
}

func (a *advisory) testAnew(version, asked string, known bool) (bool, error) {
	if a.bad[version] {
		return true, nil
	}
	if !a.meta() {
		return a.r.in(version, a.rng), nil
	}
	m := a.doc.Versions[version]
	if !known {
		asked, known = dependencyOf(m, a.dependency)
	}
	if !known {
		return false, nil
	}
	rng, err := a.r.b.deps.Semver.Range(asked, a.r.opts(true))
	if err != nil {
		return true, nil // no range: nothing that could be done about it
	}
	more := m.More()
	if more.BundleAll {
		return false, fmt.Errorf("audit: %s@%s bundles all of its dependencies: npm does not look into that", a.name, version)
	}
	if isIn(more.Bundle, a.dependency) {
		avoid, err := a.r.b.deps.Semver.Range(a.source.rng, a.r.opts(true))
		if err != nil {
			return false, fmt.Errorf("audit: %s: %w", a.dependency, err)
		}
		return rng.Intersects(avoid), nil
	}
	return a.source.testSpec(asked)
}

// dependencyOf is what a version asks of a package.
func dependencyOf(m *registry.Manifest, name string) (string, bool) {
	if m == nil {
		return "", false
	}
	for _, list := range []registry.Deps{m.Dependencies, m.OptionalDependencies, m.PeerDependencies} {
		if s, ok := list.Get(name); ok {
			return s, true
		}
	}
	return "", false
}

// testSpec is whether everything that answers to asked is vulnerable, or
// nothing does.
func (a *advisory) testSpec(asked string) (bool, error) {
	if got, ok := a.specs[asked]; ok {
		return got, nil
	}
	for _, v := range a.versions {
		if !a.r.b.deps.Semver.Satisfies(v, asked, a.r.opts(!a.r.b.before(11))) {
			continue
		}
		bad, err := a.test(v, "", false)
		if err != nil {
			return false, err
		}
		if !bad {
			a.specs[asked] = false
			return false, nil
		}
	}
	a.specs[asked] = true
	return true, nil
}

func prerelease(version string) bool { return strings.Contains(version, "-") }

// testAll tests the versions as npm does: by halves within each minor version,
// so that what lies between two vulnerable ones is taken for vulnerable.
func (a *advisory) testAll() error {
	var lists [][]string
	last := ""
	for _, v := range a.versions {
		parts := strings.SplitN(v, ".", 3)
		if k := parts[0] + "." + parts[1]; k != last || lists == nil {
			last, lists = k, append(lists, nil)
		}
		lists[len(lists)-1] = append(lists[len(lists)-1], v)
	}
	for len(lists) > 0 {
		halves, err := a.testList(lists[0])
		if err != nil {
			return err
		}
		lists = append(lists[1:], halves...)
	}
	return nil
}

// testList tests the ends of a list; the halves are what is left open.
func (a *advisory) testList(list []string) (halves [][]string, err error) {
	p := &probe{a: a}
	head, tail := 0, len(list)-1
	headBad := p.test(list[0])
	for head < len(list) && prerelease(list[head]) {
		head++
	}
	if head == len(list) {
		head = 0
	} else if headBad {
		p.mark(list[:head])
	}
	tailBad := p.test(list[tail])
	for tail > head && prerelease(list[tail]) {
		tail--
	}
	if tail == head {
		tail = len(list) - 1
	} else if tailBad {
		p.mark(list[tail+1:])
	}
	if head != 0 {
		headBad = p.test(list[head])
	}
	if tail != len(list)-1 {
		tailBad = p.test(list[tail])
	}
	if headBad && tailBad {
		p.mark(list[head:tail])
		return nil, p.err
	}
	if tail < head+2 {
		return nil, p.err
	}
	mid := len(list) / 2
	return [][]string{p.before(list[:mid]), p.after(list[mid:])}, p.err
}

// probe tests versions until something is wrong.
type probe struct {
	a   *advisory
	err error
}

func (p *probe) test(version string) bool {
	if p.err != nil {
		return false
	}
	bad, err := p.a.test(version, "", false)
	p.err = err
	return bad
}

func (p *probe) mark(list []string) {
	for _, v := range list {
		p.a.bad[v] = true
	}
}

// before is the lower half, without the prereleases at its end.
func (p *probe) before(list []string) []string {
	if prerelease(list[0]) {
		return list
	}
	end := len(list)
	bad := p.test(list[end-1])
	for prerelease(list[end-1]) {
		end--
	}
	if bad {
		p.mark(list[end:])
	}
	return list[:end]
}

// after is the upper half, without the prereleases at its start.
func (p *probe) after(list []string) []string {
	if prerelease(list[len(list)-1]) {
		return list
	}
	start := 0
	bad := p.test(list[0])
	for prerelease(list[start]) {
		start++
	}
	if bad {
		p.mark(list[:start])
	}
	return list[start:]
}

// metaID names an advisory that comes from another.
func metaID(name, source string) string {
	b, err := json.Marshal([]string{name, source})
	if err != nil {
		return name + " " + source
	}
	return string(b)
}
