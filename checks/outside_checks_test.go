package checks

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gpq/checks/advisory"
	"gpq/checks/domain"
	"gpq/checks/downloads"
	"gpq/checks/names"
	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

var outsideNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// subject makes a package with versions 1.0.0, 1.2.0 and 2.0.0 that is as old
// as said.
func outsideSubject(age time.Duration, change ...func(*Subject)) *Subject {
	first := outsideNow.Add(-age)
	p := &registry.Packument{Name: "thing", Registry: "https://registry.npmjs.org/", DistTags: map[string]string{"latest": "2.0.0"},
		Versions: map[string]*registry.Manifest{}, Time: map[string]time.Time{}}
	for _, v := range []string{"1.0.0", "1.2.0", "1.3.0-rc.1", "2.0.0"} {
		p.Versions[v] = &registry.Manifest{Name: "thing", Version: v}
		p.Order = append(p.Order, v)
		p.Time[v] = first
	}
	s := &Subject{Now: outsideNow, Packument: p, History: NewHistory(p), Limits: DefaultLimits(), Rules: &Rules{}, Plan: &resolver.Plan{}}
	s.Item = resolver.Item{Package: resolver.Package{Name: "thing", Version: "1.0.0", Registry: p.Registry}, Named: true, Direct: true,
		Specs: []spec.Spec{{Raw: "thing@^1.0.0", Kind: spec.Range, Name: "thing", Range: "^1.0.0"}}}
	s.Release = s.History.Release("1.0.0")
	s.Manifest = s.Release.Manifest
	for _, f := range change {
		f(s)
	}
	return s
}

func answerOf(t *testing.T, c Check, s *Subject) (string, Finding) {
	t.Helper()
	f, err := c.Run(context.Background(), s)
	if err != nil {
		f = Finding{Err: err, Message: err.Error()}
	}
	if f.Message == "" {
		t.Errorf("%s says nothing", c.ID)
	}
	if f.Outcome == Flagged {
		return f.Severity.String(), f
	}
	return f.Outcome.String(), f
}

const (
	oneDay  = 24 * time.Hour
	oneYear = 365 * oneDay
)

func TestDomainExpired(t *testing.T) {
	h := func(states ...domain.State) Answer[[]domain.Holding] {
		var out []domain.Holding
		for _, st := range states {
			out = append(out, domain.Holding{Domain: "maker.com", Who: []string{"mara"}, State: st, Since: outsideNow.Add(-5 * oneYear),
				Registered: outsideNow.Add(-oneYear), Expires: outsideNow, Reason: map[bool]string{true: "rdap.example: status 500"}[st == domain.Unknown]})
		}
		return Answered(out, nil)
	}
	for _, c := range []struct {
		name  string
		facts Answer[[]domain.Holding]
		want  string
		words string
	}{
		{"not asked", Answer[[]domain.Holding]{}, "unknown", "not asked"},
		{"withheld", heldBack[[]domain.Holding]("switched off"), "skipped", "switched off"},
		{"failed", Answered[[]domain.Holding](nil, errors.New("rdap.example: no answer")), "unknown", "rdap.example"},
		{"no addresses", h(), "skipped", "no maintainers"},
		{"held", h(domain.Registered), "clear", "registered"},
		{"provider", h(domain.Provider), "clear", "mail provider"},
		{"not public", h(domain.NotPublic), "clear", "not a public"},
		{"unknown", h(domain.Unknown), "unknown", "rdap.example: status 500"},
		{"unknown beside held", h(domain.Registered, domain.Unknown), "unknown", "status 500"},
		{"hold", h(domain.Hold), "note", "on hold"},
		{"grace", h(domain.Grace), "note", "expired"},
		{"redemption", h(domain.Redemption), "warning", "redemption"},
		{"pending delete", h(domain.PendingDelete), "danger", "about to be deleted"},
		{"anew", h(domain.Reregistered), "danger", "registered anew on 2025-11-20, after the address was used here since 2021-11-21"},
		{"not registered", h(domain.NotRegistered), "danger", "anyone can buy it"},
		{"worst counts", h(domain.NotRegistered, domain.Grace, domain.Registered, domain.Unknown), "danger", "mara"},
	} {
		s := outsideSubject(oneYear, func(s *Subject) { s.Facts.Domains = c.facts })
		if got, f := answerOf(t, domainExpiredCheck, s); got != c.want || !strings.Contains(f.Message, c.words) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, f.Message, c.want, c.words)
		}
	}
}

