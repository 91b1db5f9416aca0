package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Approval accepts findings about one artefact. It holds for exactly that
// artefact and for what was found then: another digest, a finding that says
// something new, and a worse severity end it.
type Approval struct {
	Name, Version string
	Integrity     string // the artefact's, as the plan had it
	Checks        []ID   // never empty
	Severity      Severity
	Reason        string
	Expires       time.Time // zero is already over: every approval ends
	Digest        string    // of the findings accepted: see FindingsDigest
	Source        string    // the file it stands in
}

// MaxApproval is the longest an approval can hold.
const MaxApproval = 365 * 24 * time.Hour

// NewApproval makes the approval of some checks' findings about an item, until
// a time. It refuses what has nothing to approve, no reason, or no integrity
// to bind to.
func NewApproval(it *ItemReport, ids []ID, reason string, now, until time.Time) (Approval, error) {
	a := Approval{Name: it.Item.Name, Version: it.Item.Version, Integrity: string(it.Item.Integrity), Reason: strings.TrimSpace(reason), Expires: until}
	switch {
	case len(ids) == 0:
		return Approval{}, errors.New("name the checks to approve")
	case a.Reason == "":
		return Approval{}, errors.New("an approval needs a reason")
	case a.Integrity == "":
		return Approval{}, fmt.Errorf("%s@%s has no integrity to bind an approval to", a.Name, a.Version)
	case !until.After(now) || until.Sub(now) > MaxApproval:
		return Approval{}, errors.New("an approval ends within a year, and not before it begins")
	}
	for _, id := range ids {
		f, ok := it.Finding(id)
		if !ok || f.Outcome != Flagged && f.Outcome != Unknown {
			return Approval{}, fmt.Errorf("%s has nothing to approve about %s@%s", id, a.Name, a.Version)
		}
		a.Severity = max(a.Severity, f.Severity)
	}
	a.Checks = slices.Clone(ids)
	slices.Sort(a.Checks)
	a.Checks = slices.Compact(a.Checks)
	a.Digest = FindingsDigest(it, a.Checks)
	return a, nil
}

// passing are facts that change by themselves: they are no part of what an
// approval accepts.
var passing = []string{"weekly downloads", "downloads", "joined by", "newest version old enough"} //nolint:gochecknoglobals // never changed

// FindingsDigest is a digest of what some checks say about an item: outcomes,
// signals and facts, without severities, which ease with age, and without what
// changes by itself.
func FindingsDigest(it *ItemReport, ids []ID) string {
	h := sha256.New()
	for _, id := range ids {
		f, _ := it.Finding(id)
		var lines []string
		for _, s := range f.Signals {
			lines = append(lines, "signal "+string(s))
		}
		for _, e := range f.Evidence {
			if !slices.Contains(passing, e.Fact) {
				lines = append(lines, fmt.Sprintf("fact %q %q %t", e.Fact, e.Value, e.Proved))
			}
		}
		sort.Strings(lines)
		_, _ = fmt.Fprintf(h, "%s %s\n%s\n", id, f.Outcome, strings.Join(lines, "\n")) // a hash takes everything
	}
	return "sha256-" + hex.EncodeToString(h.Sum(nil))
}

// approve accepts the findings of an item that an approval is for, and has a
// line for each approval that is no longer one.
func (p *Policy) approve(it *ItemReport, used []bool, now time.Time) []Notice {
	var out []Notice
	for i, a := range p.Approvals {
		if a.Name != it.Item.Name || a.Version != it.Item.Version || used[i] {
			continue
		}
		used[i] = true
		if why := a.void(it, now); why != "" {
			out = append(out, Notice{NoticeApproval, a.Name + "@" + a.Version, fmt.Sprintf("the approval in %s does not count: %s", a.Source, why)})
			continue
		}
		for n := range it.Findings {
			f := &it.Findings[n]
			if slices.Contains(a.Checks, f.Check) && (f.Outcome == Flagged || f.Outcome == Unknown) {
				f.Approved = fmt.Sprintf("approved until %s: %s (%s)", a.Expires.Format(time.DateOnly), a.Reason, a.Source)
			}
		}
	}
	return out
}

// void says why an approval does not hold for an item; "" where it does.
func (a Approval) void(it *ItemReport, now time.Time) string {
	worst := Unset
	for _, id := range a.Checks {
		f, _ := it.Finding(id)
		worst = max(worst, f.Severity)
	}
	switch {
	case a.Expires.IsZero():
		return "it has no end"
	case !now.Before(a.Expires):
		return "it ended on " + a.Expires.Format(time.DateOnly)
	case a.Integrity == "" || a.Integrity != string(it.Item.Integrity):
		return "it is for another artefact (integrity differs)"
	case len(a.Checks) == 0:
		return "it names no check"
	case a.Digest != FindingsDigest(it, a.Checks):
		return "the findings are not those that were accepted"
	case worst > a.Severity:
		return fmt.Sprintf("the findings are worse now: %s", worst)
	}
	return ""
}

// Baseline is what was there when gpq was adopted: exempt, and listed.
type Baseline struct {
	At       time.Time
	Packages map[string]string // name@version → integrity
}
