package tree

import "strings"

// vulnerableRange writes the vulnerable versions as a range, as npm writes it:
// it is tested with prereleases let in, so that how it is written counts.
func (a *advisory) vulnerableRange() string {
	var bad []string
	for v := range a.bad {
		bad = append(bad, v)
	}
	a.r.b.sortVersions(bad)
	var parts []string
	all := a.versions
	for i, next := 0, 0; i < len(all); i++ {
		low, high := all[i], ""
		for ; i < len(all); i++ {
			if next < len(bad) && all[i] == bad[next] {
				high = all[i]
				next++
			} else if !prerelease(all[i]) {
				break
			}
		}
		switch {
		case high == "":
		case high == all[len(all)-1]:
			parts = append(parts, ">="+low)
		case low == high:
			parts = append(parts, low)
		default:
			parts = append(parts, low+" - "+high)
		}
	}
	if len(parts) == 0 {
		return "<0.0.0-0"
	}
	return a.r.simplified(all, strings.Join(parts, " || "))
}

// simplified is a shorter range with the same versions out of all, where there
// is one.
func (r *auditReport) simplified(all []string, rng string) string {
	var parts []string
	first, prev := "", ""
	flush := func(open bool) {
		switch {
		case first == "":
		case open && first == all[0]:
			parts = append(parts, "*")
		case open:
			parts = append(parts, ">="+first)
		case first == prev:
			parts = append(parts, first)
		case first == all[0]:
			parts = append(parts, "<="+prev)
		default:
			parts = append(parts, first+" - "+prev)
		}
		first, prev = "", ""
	}
	for _, v := range all {
		if !r.in(v, rng) {
			flush(false)
			continue
		}
		if prev = v; first == "" {
			first = v
		}
	}
	flush(true)
	if s := strings.Join(parts, " || "); len(s) < len(rng) {
		return s
	}
	return rng
}
