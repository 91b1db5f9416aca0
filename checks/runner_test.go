package checks

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// shelfOf is a registry of ready documents.
type shelfOf map[string]*registry.Packument

func (s shelfOf) Packument(_ context.Context, name string) (*registry.Packument, error) {
	if p := s[name]; p != nil {
		return p, nil
	}
	return nil, errors.New("registry.test: no such package: " + name)
}

func itemOf(name, version string) resolver.Item {
	return resolver.Item{Package: resolver.Package{Name: name, Version: version, Registry: "https://registry.test/", Integrity: "sha512-" + resolver.Integrity(name)}}
}

func constant(id ID, f Finding, err error) Check {
	return Check{ID: id, Run: func(context.Context, *Subject) (Finding, error) { return f, err }}
}

func run(t *testing.T, p *Policy, plan *resolver.Plan, all ...Check) *Report {
	t.Helper()
	r := Runner{Checks: all, Policy: p, Packuments: shelfOf{}, Now: testNow, CheckTimeout: 50 * time.Millisecond}
	rep, err := r.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestRunnerStampsAndAnswersForAll(t *testing.T) {
	plan := &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}
	forged := Finding{Check: "other", Package: resolver.Package{Name: "b"}, Outcome: Clear, Approved: "by myself", Joined: []ID{"x"}}
	rep := run(t, DefaultPolicy(), plan,
		constant("forger", forged, nil),
		constant("failing", Finding{Outcome: Clear}, errors.New("no luck")),
		Check{ID: "panicking", Run: func(context.Context, *Subject) (Finding, error) { panic("ouch") }},
		Check{ID: "slow", Run: func(ctx context.Context, _ *Subject) (Finding, error) {
			<-make(chan int)
			return Finding{Outcome: Clear}, nil
		}},
		constant("careless", Finding{Outcome: Flagged}, nil),
		constant("chatty", Finding{Outcome: Clear, Severity: Danger}, nil),
	)
	got := rep.Items[0].Findings
	if got[0].Check != "forger" || got[0].Package != plan.Items[0].Package || got[0].Approved != "" || got[0].Joined != nil {
		t.Errorf("a check signed for another: %+v", got[0])
	}
	for i, word := range map[int]string{1: "no luck", 2: "failed", 3: "in time"} {
		if got[i].Outcome != Unknown || !strings.Contains(got[i].Message, word) || got[i].Err == nil {
			t.Errorf("%s: %+v", rep.Asked[i], got[i])
		}
	}
	if got[4].Severity != Danger || got[5].Severity != Unset {
		t.Errorf("severities: %v %v", got[4].Severity, got[5].Severity)
	}
}

func TestRunnerSkipsWhatIsFromNoRegistry(t *testing.T) {
	local := resolver.Item{Package: resolver.Package{Name: "app", Version: "1.0.0"}}
	bundled := itemOf("inner", "1.0.0")
	bundled.Bundled = true
	everywhere := constant("everywhere", Finding{Outcome: Clear}, nil)
	everywhere.Anything = true
	rep := run(t, DefaultPolicy(), &resolver.Plan{Items: []resolver.Item{local, bundled}}, constant("some", Finding{Outcome: Clear}, nil), everywhere)
	for _, it := range rep.Items {
		if it.Findings[0].Outcome != Skipped || it.Findings[1].Outcome != Clear {
			t.Errorf("%s: %+v", it.Item.Name, it.Findings)
		}
	}
}

