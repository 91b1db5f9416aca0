package semver

import "strings"

// Intersects says whether some version may be in both ranges, as npm reckons
// it; both must have been read with the same options.
func (r Range) Intersects(o Range) bool {
	var theirs []set
	for _, s := range o.sets {
		if satisfiable(s.comps, r.opts) {
			theirs = append(theirs, s)
		}
	}
	for _, s := range r.sets {
		if !satisfiable(s.comps, r.opts) {
			continue
		}
		for _, t := range theirs {
			if allIntersect(s.comps, t.comps, r.opts) {
				return true
			}
		}
	}
	return false
}

// Intersects reads both ranges and relates them; an error wraps ErrRange.
func Intersects(a, b string, o Options) (bool, error) {
	ra, err := ParseRange(a, o)
	if err != nil {
		return false, err
	}
	rb, err := ParseRange(b, o)
	if err != nil {
		return false, err
	}
	return ra.Intersects(rb), nil
}

func allIntersect(a, b []comparator, o Options) bool {
	for i := range a {
		for k := range b {
			if !a[i].intersects(&b[k], o) {
				return false
			}
		}
	}
	return true
}

func satisfiable(comps []comparator, o Options) bool {
	for i := len(comps) - 1; i > 0; i-- {
		for k := 0; k < i; k++ {
			if !comps[i].intersects(&comps[k], o) {
				return false
			}
		}
	}
	return true
}

func (c *comparator) intersects(d *comparator, o Options) bool {
	if c.op == "" {
		return c.any || testSet([]comparator{*d}, &c.ver, o.IncludePrerelease)
	}
	if d.op == "" {
		return d.any || testSet([]comparator{*c}, &d.ver, o.IncludePrerelease)
	}
	if c.nothingLower(o) || d.nothingLower(o) {
		return false
	}
	if c.op[0] == d.op[0] {
		return true
	}
	if c.ver.String() == d.ver.String() && len(c.op) == 2 && len(d.op) == 2 {
		return true
	}
	diff := compare(&c.ver, &d.ver)
	return diff < 0 && c.op[0] == '>' || diff > 0 && c.op[0] == '<'
}

// nothingLower is «<0.0.0», which holds nothing. npm looks at the text alone.
func (c *comparator) nothingLower(o Options) bool {
	if o.IncludePrerelease {
		return c.val == nullValue
	}
	return strings.HasPrefix(c.val, "<0.0.0")
}
