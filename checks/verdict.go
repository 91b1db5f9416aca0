package checks

import "slices"

// Verdict is what follows from a report under a policy. The zero value is
// «could not decide».
type Verdict uint8

// The verdicts, strictest first.
const (
	Undecided Verdict = iota
	Block
	Ask
	Allow
)

// String gives the verdict as the JSON report writes it.
func (v Verdict) String() string {
	switch v {
	case Allow:
		return "allow"
	case Ask:
		return "ask"
	case Block:
		return "block"
	default:
		return "undecided"
	}
}

// Mode is how the run may end. The zero value is a run without a terminal.
type Mode struct {
	Strict   bool // never ask; a required unknown refuses
	Terminal bool // there is somebody to ask
}

// Decide makes one verdict of a report. It is pure. A report that is not
// complete, and a zero Policy, are undecided. What blocks wins over what is
// undecided: a refusal for a known reason says more than «could not tell».
func (p *Policy) Decide(r *Report, m Mode) Verdict {
	if p == nil || !p.made || !r.complete() {
		return Undecided
	}
	worst, malware := Unset, false
	for i := range r.Items {
		worst = max(worst, r.Items[i].Worst())
		malware = malware || r.Items[i].malware()
	}
	serious := worst >= Warning
	switch {
	case malware, serious && (m.Strict || !m.Terminal):
		return Block
	case m.Strict && p.open(r):
		return Undecided
	case serious, m.Terminal && p.open(r):
		return Ask
	default:
		return Allow
	}
}

// open says whether something required was left open: a required check that
// could not tell, or something in the plan that could not be made known.
func (p *Policy) open(r *Report) bool {
	for i := range r.Items {
		if len(p.Open(&r.Items[i])) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(r.Plan.Unresolved, p.unreported)
}

// Open gives the required checks that could not tell about an item. What npm
// has to have, and whose tarball cannot be had, is open under any policy: its
// files are what would run.
func (p *Policy) Open(it *ItemReport) []ID {
	var out []ID
	for _, f := range it.Findings {
		required := p.RequiredFor(f.Check, it.Item.Name) || f.Check == manifestMismatchCheck.ID && !it.Item.Optional
		if f.Outcome == Unknown && f.Approved == "" && required {
			out = append(out, f.Check)
		}
	}
	return out
}

func (i *ItemReport) malware() bool {
	f, ok := i.Finding(MalwareID)
	return ok && f.Counts() && f.Severity == Danger
}

// MalwareID is the one check whose findings are never just asked about.
const MalwareID ID = "malware"