// report makes an answer of the two sources: "ok", "off" or a failure.
func advisoryReport(osv, reg string, records ...advisory.Record) Answer[advisory.Report] {
	src := func(name, how string) advisory.Source {
		switch how {
		case "ok":
			return advisory.Source{Name: name}
		case "off":
			return advisory.Source{Name: name, Off: true, Err: errors.New("switched off")}
		}
		return advisory.Source{Name: name, Err: errors.New(name + ": " + how)}
	}
	return Answered(advisory.Report{Records: records, OSV: src("osv.example", osv), Registry: src("registry.example", reg)}, nil)
}

func TestMalware(t *testing.T) {
	mal := advisory.Record{ID: "MAL-1", IDs: []string{"MAL-1"}, Malware: true, Summary: "Malicious code in thing"}
	vuln := advisory.Record{ID: "GHSA-1", IDs: []string{"GHSA-1"}, Level: advisory.High}
	every := mal
	every.AllVersions = true
	for _, c := range []struct {
		name  string
		facts Answer[advisory.Report]
		want  string
		words string
	}{
		{"not asked", Answer[advisory.Report]{}, "unknown", "not asked"},
		{"zero report", Answered(advisory.Report{}, nil), "unknown", "not asked"},
		{"from no registry", heldBack[advisory.Report]("from no registry"), "skipped", "no registry"},
		{"clean", advisoryReport("ok", "ok"), "clear", "osv.example, registry.example"},
		{"listed", advisoryReport("ok", "ok", mal), "danger", "MAL-1"},
		{"listed in all versions", advisoryReport("ok", "ok", every), "danger", "all versions"},
		{"vulnerable only", advisoryReport("ok", "ok", vuln), "clear", ""},
		{"osv down, registry clean", advisoryReport("status 503", "ok"), "unknown", "status 503; the registry's own advisories list nothing"},
		{"osv down, registry lists", advisoryReport("status 503", "ok", mal), "danger", "MAL-1"},
		{"registry down", advisoryReport("ok", "status 500"), "clear", "osv.example"},
		{"both down", advisoryReport("status 503", "no answer"), "unknown", "registry.example: no answer"},
		{"osv off", advisoryReport("off", "ok"), "skipped", "switched off"},
		{"osv off, registry lists", advisoryReport("off", "ok", mal), "danger", "MAL-1"},
	} {
		s := outsideSubject(oneYear, func(s *Subject) { s.Facts.Advisories = c.facts })
		if got, f := answerOf(t, malwareCheck, s); got != c.want || !strings.Contains(f.Message, c.words) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, f.Message, c.want, c.words)
		}
	}
}

func TestSecurityHolder(t *testing.T) {
	holder := func(version, repo string) func(*Subject) {
		return func(s *Subject) {
			m := &registry.Manifest{Name: "thing", Version: version, Repository: registry.Repository{URL: repo}}
			s.Packument.Versions = map[string]*registry.Manifest{version: m}
			s.Packument.DistTags["latest"] = version
			s.History = NewHistory(s.Packument)
			s.Version, s.Release, s.Manifest = version, s.History.Release(version), m
		}
	}
	gone := func(s *Subject) {
		holder("0.0.1-security", "")(s)
		s.Version, s.Release, s.Manifest = "1.0.0", nil, nil
	}
	clean := func(s *Subject) { s.Facts.Advisories = advisoryReport("ok", "ok") }
	for name, c := range map[string]struct {
		change func(*Subject)
		want   string
	}{
		"holder":                   {holder("0.0.1-security", ""), "danger"},
		"second holder":            {holder("0.0.1-security.1", ""), "danger"},
		"holder by its repository": {holder("6.6.7-security", "git+https://github.com/npm/security-holder.git"), "danger"},
		"a version of that name":   {holder("2.0.0-security-fix", "git+https://github.com/a/b.git"), "clear"},
		"gone, holder in place":    {gone, "danger"},
		"no holder":                {func(*Subject) {}, "clear"},
	} {
		if got, f := answerOf(t, malwareCheck, outsideSubject(oneYear, clean, c.change)); got != c.want {
			t.Errorf("%s: %s (%s), want %s", name, got, f.Message, c.want)
		}
	}
}