func TestUnresolvedStandsInTheReport(t *testing.T) {
	plan := &resolver.Plan{Unresolved: []resolver.Unresolved{
		{Spec: "github:a/b", Name: "b", Reason: "git dependency", Direct: true},
		{Spec: "left@^1.0.0", Name: "left", Reason: "unreadable", Direct: true},
	}}
	p := DefaultPolicy()
	rep := run(t, p, plan, exoticCheck, lockfileCheck)
	if len(rep.Items) != 1 || rep.Items[0].Item.Name != "b" || rep.Items[0].Worst() != Warning {
		t.Fatalf("%+v", rep.Items)
	}
	if v := p.Decide(rep, Mode{Strict: true}); v != Block {
		t.Errorf("%s", v)
	}
	plan.Unresolved = plan.Unresolved[1:]
	if v := p.Decide(run(t, p, plan, exoticCheck), Mode{Strict: true}); v != Undecided {
		t.Errorf("something that nothing speaks for: %s", v)
	}
}

// TestDecide holds the table of who decides.
func TestDecide(t *testing.T) {
	plan := &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}
	terminal, none, strict := Mode{Terminal: true}, Mode{}, Mode{Strict: true, Terminal: true}
	for _, c := range []struct {
		name  string
		check Check
		want  [3]Verdict
	}{
		{"danger", constant("license", flag(Danger, "x"), nil), [3]Verdict{Ask, Block, Block}},
		{"malware", constant(MalwareID, flag(Danger, "x"), nil), [3]Verdict{Block, Block, Block}},
		{"warning", constant("license", flag(Warning, "x"), nil), [3]Verdict{Ask, Block, Block}},
		{"note", constant("license", flag(Note, "x"), nil), [3]Verdict{Allow, Allow, Allow}},
		{"required unknown", constant("signature", Finding{}, nil), [3]Verdict{Ask, Allow, Undecided}},
		{"no tarball", constant("manifest-mismatch", Finding{}, nil), [3]Verdict{Ask, Allow, Undecided}},
		{"other unknown", constant("license", Finding{}, nil), [3]Verdict{Allow, Allow, Allow}},
		{"clear", constant("signature", Finding{Outcome: Clear}, nil), [3]Verdict{Allow, Allow, Allow}},
		{"skipped", constant("signature", Finding{Outcome: Skipped}, nil), [3]Verdict{Allow, Allow, Allow}},
	} {
		p := DefaultPolicy()
		rep := run(t, p, plan, c.check)
		for i, m := range []Mode{terminal, none, strict} {
			if got := p.Decide(rep, m); got != c.want[i] {
				t.Errorf("%s, %+v: %s, want %s", c.name, m, got, c.want[i])
			}
		}
	}
}

func TestZeroRefuses(t *testing.T) {
	good := run(t, DefaultPolicy(), &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}, constant("signature", Finding{Outcome: Clear}, nil))
	var zero Policy
	if zero.Decide(good, Mode{}) != Undecided || (*Policy)(nil).Decide(good, Mode{}) != Undecided {
		t.Error("a policy that nobody made decided")
	}
	p := DefaultPolicy()
	lacking := *good
	lacking.Items = []ItemReport{{Item: good.Items[0].Item}}
	empty := *good
	empty.Items = nil
	unasked := *good
	unasked.Asked = nil
	for name, r := range map[string]*Report{"nil": nil, "zero": {}, "an item without answers": &lacking, "no items for a plan with some": &empty, "nothing asked": &unasked} {
		if v := p.Decide(r, Mode{}); v != Undecided {
			t.Errorf("%s: %s", name, v)
		}
		if r == nil {
			continue
		}
		if _, err := r.Clear(Allow, Consent{Given: true}); err == nil {
			t.Errorf("%s was cleared", name)
		}
	}
	for _, v := range []Verdict{Undecided, Block, Ask} {
		if c, err := good.Clear(v, Consent{}); err == nil || c.Permits(good.Items[0].Item.Package) {
			t.Errorf("%s was cleared", v)
		}
	}
	if (Clearance{}).Permits(good.Items[0].Item.Package) || (Clearance{}).PermitsIntegrity("sha512-a") {
		t.Error("the zero clearance permits something")
	}
	c, err := good.Clear(Ask, Consent{Given: true})
	if err != nil || !c.Permits(good.Items[0].Item.Package) || !c.PermitsIntegrity("sha512-a") || c.PermitsIntegrity("") {
		t.Errorf("%+v %v", c, err)
	}
	other := good.Items[0].Item.Package
	other.Integrity = "sha512-b"
	if c.Permits(other) {
		t.Error("another artefact was cleared")
	}
}

