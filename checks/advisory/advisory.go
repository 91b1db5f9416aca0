// Package advisory asks who lists a version as malicious or vulnerable: OSV
// and the registry's own bulk advisories.
package advisory

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

// Source is one place that was asked.
type Source struct {
	Name string // host, or the path of a local export
	// Off: not asked on purpose; Err says why.
	Off bool
	Err error // why it gave no answer; nil where it did
}

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
	Vague   bool
	affects func(version string) bool
}

// Affects says whether the record covers another version of the package, as
// far as its lists and ranges tell. Unreadable versions are affected.
func (r Record) Affects(version string) bool { return r.affects == nil || r.affects(version) }

// Report is everything known about one exact version.
type Report struct {
	Records  []Record // worst first
	OSV      Source   // OSV or a local export of it
	Registry Source   // the registry's own advisories
}
