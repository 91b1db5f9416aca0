package checks

import (
	"time"

	"gpq/resolver"
)

// Report is every answer about every package of a plan.
type Report struct {
	At   time.Time
	Plan *resolver.Plan
	// Items stand in the plan's order; what the project asks for and no plan
	// could make known stands at the end, as an item without a registry.
	Items []ItemReport
	// Asked are the checks that were to answer about each item.
	Asked []ID
	// Notices are things worth one line that belong to no single package: what
	// a registry does not offer, an approval that has expired.
	Notices []Notice
}

// Notice is one line about the whole run.
type Notice struct {
	Kind    NoticeKind
	Subject string // registry, package or file it is about
	Text    string
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	NoticeRegistry NoticeKind = "registry" // a registry offers less than npmjs does
	NoticeApproval NoticeKind = "approval" // expired, superseded, or not for this artefact
	NoticePlan     NoticeKind = "plan"     // the resolver's own notes
	NoticeService  NoticeKind = "service"  // a service gave no answer: its host, and why
	NoticePolicy   NoticeKind = "policy"   // a layer wanted to loosen what it may not
)

// ItemReport is what was found about one item. Findings stand in the order of
// Report.Asked, exactly one for each.
type ItemReport struct {
	Item      resolver.Item
	Published time.Time // zero where not known
	Findings  []Finding
}

// Finding gives a check's answer; false where it gave none.
func (i *ItemReport) Finding(id ID) (Finding, bool) {
	for _, f := range i.Findings {
		if f.Check == id {
			return f, true
		}
	}
	return Finding{}, false
}

// Worst is the highest severity of what is flagged and not approved.
func (i *ItemReport) Worst() Severity {
	worst := Unset
	for _, f := range i.Findings {
		if f.Counts() {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// Counts says whether a finding counts for the verdict: flagged, and accepted
// by nobody.
func (f Finding) Counts() bool { return f.Outcome == Flagged && f.Approved == "" }

// Summary counts a report's findings: by severity those that count, and the
// unknown ones.
type Summary struct{ Packages, Danger, Warning, Note, Unknown int }

// Summary counts the findings of all items.
func (r *Report) Summary() Summary {
	s := Summary{Packages: len(r.Items)}
	for _, it := range r.Items {
		for _, f := range it.Findings {
			s.add(f)
		}
	}
	return s
}

func (s *Summary) add(f Finding) {
	if f.Outcome == Unknown && f.Approved == "" {
		s.Unknown++
	}
	if !f.Counts() {
		return
	}
	switch f.Severity {
	case Danger:
		s.Danger++
	case Warning:
		s.Warning++
	default:
		s.Note++
	}
}

// complete says whether each item has exactly one answer to each question
// that was asked, and at least one question was.
func (r *Report) complete() bool {
	if r == nil || r.Plan == nil || len(r.Asked) == 0 || len(r.Items) < len(r.Plan.Items) {
		return false
	}
	for i := range r.Items {
		if !r.Items[i].complete(r.Asked) {
			return false
		}
		if i < len(r.Plan.Items) && r.Items[i].Item.Package != r.Plan.Items[i].Package {
			return false
		}
	}
	return true
}

func (i *ItemReport) complete(asked []ID) bool {
	if len(i.Findings) != len(asked) {
		return false
	}
	for n, f := range i.Findings {
		if f.Check != asked[n] || f.Package != i.Item.Package {
			return false
		}
	}
	return true
}
