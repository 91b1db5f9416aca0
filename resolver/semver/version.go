package semver

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	mm "github.com/Masterminds/semver/v3"
)

// Version is one exact version. The zero value is no version: no range holds
// it. Two versions that print alike may differ in build metadata, so compare
// with Compare.
type Version struct {
	v     mm.Version // without build metadata, so that its text is npm's
	build string
}

// Parse reads a version. Loose also takes a leading v or =, leading zeros and
// a prerelease without its hyphen. The error wraps ErrVersion.
func Parse(s string, loose bool) (Version, error) {
	if len(s) > maxLength && utf16Length(s) > maxLength {
		return Version{}, fmt.Errorf("%w: longer than %d characters", ErrVersion, maxLength)
	}
	p, ok := full(trim(s), loose)
	if !ok {
		return Version{}, fmt.Errorf("%w: %q", ErrVersion, s)
	}
	return p.version()
}

func (p parts) version() (Version, error) {
	var n [3]uint64
	for i, t := range [3]string{p.major, p.minor, p.patch} {
		u, err := strconv.ParseUint(t, 10, 64)
		if err != nil || u > maxSafe {
			return Version{}, fmt.Errorf("%w: %.40q is too large", ErrVersion, t)
		}
		n[i] = u
	}
	v := mm.New(n[0], n[1], n[2], normalPre(p.pre), "")
	return Version{v: *v, build: p.build}, nil
}

// normalPre writes numeric identifiers as numbers: 007 is 7.
func normalPre(pre string) string {
	if !hasPaddedNumber(pre) {
		return pre
	}
	ids := strings.Split(pre, ".")
	for i, id := range ids {
		if !allDigits(id) {
			continue
		}
		if u, err := strconv.ParseUint(id, 10, 64); err == nil && u < maxSafe {
			ids[i] = strconv.FormatUint(u, 10)
		}
	}
	return strings.Join(ids, ".")
}

func hasPaddedNumber(pre string) bool {
	for i := 0; i+1 < len(pre); i++ {
		if pre[i] == '0' && isDigit(pre[i+1]) && (i == 0 || pre[i-1] == '.') {
			return true
		}
	}
	return false
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// Valid gives the version's normal form, "" where s is no version.
func Valid(s string, loose bool) string {
	v, _ := Parse(s, loose)
	return v.String()
}

// Clean is Valid after any run of leading = and v.
func Clean(s string, loose bool) string {
	return Valid(strings.TrimLeft(trim(s), "=v"), loose)
}

// String is npm's normal form, without build metadata; "" for the zero value.
func (v Version) String() string { return v.v.Original() }

// IsZero says that v is no version.
func (v Version) IsZero() bool { return v.v.Original() == "" }

// Major is the first of the three numbers, each at most 2⁵³−1.
func (v Version) Major() uint64 { return v.v.Major() }

// Minor is the second number.
func (v Version) Minor() uint64 { return v.v.Minor() }

// Patch is the third number.
func (v Version) Patch() uint64 { return v.v.Patch() }

// Prerelease is what follows the hyphen, in normal form; "" for a release.
func (v Version) Prerelease() string { return v.v.Prerelease() }

// Build is the build metadata as written, without its plus.
func (v Version) Build() string { return v.build }

// Compare orders by precedence: -1, 0 or 1. Build metadata does not count.
func (v Version) Compare(o Version) int { return compare(&v, &o) }

func compare(a, b *Version) int {
	if d := compareMain(a, b); d != 0 {
		return d
	}
	return comparePre(a.v.Prerelease(), b.v.Prerelease())
}

func compareMain(a, b *Version) int {
	if d := compareUint(a.v.Major(), b.v.Major()); d != 0 {
		return d
	}
	if d := compareUint(a.v.Minor(), b.v.Minor()); d != 0 {
		return d
	}
	return compareUint(a.v.Patch(), b.v.Patch())
}

func compareUint(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return compareLists(a, b)
}

// compareLists compares dotted identifiers; the shorter list is the lower.
func compareLists(a, b string) int {
	for {
		x, resta, morea := strings.Cut(a, ".")
		y, restb, moreb := strings.Cut(b, ".")
		if d := compareIdentifier(x, y); d != 0 {
			return d
		}
		switch {
		case !morea && !moreb:
			return 0
		case !morea:
			return -1
		case !moreb:
			return 1
		}
		a, b = resta, restb
	}
}

// compareIdentifier ranks numbers below words. Numbers compare as JavaScript's
// do, so that those beyond 2⁵³ are equal where a float64 is.
func compareIdentifier(a, b string) int {
	an, bn := allDigits(a), allDigits(b)
	switch {
	case an && !bn:
		return -1
	case bn && !an:
		return 1
	case !an:
		return strings.Compare(a, b)
	}
	if len(a) <= 15 && len(b) <= 15 {
		if d := len(strings.TrimLeft(a, "0")) - len(strings.TrimLeft(b, "0")); d != 0 {
			return sign(d)
		}
		return strings.Compare(strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0"))
	}
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func sign(d int) int {
	if d < 0 {
		return -1
	}
	return 1
}

// CompareBuild is Compare, ties broken by build metadata, as npm sorts lists.
func (v Version) CompareBuild(o Version) int {
	if d := compare(&v, &o); d != 0 {
		return d
	}
	switch {
	case v.build == o.build:
		return 0
	case v.build == "":
		return -1
	case o.build == "":
		return 1
	}
	return compareLists(v.build, o.build)
}