func TestVulnerable(t *testing.T) {
	rec := func(l advisory.Level) advisory.Record {
		return advisory.Record{ID: "GHSA-1", IDs: []string{"GHSA-1", "CVE-1"}, Level: l, Summary: "bad thing", Sources: []string{"OSV"}}
	}
	mal := advisory.Record{ID: "MAL-1", IDs: []string{"MAL-1"}, Malware: true}
	vague := advisory.Record{ID: "GHSA-2", IDs: []string{"GHSA-2"}, Vague: true}
	for _, c := range []struct {
		name  string
		facts Answer[advisory.Report]
		want  string
		words string
	}{
		{"not asked", Answer[advisory.Report]{}, "unknown", "not asked"},
		{"clean", advisoryReport("ok", "ok"), "clear", "osv.example, registry.example"},
		{"one down", advisoryReport("status 503", "ok"), "clear", "osv.example: status 503"},
		{"both down", advisoryReport("status 503", "status 500"), "unknown", "osv.example: status 503"},
		{"osv off, registry down", advisoryReport("off", "status 500"), "unknown", "registry.example: status 500"},
		{"both off", advisoryReport("off", "off"), "skipped", "switched off"},
		{"critical", advisoryReport("ok", "ok", rec(advisory.Critical)), "warning", "GHSA-1"},
		{"high", advisoryReport("ok", "ok", rec(advisory.High)), "warning", "bad thing"},
		{"medium", advisoryReport("ok", "ok", rec(advisory.Medium)), "note", "medium"},
		{"low", advisoryReport("ok", "ok", rec(advisory.Low)), "note", "low"},
		{"nobody says", advisoryReport("ok", "ok", rec(advisory.LevelUnknown)), "note", "unknown severity"},
		{"details down", advisoryReport("ok", "ok", vague), "warning", "details could not be had"},
		{"malware only", advisoryReport("ok", "ok", mal), "clear", ""},
		{"two", advisoryReport("ok", "ok", rec(advisory.High), vague), "warning", "2 known vulnerabilities, the worst high: GHSA-1, GHSA-2"},
	} {
		s := outsideSubject(oneYear, func(s *Subject) { s.Facts.Advisories = c.facts })
		if got, f := answerOf(t, vulnerableCheck, s); got != c.want || !strings.Contains(f.Message, c.words) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, f.Message, c.want, c.words)
		}
	}
}

