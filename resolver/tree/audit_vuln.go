package tree

import (
	"errors"
	"fmt"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// fix is what can be done about a vulnerability. Two are npm's true and false.
type fix struct {
	name, version string
	major         bool
}

// vuln is a package with something wrong, and where it stands.
type vuln struct {
	r          *auditReport
	name       string
	doc        *registry.Packument
	versions   []string
	advisories *set[*advisory]
	nodes      *set[*Node]
	tops       *set[*Node] // the projects that cannot get away from it
	via        *set[*vuln]
	fix        *fix
	simple     string // its range, once that was written in short
}

// rng has every vulnerable version.
func (v *vuln) rng() string {
	if v.simple != "" {
		return v.simple
	}
	var parts []string
	for a := range v.advisories.all() {
		parts = append(parts, a.rng)
	}
	return strings.Join(parts, " || ")
}

// setFix says what can be done, also about what led here: the strictest counts.
func (v *vuln) setFix(f *fix) {
	v.fix = f
	for o := range v.via.all() {
		switch {
		case o.fix == f:
		case f == v.r.no, o.fix == v.r.yes:
			o.setFix(f)
		case f != v.r.yes && (o.fix == v.r.no || !o.fix.major):
			o.setFix(f)
		}
	}
}

func (v *vuln) addVia(o *vuln) error {
	if o == nil {
		return errInternal
	}
	v.via.add(o)
	v.setFix(v.fix)
	return nil
}

// drop takes an advisory back that fits no node.
func (v *vuln) drop(a *advisory) {
	v.advisories.del(a)
	for o := range v.via.all() {
		kept := false
		for left := range v.advisories.all() {
			kept = kept || left.dependency == o.name
		}
		if !kept {
			v.via.del(o)
		}
	}
}

// holds is whether a node is vulnerable.
func (v *vuln) holds(n *Node) (bool, error) {
	if v.nodes.has(n) {
		return true, nil
	}
	if n.pkg.Version == "" {
		return false, nil
	}
	for a := range v.advisories.all() {
		bad, err := a.test(n.pkg.Version, "", false)
		if bad {
			v.nodes.add(n)
		}
		if bad || err != nil {
			return bad, err
		}
	}
	return false, nil
}

// fixFor is what can be done where a project asks for raw.
func (v *vuln) fixFor(raw string) (*fix, error) {
	s := v.r.b.specs.resolve(v.name, raw, "/")
	if s.Kind == spec.Opaque {
		return nil, fmt.Errorf("audit: %s@%s: %s", v.name, raw, s.Err)
	}
	if registrySpec(s) == nil {
		return v.r.no, nil
	}
	if s.Sub != nil {
		raw = s.Sub.RawSpec
	}
	for _, ver := range v.versions {
		if v.r.b.ranges.satisfies(ver, raw) && !v.r.in(ver, v.rng()) {
			return v.r.yes, nil
		}
	}
	got, err := v.pick(raw)
	if err != nil || got == nil {
		return v.r.no, err
	}
	if !v.r.in(got.Version, v.rng()) {
		return &fix{name: got.Name, version: got.Version}, nil
	}
	for _, wider := range []string{"^" + got.Version, "*"} {
		got, err := v.pick(wider)
		if err != nil {
			return nil, err
		}
		if got == nil {
			return nil, fmt.Errorf("audit: %s@%s: nothing answers", v.name, wider)
		}
		if !v.r.in(got.Version, v.rng()) {
			return &fix{name: got.Name, version: got.Version, major: wider == "*"}, nil
		}
	}
	return v.r.no, nil
}

// pick is the version that is taken for raw with the vulnerable ones avoided;
// nil where there is none.
func (v *vuln) pick(raw string) (*registry.Manifest, error) {
	want := registrySpec(v.r.b.specs.resolve(v.name, raw, "/"))
	if want == nil {
		return nil, fmt.Errorf("audit: %s@%s asks no registry", v.name, raw)
	}
	m, err := v.r.b.deps.Picker.Pick(v.doc, want, PickOptions{Avoid: v.rng()})
	var f *Failure
	if errors.As(err, &f) && (f.Code == "ETARGET" || f.Code == "ENOVERSIONS") {
		return nil, nil
	}
	return m, err
}
