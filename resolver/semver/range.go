package semver

import "strings"

// Range is a set of versions. The zero value holds none.
type Range struct {
	raw  string
	sets []set
	opts Options
}

// set is comparators that must all hold. key is the text it was read from, by
// which npm knows two of them to be the same one; "" where it does not.
type set struct {
	comps []comparator
	key   string
	keyed bool
}

type comparator struct {
	op  string // "", ">", ">=", "<" or "<="
	any bool   // every version; op and ver are empty
	ver Version
	val string // op and ver as text
}

// nullValue is the comparator that nothing satisfies.
const nullValue = "<0.0.0-0"

// ValidRange gives the range's normal form, "*" for any version, "" where s
// is no range.
func ValidRange(s string, o Options) string {
	r, err := ParseRange(s, o)
	if err != nil {
		return ""
	}
	if n := r.String(); n != "" {
		return n
	}
	return "*"
}

// IsZero says that r was never read.
func (r Range) IsZero() bool { return len(r.sets) == 0 }

// Raw is the text the range was read from, its white space reduced.
func (r Range) Raw() string { return r.raw }

// String is npm's normal form; "" is any version.
func (r Range) String() string {
	var b strings.Builder
	for i, s := range r.sets {
		if i > 0 {
			b.WriteString("||")
		}
		for k, c := range s.comps {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(c.val)
		}
	}
	return b.String()
}

// Test says whether the range holds v. The zero version is in no range.
func (r Range) Test(v Version) bool {
	if v.IsZero() {
		return false
	}
	for i := range r.sets {
		if testSet(r.sets[i].comps, &v, r.opts.IncludePrerelease) {
			return true
		}
	}
	return false
}

func testSet(comps []comparator, v *Version, includePrerelease bool) bool {
	for i := range comps {
		if !comps[i].test(v) {
			return false
		}
	}
	if includePrerelease || v.v.Prerelease() == "" {
		return true
	}
	// A prerelease is held only where a comparator names one of the same
	// three numbers.
	for i := range comps {
		c := &comps[i]
		if !c.any && c.ver.v.Prerelease() != "" && compareMain(&c.ver, v) == 0 {
			return true
		}
	}
	return false
}

func (c *comparator) test(v *Version) bool {
	if c.any {
		return true
	}
	d := compare(v, &c.ver)
	switch c.op {
	case "":
		return d == 0
	case ">":
		return d > 0
	case ">=":
		return d >= 0
	case "<":
		return d < 0
	}
	return d <= 0
}

// TestString is Test of a version as text; what is no version is not held.
func (r Range) TestString(version string) bool {
	v, err := Parse(version, r.opts.Loose)
	return err == nil && r.Test(v)
}

// Satisfies says whether range rng holds version; false where either cannot be
// read.
func Satisfies(version, rng string, o Options) bool {
	r, err := ParseRange(rng, o)
	return err == nil && r.TestString(version)
}

// MaxSatisfying gives the highest of versions in the range, as written there;
// of equals the first; "" where there is none.
func (r Range) MaxSatisfying(versions []string) string {
	best, bestVersion := "", Version{}
	for _, s := range versions {
		v, err := Parse(s, r.opts.Loose)
		if err != nil || !r.Test(v) {
			continue
		}
		if best == "" || compare(&bestVersion, &v) < 0 {
			best, bestVersion = s, v
		}
	}
	return best
}