func TestPopularityAndTyposquat(t *testing.T) {
	week := func(n int64) Answer[downloads.Week] { return Answered(downloads.Week{Count: n}, nil) }
	none := Answered(downloads.Week{None: true}, nil)
	down := Answered(downloads.Week{}, errors.New("downloads.example: status 429"))
	like := Answered(names.Match{Popular: "lodash", Shape: names.Swapped, Rank: 10}, nil)
	unlike := Answered(names.Match{}, nil)
	for _, c := range []struct {
		name              string
		age               time.Duration
		named             bool
		week              Answer[downloads.Week]
		like              Answer[names.Match]
		popular           bool
		wantPop, wantLike string
	}{
		{"used", oneYear, true, week(5000), unlike, false, "clear", "clear"},
		{"rare", oneYear, true, week(99), unlike, false, "warning", "clear"},
		{"just enough", oneYear, true, week(100), unlike, false, "clear", "clear"},
		{"no figures yet", oneDay, true, none, unlike, false, "warning", "clear"},
		{"not by hand", oneYear, false, heldBack[downloads.Week]("x"), unlike, false, "skipped", "clear"},
		{"service down", oneYear, true, down, unlike, false, "unknown", "clear"},
		{"service off", oneYear, true, heldBack[downloads.Week]("switched off"), unlike, false, "skipped", "clear"},
		{"not asked", oneYear, true, Answer[downloads.Week]{}, Answer[names.Match]{}, false, "unknown", "unknown"},
		{"in the list", oneYear, true, Answer[downloads.Week]{}, like, true, "clear", "clear"},
		{"private name", oneYear, true, heldBack[downloads.Week]("private"), heldBack[names.Match]("private"), false, "skipped", "skipped"},
		{"no list", oneYear, true, week(5000), Answered(names.Match{}, errors.New("damaged")), false, "clear", "unknown"},
		{"squat, young and rare", oneDay, true, none, like, false, "warning", "danger"},
		{"squat, young and used", oneDay, true, week(90000), like, false, "clear", "danger"},
		{"squat, old and rare", 3 * oneYear, true, week(20), like, false, "warning", "danger"},
		{"squat, a year old, some use", oneYear, true, week(700), like, false, "clear", "danger"},
		{"squat, a year old, real use", oneYear, true, week(7000), like, false, "clear", "note"},
		{"squat, old with real use", 3 * oneYear, true, week(7000), like, false, "clear", "clear"},
		{"squat, old, use unknown", 3 * oneYear, true, down, like, false, "unknown", "note"},
		{"squat, a year old, use unknown", oneYear, true, down, like, false, "unknown", "danger"},
		{"squat, not by hand", oneDay, false, none, like, false, "skipped", "note"},
	} {
		s := outsideSubject(c.age, func(s *Subject) {
			s.Named, s.Facts.Downloads, s.Facts.Lookalike, s.Facts.Popular = c.named, c.week, c.like, c.popular
		})
		if got, f := answerOf(t, popularityCheck, s); got != c.wantPop {
			t.Errorf("%s: popularity %s (%s), want %s", c.name, got, f.Message, c.wantPop)
		}
		if got, f := answerOf(t, typosquatCheck, s); got != c.wantLike {
			t.Errorf("%s: typosquat %s (%s), want %s", c.name, got, f.Message, c.wantLike)
		}
	}
	s := outsideSubject(oneYear, func(s *Subject) { s.Packument, s.Facts.Lookalike, s.Facts.Downloads = nil, like, week(5) })
	if got, _ := answerOf(t, typosquatCheck, s); got != "danger" {
		t.Errorf("without a packument: %s", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// Whose domains are asked about, and since when their addresses are in use.
func TestHolders(t *testing.T) {
	who := func(name, email string) registry.Person { return registry.Person{Name: name, Email: email} }
	s := outsideSubject(oneYear, func(s *Subject) {
		at := func(v string, years int) *registry.Manifest {
			s.Packument.Time[v] = outsideNow.AddDate(-years, 0, 0)
			return s.Packument.Versions[v]
		}
		at("1.0.0", 2).NpmUser = &registry.Publisher{Person: who("GitHub Actions", "npm-oidc@ci-service.com"), TrustedPublisher: &registry.TrustedPublisher{ID: "github"}, Approver: &registry.Person{Name: "ada", Email: "ADA@Approver.com"}}
		at("1.2.0", 5).Maintainers = []registry.Person{who("old", "old@left.com"), who("mara", "mara@mail.maker.com")}
		at("2.0.0", 1).Maintainers = []registry.Person{who("mara", "mara@mail.maker.com"), who("ole", "ole@maker.com")}
		delete(s.Packument.Time, "1.3.0-rc.1")
		s.Packument.Versions["1.3.0-rc.1"].Maintainers = []registry.Person{who("new", "new@fresh.com")}
		s.Packument.Maintainers = []registry.Person{who("ole", "ole@maker.com"), who("mara", "Mara@mail.maker.com"), who("new", "new@fresh.com"), who("none", ""), who("odd", "no address")}
		s.History = NewHistory(s.Packument)
		s.Release = s.History.Release("1.0.0")
		s.Manifest = s.Release.Manifest
	})
	got := map[string]string{}
	for _, h := range holdersOf(s, domain.Registrable) {
		since := "never"
		if !h.since.IsZero() {
			since = h.since.Format(time.DateOnly)
		}
		got[h.domain] = strings.Join(h.who, ",") + " " + since
	}
	want := map[string]string{"maker.com": "ole,mara 2021-11-20", "fresh.com": "new never", "approver.com": "ada 2024-11-20"}
	if len(got) != len(want) {
		t.Errorf("%v, want %v", got, want)
	}
	for d, w := range want {
		if got[d] != w {
			t.Errorf("%s: %q, want %q", d, got[d], w)
		}
	}
}
