package semver

import (
	"fmt"
	"strings"
)

// ParseRange reads a range. The error wraps ErrRange.
func ParseRange(s string, o Options) (Range, error) {
	if len(s) > MaxRangeLength {
		return Range{}, fmt.Errorf("%w: longer than %d bytes", ErrRange, MaxRangeLength)
	}
	r := Range{raw: collapse(s), opts: o}
	for rest, more := r.raw, true; more; {
		var one string
		one, rest, more = strings.Cut(rest, "||")
		st, err := parseSet(trim(one), o)
		if err != nil {
			return Range{}, err
		}
		if len(st.comps) > 0 {
			r.sets = append(r.sets, st)
		}
	}
	if len(r.sets) == 0 {
		return Range{}, fmt.Errorf("%w: %.80q", ErrRange, s)
	}
	r.simplify()
	return r, nil
}

// simplify drops the sets that hold nothing, unless all do, and leaves only
// «any» where there is one.
func (r *Range) simplify() {
	if len(r.sets) == 1 {
		return
	}
	kept := make([]set, 0, len(r.sets))
	for _, s := range r.sets {
		if s.comps[0].val != nullValue {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		r.sets = r.sets[:1]
		return
	}
	r.sets = kept
	for i, s := range kept {
		if len(kept) > 1 && len(s.comps) == 1 && s.comps[0].any {
			r.sets = kept[i : i+1]
			return
		}
	}
}

// parseSet reads what stands between two «||».
func parseSet(s string, o Options) (set, error) {
	if !o.Before78 {
		s = stripBuilds(s)
	}
	key := s
	s = hyphen(s, o)
	s = trimOperators(s)
	s = trimSign(trimSign(s, '~'), '^')
	st := set{key: key, keyed: true}
	for rest, first, more := s, true, true; more; first = false {
		var word string
		word, rest, more = strings.Cut(rest, " ")
		word = desugar(word, o)
		if word == "" && !first && more {
			continue // npm joins the words again, and an empty one between others is lost
		}
		if err := st.addWord(word, o); err != nil {
			return set{}, err
		}
	}
	if !st.collapseNull() {
		st.dropAny()
	}
	return st, nil
}

// desugar rewrites one word down to plain comparators, blank separated.
func desugar(word string, o Options) string {
	word = stripBuild(word)
	if s, ok := caret(word, o); ok {
		return s
	}
	if s, ok := tilde(word, o); ok {
		return s
	}
	return star(xrange(word, o))
}

// addWord adds the comparators in text.
func (st *set) addWord(text string, o Options) error {
	for rest, more := text, true; more; {
		var one string
		one, rest, more = strings.Cut(rest, " ")
		if o.IncludePrerelease && one == ">=0.0.0-0" || !o.IncludePrerelease && one == ">=0.0.0" {
			one = ""
		}
		c, skip, err := parseComparator(one, o.Loose)
		if err != nil {
			return err
		}
		if !skip {
			st.add(c)
		}
	}
	return nil
}

func (st *set) add(c comparator) {
	for i := range st.comps {
		if st.comps[i].val == c.val {
			st.comps[i] = c
			return
		}
	}
	st.comps = append(st.comps, c)
}

// collapseNull leaves only the comparator that excludes everything, if there
// is one. npm does not know such a set by its text.
func (st *set) collapseNull() bool {
	for _, c := range st.comps {
		if c.val == nullValue {
			*st = set{comps: []comparator{c}}
			return true
		}
	}
	return false
}

// dropAny takes «any» out of a set that has something else.
func (st *set) dropAny() {
	if len(st.comps) < 2 {
		return
	}
	for i, c := range st.comps {
		if c.any {
			st.comps = append(st.comps[:i], st.comps[i+1:]...)
			return
		}
	}
}

// parseComparator reads one plain comparator. skip says that loosely it is no
// comparator and is left out.
func parseComparator(s string, loose bool) (c comparator, skip bool, err error) {
	if s == "" {
		return comparator{any: true}, false, nil
	}
	end := operator(s, 0)
	p, ok := full(s[end:], loose)
	if !ok && loose {
		return c, true, nil
	}
	if !ok {
		return c, false, fmt.Errorf("%w: no comparator: %.80q", ErrRange, s)
	}
	if len(s)-end > maxLength {
		return c, false, fmt.Errorf("%w: version longer than %d characters", ErrRange, maxLength)
	}
	c.op = s[:end]
	if c.op == "=" {
		c.op = ""
	}
	if c.ver, err = p.version(); err != nil {
		return c, false, fmt.Errorf("%w: %w", ErrRange, err)
	}
	c.val = c.op + c.ver.String()
	return c, false, nil
}