func TestMalwareIsNeverCleared(t *testing.T) {
	p := DefaultPolicy()
	p.Severities[MalwareID], p.Baseline = Note, &Baseline{At: testNow, Packages: map[string]string{"a@1.0.0": "sha512-a"}}
	p.Exceptions = []Exception{{Packages: "a", Checks: []ID{MalwareID}, Reason: "x"}}
	plan := &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}
	rep := run(t, p, plan, constant(MalwareID, flag(Danger, "listed"), nil))
	if v := p.Decide(rep, Mode{Terminal: true}); v != Block {
		t.Errorf("%s", v)
	}
	if _, err := rep.Clear(Allow, Consent{Given: true}); err == nil {
		t.Error("cleared")
	}
	a, err := NewApproval(&rep.Items[0], []ID{MalwareID}, "it is our own test", testNow, testNow.AddDate(0, 0, 30))
	if err != nil {
		t.Fatal(err)
	}
	p.Approvals = []Approval{a}
	rep = run(t, p, plan, constant(MalwareID, flag(Danger, "listed"), nil))
	if v := p.Decide(rep, Mode{Strict: true}); v != Allow {
		t.Errorf("approved, and still %s", v)
	}
}

func TestUnchangedIsNotWhatTheCommandIsAbout(t *testing.T) {
	old, fresh := itemOf("old", "1.0.0"), itemOf("fresh", "1.0.0")
	old.Change = resolver.Unchanged
	p := DefaultPolicy()
	warn, bad := constant("license", flag(Warning, "w"), nil), constant("exotic", flag(Danger, "d"), nil)
	rep := run(t, p, &resolver.Plan{Items: []resolver.Item{old, fresh}}, warn)
	if rep.Items[0].Worst() != Note || rep.Items[1].Worst() != Warning {
		t.Errorf("%v %v", rep.Items[0].Worst(), rep.Items[1].Worst())
	}
	rep = run(t, p, &resolver.Plan{Items: []resolver.Item{old, fresh}}, bad)
	if rep.Items[0].Worst() != Danger {
		t.Error("danger was let go")
	}
	rep = run(t, p, &resolver.Plan{Items: []resolver.Item{old}}, warn)
	if rep.Items[0].Worst() != Warning {
		t.Error("where nothing changes, what is there is what it is about")
	}
}

func TestBaselineAndExceptions(t *testing.T) {
	plan := &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}
	check := constant("license", flag(Danger, "x"), nil)
	for name, c := range map[string]struct {
		change func(*Policy)
		want   Verdict
	}{
		"nothing": {func(*Policy) {}, Block},
		"baseline": {func(p *Policy) {
			p.Baseline = &Baseline{At: testNow, Packages: map[string]string{"a@1.0.0": "sha512-a"}}
		}, Allow},
		"another artefact": {func(p *Policy) {
			p.Baseline = &Baseline{At: testNow, Packages: map[string]string{"a@1.0.0": "sha512-z"}}
		}, Block},
		"exception":         {func(p *Policy) { p.Exceptions = []Exception{{Packages: "a@1.*", Checks: []ID{"license"}}} }, Allow},
		"for another check": {func(p *Policy) { p.Exceptions = []Exception{{Packages: "a", Checks: []ID{"exotic"}}} }, Block},
		"expired": {func(p *Policy) {
			p.Exceptions = []Exception{{Packages: "a", Checks: []ID{"license"}, Expires: testNow}}
		}, Block},
		"severity": {func(p *Policy) { p.Severities["license"] = Note }, Allow},
		"floor":    {func(p *Policy) { p.Severities["license"], p.Floors["license"] = Note, Warning }, Block},
	} {
		p := DefaultPolicy()
		c.change(p)
		if v := p.Decide(run(t, p, plan, check), Mode{Strict: true}); v != c.want {
			t.Errorf("%s: %s, want %s", name, v, c.want)
		}
	}
}

