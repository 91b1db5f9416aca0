package checks

import (
	"slices"
	"strings"
	"time"

	"gpq/resolver"
)

// Policy is what is asked for and how answers are weighed. The zero value
// decides nothing: take DefaultPolicy, or package checks/policy which reads
// the files.
type Policy struct {
	Limits Limits
	Rules  Rules
	// Required are the checks that must be able to answer. RequireAlso adds to
	// them for packages by pattern.
	Required    []ID
	RequireAlso []RequireRule
	// Severities replace what a check says of flagged findings; Off silences
	// a check's findings to notes. Malware can be neither.
	Severities map[ID]Severity
	// Floors are what a check's flagged findings weigh at least.
	Floors     map[ID]Severity
	Exceptions []Exception
	Approvals  []Approval
	Baseline   *Baseline // nil: none
	made       bool
}

// DefaultPolicy is the policy where no file says otherwise.
func DefaultPolicy() *Policy {
	return &Policy{
		Limits: DefaultLimits(),
		Required: []ID{
			"signature", "provenance", "attestation-missing", "publisher-changed", MalwareID, "lockfile",
		},
		Severities: map[ID]Severity{},
		Floors:     map[ID]Severity{},
		made:       true,
	}
}

// RequireRule makes checks required for the packages of a pattern.
type RequireRule struct {
	Packages Pattern
	Checks   []ID
}

// Exception accepts findings of some checks for the packages of a pattern.
type Exception struct {
	Packages Pattern
	Checks   []ID // never empty
	Reason   string
	Expires  time.Time // zero: never
	Source   string    // the file and line it stands in
}

// RequiredFor says whether a check must answer about a package.
func (p *Policy) RequiredFor(id ID, name string) bool {
	if slices.Contains(p.Required, id) {
		return true
	}
	return slices.ContainsFunc(p.RequireAlso, func(r RequireRule) bool {
		return slices.Contains(r.Checks, id) && r.Packages.Match(name, "")
	})
}

// unreported says whether something unresolved has no exotic finding that
// speaks for it: then nothing in the report does.
func (p *Policy) unreported(u resolver.Unresolved) bool { return !isExotic(u) }

// Pattern names packages: a name, a name with «*» for any run of characters
// («@acme/*»), and after a last «@» a version or a version's beginning with
// «*». The zero value matches nothing.
type Pattern string

// Match says whether a package is meant; version "" leaves a pattern that
// names versions out.
func (p Pattern) Match(name, version string) bool {
	pat, ver := string(p), ""
	if i := strings.LastIndex(pat, "@"); i > 0 {
		pat, ver = pat[:i], pat[i+1:]
	}
	if pat == "" || !glob(pat, name) {
		return false
	}
	return ver == "" || version != "" && glob(ver, version)
}

// glob matches «*» as any run of characters, in linear space and without
// backtracking over more than one star.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, last)
}
