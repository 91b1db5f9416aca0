package semver

import "strings"

// Subset says whether every version of sub is in dom, as npm reckons it; both
// must have been read with the same options.
func Subset(sub, dom Range) bool {
	if sub.raw == dom.raw && sub.opts == dom.opts {
		return true
	}
	o := sub.opts
	sawNonNull := false
	for i := range sub.sets {
		held := false
		for k := range dom.sets {
			switch simpleSubset(&sub.sets[i], &dom.sets[k], o) {
			case yes:
				held, sawNonNull = true, true
			case no:
				sawNonNull = true
			default:
			}
			if held {
				break
			}
		}
		if !held && sawNonNull {
			return false
		}
	}
	return true
}

type answer uint8

const (
	null answer = iota // the smaller set holds nothing
	no
	yes
)

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}

func simpleSubset(a, b *set, o Options) answer {
	if a.keyed && b.keyed && a.key == b.key {
		return yes
	}
	sub, dom := a.comps, b.comps
	if isAny(sub) {
		if isAny(dom) {
			return yes
		}
		sub = atLeastZero(o.IncludePrerelease)
	}
	if isAny(dom) {
		if o.IncludePrerelease {
			return yes
		}
		dom = atLeastZero(false)
	}
	b2 := boundsOf(sub)
	if b2.empty() {
		return null
	}
	if len(b2.eq) == 1 {
		return b2.eqWithin(dom, o)
	}
	return answerOf(b2.within(dom, o))
}

func isAny(comps []comparator) bool { return len(comps) == 1 && comps[0].any }

func atLeastZero(prerelease bool) []comparator {
	v, _ := Parse("0.0.0"+zero(prerelease), false)
	return []comparator{{op: ">=", ver: v, val: ">=" + v.String()}}
}

// bounds are the tightest limits of a set.
type bounds struct {
	gt, lt *comparator
	eq     []*comparator
}

func boundsOf(comps []comparator) bounds {
	var b bounds
	for i := range comps {
		c := &comps[i]
		switch {
		case c.op == "":
			b.eq = append(b.eq, c)
		case c.op[0] == '>':
			b.gt = higher(b.gt, c)
		default:
			b.lt = lower(b.lt, c)
		}
	}
	return b
}

// meet says that both limits are there and are the same version.
func (b bounds) meet() bool {
	return b.gt != nil && b.lt != nil && compare(&b.gt.ver, &b.lt.ver) == 0
}

func (b bounds) empty() bool {
	if len(b.eq) > 1 {
		return true
	}
	if b.gt == nil || b.lt == nil {
		return false
	}
	d := compare(&b.gt.ver, &b.lt.ver)
	return d > 0 || d == 0 && (b.gt.op != ">=" || b.lt.op != "<=")
}

func (b bounds) eqWithin(dom []comparator, o Options) answer {
	eq := &b.eq[0].ver
	in := func(c *comparator) bool {
		return testSet([]comparator{*c}, eq, o.IncludePrerelease)
	}
	if b.eq[0].any {
		return answerOf(false)
	}
	if b.gt != nil && !in(b.gt) || b.lt != nil && !in(b.lt) {
		return null
	}
	for i := range dom {
		if !in(&dom[i]) {
			return no
		}
	}
	return yes
}

// within says whether the limits lie inside dom.
func (b bounds) within(dom []comparator, o Options) bool {
	needGT := !o.IncludePrerelease && b.gt != nil && b.gt.ver.Prerelease() != ""
	needLT := !o.IncludePrerelease && b.lt != nil && b.lt.ver.Prerelease() != ""
	if needLT && b.lt.op == "<" && b.lt.ver.Prerelease() == "0" {
		needLT = false
	}
	meet, domGT, domLT := b.meet(), false, false
	for i := range dom {
		c := &dom[i]
		domGT = domGT || strings.HasPrefix(c.op, ">")
		domLT = domLT || strings.HasPrefix(c.op, "<")
		if b.gt != nil {
			needGT = needGT && !samePrerelease(c, b.gt)
			if !b.lowInside(c, o) {
				return false
			}
		}
		if b.lt != nil {
			needLT = needLT && !samePrerelease(c, b.lt)
			if !b.highInside(c, o) {
				return false
			}
		}
		if c.op == "" && (b.lt != nil || b.gt != nil) && !meet {
			return false
		}
	}
	if b.gt != nil && domLT && b.lt == nil || b.lt != nil && domGT && b.gt == nil {
		return false
	}
	return !needGT && !needLT
}

func samePrerelease(c, d *comparator) bool {
	return !c.any && c.ver.Prerelease() != "" && compareMain(&c.ver, &d.ver) == 0
}

func (b bounds) lowInside(c *comparator, o Options) bool {
	if strings.HasPrefix(c.op, ">") {
		return higher(b.gt, c) != c || c == b.gt
	}
	return b.gt.op != ">=" || holds(c, &b.gt.ver, o)
}

func (b bounds) highInside(c *comparator, o Options) bool {
	if strings.HasPrefix(c.op, "<") {
		return lower(b.lt, c) != c || c == b.lt
	}
	return b.lt.op != "<=" || holds(c, &b.lt.ver, o)
}

// holds tests one comparator; before node-semver 7.8 with the rule for
// prereleases.
func holds(c *comparator, v *Version, o Options) bool {
	if o.Before78 {
		return testSet([]comparator{*c}, v, o.IncludePrerelease)
	}
	return c.test(v)
}

func higher(a, b *comparator) *comparator {
	if a == nil {
		return b
	}
	d := compare(&a.ver, &b.ver)
	if d < 0 || d == 0 && b.op == ">" && a.op == ">=" {
		return b
	}
	return a
}

func lower(a, b *comparator) *comparator {
	if a == nil {
		return b
	}
	d := compare(&a.ver, &b.ver)
	if d > 0 || d == 0 && b.op == "<" && a.op == "<=" {
		return b
	}
	return a
}
