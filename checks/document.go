package checks

import (
	"time"

	"gpq/resolver"
)

// SchemaVersion is the version of Document's shape. Fields may be added under
// the same number; nothing in it changes its meaning.
const SchemaVersion = 1

// Document is a report as the record that is written to disk: everything else
// that shows a report is made from it.
type Document struct {
	SchemaVersion int                  `json:"schemaVersion"`
	Tool          DocumentTool         `json:"tool"`
	GeneratedAt   time.Time            `json:"generatedAt"`
	Request       DocumentRequest      `json:"request"`
	Verdict       string               `json:"verdict"`
	Summary       DocumentSummary      `json:"summary"`
	Packages      []DocumentPackage    `json:"packages"`
	Unresolved    []DocumentUnresolved `json:"unresolved"`
	Notices       []DocumentNotice     `json:"notices,omitempty"`
}

// DocumentTool names the program that made the report.
type DocumentTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// DocumentRequest is what was asked: npm's command, its arguments as typed,
// and the folder, as given.
type DocumentRequest struct {
	Command   string   `json:"command"`
	Args      []string `json:"args"`
	Directory string   `json:"directory"`
}

// DocumentSummary counts packages, and findings that count for the verdict.
type DocumentSummary struct {
	Packages int `json:"packages"`
	Danger   int `json:"danger"`
	Warning  int `json:"warning"`
	Note     int `json:"note"`
	Unknown  int `json:"unknown"`
}

// DocumentPackage is one package of the plan.
type DocumentPackage struct {
	Name      string            `json:"name"`
	Version   string            `json:"version"`
	Registry  string            `json:"registry"`
	Resolved  string            `json:"resolved"`
	Integrity string            `json:"integrity"`
	Via       [][]string        `json:"via"`
	Change    string            `json:"change"`
	Previous  *string           `json:"previous"` // version; null where there was none
	Published *time.Time        `json:"published,omitempty"`
	Inert     bool              `json:"inert,omitempty"` // in the lockfile, not fetched on this machine
	Findings  []DocumentFinding `json:"findings"`
}

// DocumentFinding is one answer.
type DocumentFinding struct {
	Check    string             `json:"check"`
	Outcome  string             `json:"outcome"`
	Severity string             `json:"severity"`
	Message  string             `json:"message"`
	Evidence []DocumentEvidence `json:"evidence"`
	Joined   []string           `json:"joined,omitempty"`   // checks whose changes lifted the severity
	Approved string             `json:"approved,omitempty"` // by what the finding was accepted
}

// DocumentEvidence is one fact.
type DocumentEvidence struct {
	Fact   string `json:"fact"`
	Value  string `json:"value"`
	Source string `json:"source"`
	Proved bool   `json:"proved"`
}

// DocumentUnresolved is what the plan could not make known.
type DocumentUnresolved struct {
	Spec   string   `json:"spec"`
	Via    []string `json:"via"`
	Reason string   `json:"reason"`
}

// DocumentNotice is one line about the whole run.
type DocumentNotice struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Document makes the record of a report. version is gpq's own.
func (r *Report) Document(v Verdict, version string, q DocumentRequest) *Document {
	s := r.Summary()
	d := &Document{
		SchemaVersion: SchemaVersion, Tool: DocumentTool{"gpq", version},
		GeneratedAt: r.At.UTC().Truncate(time.Second), Request: q, Verdict: v.String(),
		Summary:  DocumentSummary(s),
		Packages: []DocumentPackage{}, Unresolved: []DocumentUnresolved{},
	}
	for i := range r.Items {
		d.Packages = append(d.Packages, documentPackage(&r.Items[i]))
	}
	for _, u := range r.Plan.Unresolved {
		d.Unresolved = append(d.Unresolved, DocumentUnresolved{Told(u.Spec), full(u.Via), Told(u.Reason)})
	}
	for _, n := range r.Notices {
		d.Notices = append(d.Notices, DocumentNotice{string(n.Kind), n.Subject, n.Text})
	}
	return d
}

func documentPackage(it *ItemReport) DocumentPackage {
	p := DocumentPackage{
		Name: it.Item.Name, Version: it.Item.Version, Registry: it.Item.Registry, Resolved: Told(it.Item.Tarball),
		Integrity: string(it.Item.Integrity), Via: full(it.Item.Via), Change: changeWord(it.Item.Change),
		Inert: it.Item.Inert, Findings: []DocumentFinding{},
	}
	if it.Item.Previous != nil {
		p.Previous = &it.Item.Previous.Version
	}
	if !it.Published.IsZero() {
		at := it.Published.UTC()
		p.Published = &at
	}
	for _, f := range it.Findings {
		p.Findings = append(p.Findings, documentFinding(f))
	}
	return p
}

func documentFinding(f Finding) DocumentFinding {
	d := DocumentFinding{
		Check: string(f.Check), Outcome: f.Outcome.String(), Message: f.Message,
		Evidence: []DocumentEvidence{}, Approved: f.Approved,
	}
	if f.Outcome == Flagged {
		d.Severity = f.Severity.String()
	}
	for _, e := range f.Evidence {
		d.Evidence = append(d.Evidence, DocumentEvidence(e))
	}
	for _, j := range f.Joined {
		d.Joined = append(d.Joined, string(j))
	}
	return d
}

func changeWord(c resolver.Change) string {
	switch c {
	case resolver.Updated:
		return "updated"
	case resolver.Unchanged:
		return "unchanged"
	default:
		return "added"
	}
}

// full is s, or an empty slice for nil: JSON's [] and not null.
func full[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
