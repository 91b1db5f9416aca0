package tree

import (
	"fmt"
	"strings"

	"gpq/resolver/spec"
)

// overrideSet is one rule of the project's overrides, or, without parent, the
// root that holds the rules. It never changes once made; equal sets may exist
// twice.
type overrideSet struct {
	parent             *overrideSet
	name, key, keySpec string
	value              string
	children           []*overrideSet
	rules              []*overrideSet // memo of ruleset
}

// newOverrides reads package.json's overrides. Of a wrong form it names the
// key.
func (e *env) newOverrides(o *Object) (*overrideSet, error) {
	return e.overrideChild(o, "", nil)
}

func (e *env) overrideChild(v any, key string, parent *overrideSet) (*overrideSet, error) {
	s := &overrideSet{parent: parent, key: key}
	o, isObject := v.(*Object)
	own, isString := v.(string)
	if v == nil {
		return nil, fmt.Errorf("overrides: the value of %q is neither text nor an object", key)
	}
	if isObject {
		own = o.str(".")
		if _, has := o.Get("."); has && own == "" {
			own = "*"
		}
	} else if isString && own == "" {
		own = "*"
	}
	if parent != nil {
		p := e.parse(key)
		if p.Name == "" {
			return nil, fmt.Errorf("overrides: no package name in %q", key)
		}
		s.name, s.keySpec, s.value = p.Name, specText(p), own
		if s.value == "" {
			s.value = s.keySpec
		}
	}
	for _, k := range o.Keys() {
		if k == "." {
			continue
		}
		child, err := e.overrideChild(o.any(k), k, s)
		if err != nil {
			return nil, err
		}
		s.children = append(s.children, child)
	}
	return s, nil
}

func (s *overrideSet) child(key string) *overrideSet {
	for _, c := range s.children {
		if c.key == key {
			return c
		}
	}
	return nil
}

func (s *overrideSet) childrenEqual(o *overrideSet) bool {
	if len(s.children) != len(o.children) {
		return false
	}
	for _, c := range s.children {
		d := o.child(c.key)
		if d == nil || c.value != d.value || !c.childrenEqual(d) {
			return false
		}
	}
	return true
}

func (s *overrideSet) equal(o *overrideSet) bool {
	for {
		if s == o {
			return true
		}
		if s == nil || o == nil || s.key != o.key || s.value != o.value || !s.childrenEqual(o) {
			return false
		}
		s, o = s.parent, o.parent
	}
}

// ruleset is every rule in force under s: the nearest of each key.
func (s *overrideSet) ruleset() []*overrideSet {
	if s.rules != nil {
		return s.rules
	}
	seen := map[string]bool{}
	rules := []*overrideSet{}
	put := func(r *overrideSet) {
		if !seen[r.key] {
			seen[r.key] = true
			rules = append(rules, r)
		}
	}
	for a := s; a != nil; a = a.parent {
		for _, kid := range a.children {
			put(kid)
		}
		if a.parent != nil {
			put(a)
		}
	}
	s.rules = rules
	return rules
}

// edgeRule is the set in force for what e asks: the first rule that names it
// and whose versions meet, else s itself.
func (v *env) edgeRule(s *overrideSet, e *Edge) *overrideSet {
	for _, rule := range s.ruleset() {
		if rule.name != e.name {
			continue
		}
		if rule.keySpec == "*" {
			return rule
		}
		raw := e.rawSpec
		if raw == "" || v.before(11) {
			raw = v.edgeSpec(e)
		}
		if v.ruleApplies(rule, v.parse(e.name+"@"+raw)) {
			return rule
		}
	}
	return s
}

func (v *env) ruleApplies(rule *overrideSet, p *spec.Spec) bool {
	if p.Kind == spec.Alias && p.Sub != nil {
		p = p.Sub
	}
	switch p.Kind {
	case spec.Git:
		r := gitRange(p)
		return r != "" && v.ranges.intersects(r, rule.keySpec)
	case spec.Range, spec.Version:
		return v.ranges.intersects(fetchRange(p), rule.keySpec)
	default:
	}
	return true
}

// nodeRule is the rule for a package of that name and version.
func (v *env) nodeRule(s *overrideSet, name, version string) *overrideSet {
	for _, rule := range s.ruleset() {
		if rule.name == name && (v.ranges.satisfies(version, rule.keySpec) || v.ranges.satisfies(version, rule.value)) {
			return rule
		}
	}
	return s
}

// specificSet is the narrower of two sets where one holds the other, their
// nearest common ancestor where they merely stand side by side, and nothing
// where their rules contradict. ok is false for that last case alone.
func (v *env) specificSet(first, second *overrideSet) (s *overrideSet, ok bool) {
	for o := second; o != nil; o = o.parent {
		if o.equal(first) {
			return second, true
		}
	}
	for o := first; o != nil; o = o.parent {
		if o.equal(second) {
			return first, true
		}
	}
	if v.rulesConflict(first, second) {
		return nil, false
	}
	for b := second; b != nil; b = b.parent {
		for a := first; a != nil; a = a.parent {
			if a.equal(b) {
				return a, true
			}
		}
	}
	return nil, true
}

func (v *env) setsConflict(first, second *overrideSet) bool {
	if _, ok := v.specificSet(first, second); ok {
		return false
	}
	return v.rulesConflict(first, second)
}

func (v *env) rulesConflict(first, second *overrideSet) bool {
	byKey := map[string]*overrideSet{}
	for _, r := range second.ruleset() {
		byKey[r.key] = r
	}
	for _, a := range first.ruleset() {
		b := byKey[a.key]
		if b == nil || a == b || a.equal(b) || strings.HasPrefix(a.value, "$") || strings.HasPrefix(b.value, "$") {
			continue
		}
		x, y := v.parse(a.name+"@"+a.value), v.parse(b.name+"@"+b.value)
		if registryRange(x) && registryRange(y) && !v.ranges.intersects(fetchRange(x), fetchRange(y)) {
			return true
		}
	}
	return false
}

func registryRange(p *spec.Spec) bool { return p.Kind == spec.Range || p.Kind == spec.Version }
