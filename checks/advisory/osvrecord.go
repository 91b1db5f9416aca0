package advisory

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

// osvRecord is the part of an OSV record (schema 1.x) that is read.
type osvRecord struct {
	ID        string        `json:"id"`
	Modified  string        `json:"modified"`
	Withdrawn string        `json:"withdrawn"`
	Aliases   []string      `json:"aliases"`
	Summary   string        `json:"summary"`
	Severity  []osvSeverity `json:"severity"`
	Affected  []osvAffected `json:"affected"`
	Database  struct {
		Severity string          `json:"severity"`
		CWEs     json.RawMessage `json:"cwe_ids"`
	} `json:"database_specific"`
}

type osvSeverity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type osvAffected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Ranges []struct {
		Type   string  `json:"type"`
		Events []event `json:"events"`
	} `json:"ranges"`
	Versions []string      `json:"versions"`
	Severity []osvSeverity `json:"severity"`
}

// idForm is what an id may look like: it goes into URLs.
var idForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$`) })

func parseOSV(b []byte) (osvRecord, error) {
	var r osvRecord
	if err := json.Unmarshal(b, &r); err != nil {
		return r, errors.New("no OSV record")
	}
	if !idForm().MatchString(r.ID) {
		return r, errors.New("an OSV record without an id")
	}
	return r, nil
}

// about gives what the record says of one npm package; false if nothing.
func (r osvRecord) about(name string) (entry, bool) {
	e := r.entry()
	found := false
	for _, a := range r.Affected {
		if a.Package.Ecosystem != "npm" || a.Package.Name != name {
			continue
		}
		found = true
		e.Cover.Versions = append(e.Cover.Versions, a.Versions...)
		for _, g := range a.Ranges {
			if g.Type == "SEMVER" || g.Type == "ECOSYSTEM" {
				e.Cover.Spans = append(e.Cover.Spans, spans(g.Events)...)
			}
		}
		e.rate(a.Severity)
	}
	e.Cover.All = e.Cover.everything()
	return e, found
}

// names are the npm packages the record speaks of.
func (r osvRecord) names() []string {
	var out []string
	for _, a := range r.Affected {
		if a.Package.Ecosystem == "npm" && a.Package.Name != "" && !slices.Contains(out, a.Package.Name) {
			out = append(out, a.Package.Name)
		}
	}
	return out
}

func (r osvRecord) entry() entry {
	e := entry{
		ID: r.ID, Summary: r.Summary, Withdrawn: r.Withdrawn != "",
		URL: "https://osv.dev/vulnerability/" + r.ID, Level: levelOf(r.Database.Severity),
	}
	for _, a := range r.Aliases {
		if idForm().MatchString(a) {
			e.Aliases = append(e.Aliases, a)
		}
	}
	var cwes []string
	_ = json.Unmarshal(r.Database.CWEs, &cwes)
	e.Malware = isMalware(e.ids(), cwes, r.Summary)
	e.rate(r.Severity)
	return e
}

// rate takes the worst CVSS score; a vector goes before the words.
func (e *entry) rate(list []osvSeverity) {
	for _, s := range list {
		if score, ok := baseScore(s.Score); ok && score >= e.Score {
			e.Score, e.Level = score, levelAt(score)
		}
	}
}

// baseScore reads a CVSS vector of any version.
func baseScore(vector string) (float64, bool) {
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		if v, err := gocvss40.ParseVector(vector); err == nil {
			return v.Score(), true
		}
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		if v, err := gocvss31.ParseVector(vector); err == nil {
			return v.BaseScore(), true
		}
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		if v, err := gocvss30.ParseVector(vector); err == nil {
			return v.BaseScore(), true
		}
	case strings.HasPrefix(vector, "AV:"):
		if v, err := gocvss20.ParseVector(vector); err == nil {
			return v.BaseScore(), true
		}
	}
	return 0, false
}

// levelAt is CVSS's own table. A score of 0 is «none», which we call low.
func levelAt(score float64) Level {
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Medium
	default:
		return Low
	}
}

// levelOf reads the words of GitHub and npm.
func levelOf(word string) Level {
	switch strings.ToLower(word) {
	case "critical":
		return Critical
	case "high":
		return High
	case "moderate", "medium":
		return Medium
	case "low", "info":
		return Low
	default:
		return LevelUnknown
	}
}

// malwareTitle is how GitHub and npm title records of malware.
var malwareTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(embedded )?(malware|malicious (code|package))\b`)
})

// isMalware: a MAL- id, the weakness «embedded malicious code», or GitHub's
// title for it.
func isMalware(ids, cwes []string, title string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, "MAL-") }) ||
		slices.Contains(cwes, "CWE-506") || malwareTitle().MatchString(title)
}