func TestApprovals(t *testing.T) {
	plan := &resolver.Plan{Items: []resolver.Item{itemOf("a", "1.0.0")}}
	found := flag(Warning, "3 days old").signal(DepNew).with(said("dependency", "helper"))
	p := DefaultPolicy()
	rep := run(t, p, plan, constant("new-dependency", found, nil))
	until := testNow.AddDate(0, 0, 30)
	good, err := NewApproval(&rep.Items[0], []ID{"new-dependency"}, "looked at it", testNow, until)
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*Approval)) Approval { a := good; f(&a); return a }
	same, more, worse := found, found.with(said("dependency", "evil")), found
	same.Message, worse.Severity = "4 days old", Danger
	for name, c := range map[string]struct {
		approval Approval
		finding  Finding
		why      string
	}{
		"holds":            {good, same, ""},
		"another artefact": {change(func(a *Approval) { a.Integrity = "sha512-z" }), same, "another artefact"},
		"over":             {change(func(a *Approval) { a.Expires = testNow }), same, "ended"},
		"without end":      {change(func(a *Approval) { a.Expires = time.Time{} }), same, "no end"},
		"something new":    {good, more, "not those"},
		"worse":            {good, worse, "worse"},
		"no check":         {change(func(a *Approval) { a.Checks = nil }), same, "names no check"},
	} {
		p := DefaultPolicy()
		p.Approvals = []Approval{c.approval}
		rep := run(t, p, plan, constant("new-dependency", c.finding, nil))
		v := p.Decide(rep, Mode{Strict: true})
		if (c.why == "") != (v == Allow) || c.why != "" && (len(rep.Notices) != 1 || rep.Notices[0].Kind != NoticeApproval || !strings.Contains(rep.Notices[0].Text, c.why)) {
			t.Errorf("%s: %s, %v", name, v, rep.Notices)
		}
	}
	for name, bad := range map[string]func() error{
		"no reason": func() error {
			_, err := NewApproval(&rep.Items[0], []ID{"new-dependency"}, " ", testNow, until)
			return err
		},
		"no end": func() error {
			_, err := NewApproval(&rep.Items[0], []ID{"new-dependency"}, "x", testNow, time.Time{})
			return err
		},
		"too long": func() error {
			_, err := NewApproval(&rep.Items[0], []ID{"new-dependency"}, "x", testNow, testNow.AddDate(2, 0, 0))
			return err
		},
		"no finding": func() error { _, err := NewApproval(&rep.Items[0], []ID{"license"}, "x", testNow, until); return err },
	} {
		if bad() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		p             Pattern
		name, version string
		want          bool
	}{
		{"", "a", "1.0.0", false}, {"a", "a", "1.0.0", true}, {"a", "ab", "1.0.0", false}, {"*", "@a/b", "", true},
		{"@acme/*", "@acme/x", "", true}, {"@acme/*", "@acmeevil/x", "", false}, {"a@1.0.0", "a", "1.0.0", true},
		{"a@1.0.0", "a", "", false}, {"a@1.*", "a", "1.2.0", true}, {"a@1.*", "a", "11.2.0", false}, {"@a/b@2.0.0", "@a/b", "2.0.0", true},
		{"a*b*c", "aXbYc", "", true}, {"a*b*c", "acb", "", false}, {"a*a", "a", "", false},
	} {
		if got := c.p.Match(c.name, c.version); got != c.want {
			t.Errorf("%q %s@%s: %t", c.p, c.name, c.version, got)
		}
	}
}
