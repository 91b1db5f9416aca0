package advisory

import (
	"slices"
	"strings"

	"gpq/resolver/semver"
)

// coverage is which versions a record is about: any of a list, of OSV's
// ranges, or of npm's range. It is kept in the index of a local export.
type coverage struct {
	Versions []string `json:"v,omitempty"`
	Spans    []span   `json:"s,omitempty"`
	Range    string   `json:"r,omitempty"` // in npm's language
	All      bool     `json:"a,omitempty"` // every version, past and future
}

// span is one stretch of OSV's SEMVER events: from From on, up to before Fixed
// or up to and with Last; both "" is for ever. From "0" is the beginning.
type span struct {
	From  string `json:"f"`
	Fixed string `json:"x,omitempty"`
	Last  string `json:"l,omitempty"`
}

// npmRange is how npm itself reads the range of an advisory.
var npmRange = semver.Options{Loose: true, IncludePrerelease: true}

// covers says whether a version is among those; told is false where nothing
// is said, or what is said cannot be read: then the source's word counts.
func (c coverage) covers(version string) (in, told bool) {
	if c.All || slices.Contains(c.Versions, version) {
		return true, true
	}
	told = len(c.Versions) > 0
	v, err := semver.Parse(version, true)
	if err != nil {
		return false, told && len(c.Spans) == 0 && c.Range == ""
	}
	unread := false
	for _, s := range c.Spans {
		in, ok := s.holds(v)
		if in {
			return true, true
		}
		told, unread = told || ok, unread || !ok
	}
	if c.Range != "" {
		r, err := semver.ParseRange(c.Range, npmRange)
		if err == nil && r.Test(v) {
			return true, true
		}
		told, unread = told || err == nil, unread || err != nil
	}
	return false, told && !unread
}

func (s span) holds(v semver.Version) (in, ok bool) {
	from, ok := point(s.From)
	if !ok {
		return false, false
	}
	if s.From != "0" && v.Compare(from) < 0 {
		return false, true
	}
	if s.Fixed != "" {
		fixed, ok := point(s.Fixed)
		return ok && v.Compare(fixed) < 0, ok
	}
	if s.Last != "" {
		last, ok := point(s.Last)
		return ok && v.Compare(last) <= 0, ok
	}
	return true, true
}

// point reads a version of an event; «1.2» and «0» stand in some.
func point(s string) (semver.Version, bool) {
	for range 3 {
		if v, err := semver.Parse(s, true); err == nil {
			return v, true
		}
		if strings.ContainsAny(s, "-+") || s == "" {
			break
		}
		s += ".0"
	}
	return semver.Version{}, false
}

// event is one of OSV's: exactly one field is set.
type event struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

func (e event) at() string {
	for _, s := range []string{e.Introduced, e.Fixed, e.LastAffected, e.Limit} {
		if s != "" {
			return s
		}
	}
	return ""
}

// spans makes stretches of events. They are sorted first, as OSV says, since
// records do not keep to an order; what cannot be read stays where it is and
// makes its span unreadable.
func spans(events []event) []span {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b event) int {
		x, xok := point(a.at())
		y, yok := point(b.at())
		switch {
		case a.Introduced == "0" && b.Introduced != "0":
			return -1
		case b.Introduced == "0" && a.Introduced != "0":
			return 1
		case !xok || !yok:
			return 0
		}
		return x.Compare(y)
	})
	var out []span
	open := false
	for _, e := range sorted {
		switch {
		case e.Introduced != "" && !open:
			out, open = append(out, span{From: e.Introduced}), true
		case e.Fixed != "" && open:
			out[len(out)-1].Fixed, open = e.Fixed, false
		case e.LastAffected != "" && open:
			out[len(out)-1].Last, open = e.LastAffected, false
		case e.Limit != "" && e.Limit != "*" && open:
			out[len(out)-1].Fixed, open = e.Limit, false
		}
	}
	return out
}

// everything says that spans or a range of npm's leave no version out.
func (c coverage) everything() bool {
	if slices.ContainsFunc(c.Spans, func(s span) bool { return s == span{From: "0"} }) {
		return true
	}
	r := strings.ReplaceAll(c.Range, " ", "")
	return slices.Contains([]string{"*", ">=0", ">=0.0.0", ">=0.0.0-0", "x"}, r)
}
