package checks

import (
	"fmt"
	"time"

	"gpq/resolver"
)

// settle applies the policy to a report: severities of its own, what is
// baseline, exceptions and approvals. Malware is lifted by an approval alone.
func (p *Policy) settle(r *Report) {
	changing := false
	for i := range r.Items {
		changing = changing || r.Items[i].Item.Change != resolver.Unchanged
	}
	used := make([]bool, len(p.Approvals))
	for i := range r.Items {
		it := &r.Items[i]
		for n := range it.Findings {
			f := &it.Findings[n]
			p.weigh(f)
			if changing && it.Item.Change == resolver.Unchanged {
				f.wasThere()
			}
			p.except(f, it, r.At)
		}
		r.Notices = append(r.Notices, p.approve(it, used, r.At)...)
	}
	r.Notices = append(r.Notices, p.expired(r.At)...)
}

// weigh gives a flagged finding the policy's own severity, and at least its
// floor. What another change has lifted stays at least as high.
func (p *Policy) weigh(f *Finding) {
	if f.Outcome != Flagged || f.Check == MalwareID {
		return
	}
	if sev, ok := p.Severities[f.Check]; ok && (len(f.Joined) == 0 || sev > f.Severity) {
		f.Severity = sev
	}
	f.Severity = max(f.Severity, p.Floors[f.Check])
}

// wasThere: what was here before and stays is not what this command is about.
// Danger remains; a warning was to be given when it came.
func (f *Finding) wasThere() {
	if f.Outcome == Flagged && f.Severity == Warning && f.Check != MalwareID {
		f.Severity = Note
		f.Message += "; it was here before"
	}
}

// except accepts a finding by the baseline or an exception.
func (p *Policy) except(f *Finding, it *ItemReport, now time.Time) {
	if f.Check == MalwareID || f.Approved != "" || f.Outcome != Flagged && f.Outcome != Unknown {
		return
	}
	if p.Baseline.holds(it.Item.Package) && !f.laid {
		f.Approved = "baseline of " + p.Baseline.At.Format(time.DateOnly)
		return
	}
	for _, e := range p.Exceptions {
		if e.covers(f.Check, it.Item, now) {
			f.Approved = fmt.Sprintf("policy: %s (%s)", e.Reason, e.Source)
			return
		}
	}
}

func (e Exception) covers(id ID, it resolver.Item, now time.Time) bool {
	if !e.Expires.IsZero() && !now.Before(e.Expires) || !e.Packages.Match(it.Name, it.Version) {
		return false
	}
	for _, c := range e.Checks {
		if c == id {
			return true
		}
	}
	return false
}

// expired has a line for each exception that is over.
func (p *Policy) expired(now time.Time) []Notice {
	var out []Notice
	for _, e := range p.Exceptions {
		if !e.Expires.IsZero() && !now.Before(e.Expires) {
			out = append(out, Notice{NoticePolicy, string(e.Packages),
				fmt.Sprintf("the exception in %s ended on %s", e.Source, e.Expires.Format(time.DateOnly))})
		}
	}
	return out
}

func (b *Baseline) holds(p resolver.Package) bool {
	if b == nil || p.Integrity == "" {
		return false
	}
	return b.Packages[p.Name+"@"+p.Version] == string(p.Integrity)
}
