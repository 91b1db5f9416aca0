// Package advisory asks who lists a version as malicious or vulnerable: OSV
// and the registry's own bulk advisories, or a local export of OSV.
package advisory

import (
	"cmp"
	"slices"
	"strings"
)

// Level is how bad a vulnerability is, by CVSS.
type Level uint8

// The levels, mildest first; the zero value is «nobody says».
const (
	LevelUnknown Level = iota
	Low
	Medium
	High
	Critical
)

// String names the level as CVSS does.
func (l Level) String() string {
	return [...]string{"of unknown severity", "low", "medium", "high", "critical"}[min(l, Critical)]
}

// Source is one place that was asked.
type Source struct {
	Name string // host, or the path of a local export
	// Off: not asked on purpose, or it keeps no advisories; Err says why.
	Off bool
	Err error // why it gave no answer; nil where it did
}

// Answered says that the source did answer.
func (s Source) Answered() bool { return s.Name != "" && !s.Off && s.Err == nil }

// Record is one advisory that holds for the version asked about: all of one
// vulnerability's or malware's names merged.
type Record struct {
	ID      string   // the first of IDs
	IDs     []string // MAL-, GHSA-, CVE-, others; no duplicates
	Malware bool
	Summary string // foreign text
	Level   Level
	Score   float64 // highest CVSS base score; 0 if none
	// AllVersions: the record covers every version, past and future.
	AllVersions bool
	Sources     []string // who lists it
	URL         string   // https only; "" if none
	// Vague: only the id could be had, not its details.
	Vague  bool
	covers []coverage
}

// Affects says whether the record covers another version of the package, as
// far as its lists and ranges tell. A record without either covers all.
func (r Record) Affects(version string) bool {
	for _, c := range r.covers {
		if in, told := c.covers(version); in || !told {
			return true
		}
	}
	return len(r.covers) == 0
}

// Report is everything known about one exact version.
type Report struct {
	Records  []Record // worst first
	OSV      Source   // OSV or a local export of it
	Registry Source   // the registry's own advisories
}

// entry is one source's record about one package, before merging.
type entry struct {
	ID        string
	Aliases   []string
	Summary   string
	Withdrawn bool
	Malware   bool
	Level     Level
	Score     float64
	URL       string
	Source    string
	Vague     bool
	Cover     coverage
}

// holds says whether the entry is about this version. What it does not tell
// is left to the source's word, which named it for this version.
func (e entry) holds(version string) bool {
	in, told := e.Cover.covers(version)
	return !e.Withdrawn && (in || !told)
}

// merge makes one record of all entries that share a name.
func merge(entries []entry) []Record {
	group := map[string]int{} // id → index in out
	var out []Record
	for _, e := range entries {
		at := -1
		for _, id := range e.ids() {
			if i, ok := group[id]; ok && at < 0 {
				at = i
			} else if ok && i != at {
				out[at] = join(out[at], out[i])
				out[i] = Record{}
				move(group, i, at)
			}
		}
		if at < 0 {
			at = len(out)
			out = append(out, Record{})
		}
		out[at] = join(out[at], e.record())
		for _, id := range e.ids() {
			group[id] = at
		}
	}
	out = slices.DeleteFunc(out, func(r Record) bool { return len(r.IDs) == 0 })
	for i := range out {
		out[i].finish()
	}
	slices.SortStableFunc(out, worse)
	return out
}

func move(group map[string]int, from, to int) {
	for id, i := range group {
		if i == from {
			group[id] = to
		}
	}
}

func (e entry) ids() []string { return append([]string{e.ID}, e.Aliases...) }

func (e entry) record() Record {
	return Record{
		IDs: e.ids(), Malware: e.Malware, Summary: e.Summary, Level: e.Level, Score: e.Score,
		AllVersions: e.Cover.All, Sources: []string{e.Source}, URL: e.URL, Vague: e.Vague, covers: []coverage{e.Cover},
	}
}

// join takes the worse of everything.
func join(a, b Record) Record {
	if len(a.IDs) == 0 {
		return b
	}
	a.IDs = append(a.IDs, b.IDs...)
	a.Sources = append(a.Sources, b.Sources...)
	a.covers = append(a.covers, b.covers...)
	a.Malware = a.Malware || b.Malware
	a.AllVersions = a.AllVersions || b.AllVersions
	a.Vague = a.Vague && b.Vague
	a.Level = max(a.Level, b.Level)
	a.Score = max(a.Score, b.Score)
	a.Summary = cmp.Or(a.Summary, b.Summary)
	a.URL = cmp.Or(a.URL, b.URL)
	return a
}

func (r *Record) finish() {
	slices.SortFunc(r.IDs, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	r.IDs = slices.Compact(r.IDs)
	slices.Sort(r.Sources)
	r.Sources = slices.Compact(r.Sources)
	r.ID = r.IDs[0]
}

// rank puts the name first that people search for.
func rank(id string) int {
	for i, p := range []string{"MAL-", "GHSA-", "CVE-"} {
		if strings.HasPrefix(id, p) {
			return i
		}
	}
	return 3
}

func worse(a, b Record) int {
	switch {
	case a.Malware != b.Malware && a.Malware:
		return -1
	case a.Malware != b.Malware:
		return 1
	}
	return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
}
