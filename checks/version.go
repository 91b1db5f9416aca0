package checks

import (
	"cmp"
	"strconv"
	"strings"
)

// version is what History needs of a semantic version; the resolver has the
// full grammar. ok is false for what is no version at all.
type version struct {
	num [3]uint64
	pre string
	ok  bool
}

func parseVersion(s string) version {
	var v version
	s = strings.TrimPrefix(strings.TrimSpace(s), "v")
	s, _, _ = strings.Cut(s, "+")
	core, pre, _ := strings.Cut(s, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return v
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 64)
		if err != nil {
			return v
		}
		v.num[i] = n
	}
	v.pre, v.ok = pre, true
	return v
}

// line is the release line a version belongs to: what a caret range stays in.
func (v version) line() string {
	if !v.ok {
		return ""
	}
	if v.num[0] > 0 {
		return strconv.FormatUint(v.num[0], 10)
	}
	return "0." + strconv.FormatUint(v.num[1], 10)
}

func (v version) compare(o version) int {
	for i := range v.num {
		if c := cmp.Compare(v.num[i], o.num[i]); c != 0 {
			return c
		}
	}
	switch {
	case v.pre == o.pre:
		return 0
	case v.pre == "":
		return 1
	case o.pre == "":
		return -1
	}
	return comparePre(v.pre, o.pre)
}

func comparePre(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if c := compareIdent(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

func compareIdent(a, b string) int {
	x, errA := strconv.ParseUint(a, 10, 64)
	y, errB := strconv.ParseUint(b, 10, 64)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(x, y)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}
