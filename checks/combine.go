package checks

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A rule lifts a finding that reports signal Of to at least To, where any of
// the signals With stands beside it in another check's finding about the same
// package, and the package is under the age Under (zero: any age).
type rule struct {
	Of    Signal
	With  []Signal
	Under func(Limits) time.Duration
	To    Severity
}

func whileYoung(l Limits) time.Duration  { return l.Young }
func whileRecent(l Limits) time.Duration { return l.Recent }
func atAnyAge(Limits) time.Duration      { return 0 }

// The groups of signals that rules join.
var ( //nolint:gochecknoglobals // tables, never changed
	// strangers: somebody else published.
	strangers = []Signal{PublisherUnknown, PublisherNew, PublisherReturned, MaintainersReplaced, IdentityChanged}
	// weakened: the publication proves less, or something else.
	weakened = []Signal{LineDowngrade, TrustLost, SourceMoved}
	// payloads: the package does or brings what it did not before.
	payloads = []Signal{ScriptNew, NativeNew, DepYoung, DepRare, DepExotic, DepFresh, SizeJump}
	// lasting: what is a warning at least however long the version has been out, so that what joins it costs no question.
	lasting = []Signal{ScriptNew, DepYoung, DepRare, DepExotic, SourceMoved}
	// bursts: published out of rhythm.
	bursts = []Signal{Burst, PlanBurst}
)

// table is the whole of what joins to what, first match first.
//
//	a finding that says       joined by any of                     under    is at least
var table = []rule{ //nolint:gochecknoglobals // a table, never changed
	// An old release line without proof is harmless until anything else is odd.
	{CrossDowngrade, []Signal{Young}, whileYoung, Danger},
	{CrossDowngrade, joinAll(strangers, payloads, bursts, []Signal{SourceMoved, BinNew, DepNew, AddressChanged, Woke}), whileRecent, Danger},
	{CrossDowngrade, []Signal{ScriptNew, DepYoung, DepRare, DepExotic, PublisherUnknown, SourceMoved}, atAnyAge, Danger},
	{CrossTrustLost, joinAll(strangers, payloads, bursts, []Signal{AddressChanged, Woke}), whileRecent, Danger},

	// A waking package, a jump in size: alone nothing.
	{Woke, joinAll(strangers, weakened, payloads, bursts, []Signal{PublisherFirst, DepNew, BinNew, AddressChanged, FirstProvenance, CrossDowngrade}), whileRecent, Warning},
	{Woke, lasting, atAnyAge, Warning},
	{SizeJump, lasting, atAnyAge, Warning},
	{SizeJump, joinAll(strangers, weakened, bursts, []Signal{PublisherFirst, ScriptNew, NativeNew, DepNew, BinNew, AddressChanged, FirstProvenance, CrossDowngrade, Woke}), whileRecent, Warning},

	// Fast and different.
	{Burst, joinAll(strangers, weakened, payloads, []Signal{PublisherFirst, BinNew, AddressChanged, FirstProvenance, CrossDowngrade, Woke}), whileYoung, Danger},
	{PlanBurst, joinAll(strangers, weakened, payloads, []Signal{PublisherFirst, BinNew, AddressChanged, FirstProvenance, CrossDowngrade, Woke}), whileYoung, Danger},

	// Somebody else, and something new.
	{PublisherUnknown, joinAll(weakened, payloads, bursts, []Signal{DepNew, BinNew, Woke}), whileRecent, Danger},
	{PublisherNew, joinAll(weakened, payloads, bursts, []Signal{Woke}), whileRecent, Danger},
	{PublisherReturned, joinAll(weakened, payloads, bursts, []Signal{Woke, DepNew, BinNew}), whileRecent, Danger},
	{IdentityChanged, joinAll(payloads, bursts, []Signal{SourceMoved, MaintainersReplaced, Woke}), whileYoung, Danger},
	{AddressChanged, joinAll(weakened, bursts, []Signal{ScriptNew, NativeNew, DepYoung, DepRare, DepExotic, DepFresh, Woke}), whileYoung, Danger},
	{AddressChanged, []Signal{SizeJump, BinNew}, whileYoung, Warning},
	{MaintainersReplaced, joinAll(weakened, payloads, bursts, []Signal{Woke}), whileRecent, Danger},

	// Something new in bad company.
	{NativeNew, joinAll(strangers, weakened, bursts, []Signal{PublisherFirst, AddressChanged, DepYoung, DepRare, DepExotic, Woke}), whileRecent, Danger},
	{DepFresh, joinAll(strangers, weakened, bursts, []Signal{PublisherFirst, AddressChanged, Woke, MaintainersAdded}), whileRecent, Danger},
	{DepNew, []Signal{PublisherUnknown, PublisherReturned, LineDowngrade, TrustLost, SourceMoved, MaintainersReplaced}, whileYoung, Danger},
	{DepNew, []Signal{PublisherFirst, PublisherNew}, whileYoung, Warning},
	{BinNew, joinAll(strangers, weakened, bursts, []Signal{PublisherFirst}), whileYoung, Warning},
	{FirstProvenance, joinAll(strangers, payloads, bursts, []Signal{AddressChanged, Woke}), whileYoung, Warning},
}

func joinAll(groups ...[]Signal) []Signal { return slices.Concat(groups...) }

// combine lifts what joins. Signals are read from the findings as the checks
// left them, so that the order of rules and checks changes nothing.
func combine(findings []Finding, age time.Duration, l Limits) {
	type lift struct {
		to   Severity
		by   []ID
		what []Signal
	}
	lifts := make([]lift, len(findings))
	for i := range findings {
		for _, r := range table {
			limit := r.Under(l)
			if limit > 0 && age >= limit || !slices.Contains(findings[i].Signals, r.Of) {
				continue
			}
			by, what := beside(findings, i, r.With, age < l.Young)
			if len(what) > 0 && r.To > lifts[i].to {
				lifts[i] = lift{r.To, by, what}
			}
		}
	}
	for i, lf := range lifts {
		if lf.to > Unset {
			findings[i].lift(lf.to, lf.by, lf.what)
		}
	}
}

// beside gives the other checks that report one of the signals, and which.
func beside(findings []Finding, self int, with []Signal, young bool) (by []ID, what []Signal) {
	if young && slices.Contains(with, Young) {
		what = append(what, Young)
	}
	for i, f := range findings {
		if i == self || f.Approved != "" {
			continue
		}
		for _, s := range f.Signals {
			if slices.Contains(with, s) && !slices.Contains(what, s) {
				by, what = append(by, f.Check), append(what, s)
			}
		}
	}
	return by, what
}

// lift raises a finding's severity and says by what. One that is as severe
// already only names its company.
func (f *Finding) lift(to Severity, by []ID, what []Signal) {
	for _, id := range by {
		if !slices.Contains(f.Joined, id) {
			f.Joined = append(f.Joined, id)
		}
	}
	if f.Outcome == Flagged && f.Severity >= to {
		return
	}
	var words []string
	for _, s := range what {
		words = append(words, string(s))
	}
	f.Outcome, f.Severity = Flagged, to
	f.Message += fmt.Sprintf("; joined by: %s", strings.Join(words, ", "))
	f.Evidence = append(f.Evidence, Evidence{Fact: "joined by", Value: strings.Join(words, ", "), Source: "gpq"})
}
