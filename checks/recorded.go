package checks

import (
	"fmt"

	"gpq/resolver"
)

// FromDocument makes a report of a recorded one again, as far as a decision
// needs it: what a policy accepted then is open again.
func FromDocument(d *Document) (*Report, error) {
	r := &Report{At: d.GeneratedAt, Plan: &resolver.Plan{}}
	for i, p := range d.Packages {
		it, err := recordedItem(p)
		if err != nil {
			return nil, fmt.Errorf("packages[%d] (%s): %w", i, p.Name, err)
		}
		if i == 0 {
			for _, f := range it.Findings {
				r.Asked = append(r.Asked, f.Check)
			}
		}
		r.Items = append(r.Items, it)
		if p.Version != "" {
			r.Plan.Items = append(r.Plan.Items, it.Item)
		}
	}
	for _, u := range d.Unresolved {
		r.Plan.Unresolved = append(r.Plan.Unresolved, resolver.Unresolved{Spec: u.Spec, Via: u.Via, Reason: u.Reason})
	}
	return r, nil
}

func recordedItem(p DocumentPackage) (ItemReport, error) {
	out := ItemReport{Item: resolver.Item{
		Package: resolver.Package{Name: p.Name, Version: p.Version, Registry: p.Registry, Tarball: p.Resolved, Integrity: resolver.Integrity(p.Integrity)},
		Via:     p.Via, Inert: p.Inert,
	}}
	switch p.Change {
	case "added":
	case "updated":
		out.Item.Change = resolver.Updated
	case "unchanged":
		out.Item.Change = resolver.Unchanged
	default:
		return out, fmt.Errorf("change is %q", p.Change)
	}
	if p.Published != nil {
		out.Published = *p.Published
	}
	for _, f := range p.Findings {
		got, err := recordedFinding(f)
		if err != nil {
			return out, err
		}
		got.Package = out.Item.Package
		out.Findings = append(out.Findings, got)
	}
	return out, nil
}

func recordedFinding(f DocumentFinding) (Finding, error) {
	out := Finding{Check: ID(f.Check), Message: f.Message}
	for _, o := range []Outcome{Unknown, Flagged, Clear, Skipped} {
		if o.String() == f.Outcome {
			out.Outcome = o
		}
	}
	for _, s := range []Severity{Note, Warning, Danger} {
		if s.String() == f.Severity {
			out.Severity = s
		}
	}
	if out.Outcome.String() != f.Outcome || out.Outcome == Flagged && out.Severity == Unset {
		return out, fmt.Errorf("%s is %q with severity %q", f.Check, f.Outcome, f.Severity)
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, Evidence(e))
	}
	for _, j := range f.Joined {
		out.Joined = append(out.Joined, ID(j))
	}
	return out, nil
}

// Reconsider applies the policy to a report made from a record, as the Runner
// does to a fresh one.
func (p *Policy) Reconsider(r *Report) { p.settle(r) }
