package domain_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gpq/checks/domain"
	"gpq/checks/domain/domaintest"
	"gpq/checks/service/servicetest"
)

var at = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func years(n int) time.Time { return at.AddDate(-n, 0, 0) }

func start(t *testing.T, domains map[string]domaintest.Domain) *domaintest.World {
	t.Helper()
	w, err := domaintest.Start(domains)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func client(w *domaintest.World, change ...func(*domain.Options)) *domain.Client {
	o := domain.Options{Doer: &servicetest.Door{}, RDAP: w.RDAP, DNS: w.DNS, Now: func() time.Time { return at }}
	for _, f := range change {
		f(&o)
	}
	return domain.New(o)
}

// states × answers
func TestLookup(t *testing.T) {
	held := domaintest.Domain{Registered: years(10), Expires: at.AddDate(1, 0, 0), Status: []string{"active"}, DNS: domaintest.Delegated}
	with := func(change func(*domaintest.Domain)) domaintest.Domain { d := held; change(&d); return d }
	cases := []struct {
		name   string
		d      domaintest.Domain
		want   domain.State
		reason string
	}{
		{"held", held, domain.Registered, ""},
		{"404 json, nxdomain", domaintest.Domain{}, domain.NotRegistered, ""},
		{"404 without a body, nxdomain", domaintest.Domain{Code: 404, Type: "text/plain", Body: " "}, domain.NotRegistered, ""},
		{"404 json, no ns", domaintest.Domain{DNS: domaintest.NoData}, domain.NotRegistered, ""},
		{"404 json, ns", domaintest.Domain{DNS: domaintest.Delegated}, domain.Unknown, "the DNS does"},
		{"404 json, ns over tcp", domaintest.Domain{DNS: domaintest.Truncated}, domain.Unknown, "the DNS does"},
		{"404 json, spoofed nxdomain first", domaintest.Domain{DNS: domaintest.Spoofed}, domain.Unknown, "the DNS does"},
		{"404 json, servfail", domaintest.Domain{DNS: domaintest.ServFail}, domain.Unknown, "ServerFailure"},
		{"404 json, refused", domaintest.Domain{DNS: domaintest.Refused}, domain.Unknown, "Refused"},
		{"404 json, dns silent", domaintest.Domain{DNS: domaintest.Silent}, domain.Unknown, "no answer in time"},
		{"404 html, nxdomain", domaintest.Domain{Type: "text/html", Body: "<html>"}, domain.Unknown, "without an RDAP answer"},
		{"404 json type, html body", domaintest.Domain{Body: "<html>", Code: 404}, domain.Unknown, "without an RDAP answer"},
		{"403", domaintest.Domain{Code: 403, Body: "{}"}, domain.Unknown, "status 403"},
		{"500, nxdomain", domaintest.Domain{Code: 500, Body: "{}"}, domain.Unknown, "status 500"},
		{"429", domaintest.Domain{Code: 429, Body: "{}"}, domain.Unknown, "too many requests"},
		{"200 page of a portal", domaintest.Domain{Code: 200, Type: "text/html", Body: "<html>"}, domain.Unknown, "no RDAP object"},
		{"200 another domain", domaintest.Domain{Code: 200, Body: `{"objectClassName":"domain","ldhName":"other.com"}`}, domain.Unknown, "another domain"},
		{"slow", with(func(d *domaintest.Domain) { d.Delay = 5 * time.Second }), domain.Unknown, "no answer"},
		{"redemption", with(func(d *domaintest.Domain) { d.Status = []string{"pending delete", "redemption period"} }), domain.Redemption, ""},
		{"pending delete", with(func(d *domaintest.Domain) { d.Status = []string{"pendingDelete"} }), domain.PendingDelete, ""},
		{"anew", with(func(d *domaintest.Domain) { d.Registered = years(1) }), domain.Reregistered, ""},
		{"anew by event", with(func(d *domaintest.Domain) { d.Reregistered = years(1) }), domain.Reregistered, ""},
		{"expired", with(func(d *domaintest.Domain) { d.Expires = at.AddDate(0, 0, -3) }), domain.Grace, ""},
		{"hold", with(func(d *domaintest.Domain) { d.Status = []string{"server hold"} }), domain.Hold, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, map[string]domaintest.Domain{"maker.com": c.d})
			r := client(w).Lookup(context.Background(), []string{"maker.com"})["maker.com"]
			if got := r.Judge(years(5), at); got != c.want || !strings.Contains(r.Reason, c.reason) {
				t.Errorf("%v (%s), want %v (%s)", got, r.Reason, c.want, c.reason)
			}
			for _, q := range w.Asked() {
				if q != "domain/maker.com" {
					t.Errorf("asked %q", q)
				}
			}
		})
	}
}

func TestOneQueryEachTwoAtOnce(t *testing.T) {
	domains := map[string]domaintest.Domain{}
	var ask []string
	for i := range 8 {
		n := fmt.Sprintf("d%d.com", i)
		domains[n] = domaintest.Domain{Registered: years(9), Delay: 30 * time.Millisecond}
		ask = append(ask, n, n)
	}
	w := start(t, domains)
	var kept servicetest.Memory
	c := client(w, func(o *domain.Options) { o.Cache = &kept })
	for _, r := range c.Lookup(context.Background(), ask) {
		if !r.Held {
			t.Errorf("%+v", r)
		}
	}
	if n := len(w.Asked()); n != 8 || w.MostAtOnce() != 2 {
		t.Errorf("%d requests, %d at once; want 8 and 2", n, w.MostAtOnce())
	}
	client(w, func(o *domain.Options) { o.Cache = &kept }).Lookup(context.Background(), ask)
	if n := len(w.Asked()); n != 8 {
		t.Errorf("asked again: %d", n)
	}
}

func TestKept(t *testing.T) {
	for _, c := range []struct {
		name   string
		d      domaintest.Domain
		after  time.Duration
		asked  int
		expect domain.State
	}{
		{"good, 6 days", domaintest.Domain{Registered: years(9)}, 6 * 24 * time.Hour, 1, domain.Registered},
		{"good, 8 days", domaintest.Domain{Registered: years(9)}, 8 * 24 * time.Hour, 2, domain.Registered},
		{"bad, 23 hours", domaintest.Domain{}, 23 * time.Hour, 1, domain.NotRegistered},
		{"bad, 25 hours", domaintest.Domain{}, 25 * time.Hour, 2, domain.NotRegistered},
		{"redemption, 25 hours", domaintest.Domain{Registered: years(9), Status: []string{"redemption period"}}, 25 * time.Hour, 2, domain.Redemption},
		{"expires meanwhile", domaintest.Domain{Registered: years(9), Expires: at.Add(48 * time.Hour)}, 72 * time.Hour, 2, domain.Grace},
		{"unknown is not kept", domaintest.Domain{Code: 403}, time.Minute, 2, domain.Unknown},
	} {
		w := start(t, map[string]domaintest.Domain{"maker.com": c.d})
		var kept servicetest.Memory
		now := at
		use := func(o *domain.Options) { o.Cache = &kept; o.Now = func() time.Time { return now } }
		client(w, use).Lookup(context.Background(), []string{"maker.com"})
		now = at.Add(c.after)
		r := client(w, use).Lookup(context.Background(), []string{"maker.com"})["maker.com"]
		if got := r.Judge(years(5), now); len(w.Asked()) != c.asked || got != c.expect {
			t.Errorf("%s: %d requests, %v; want %d, %v", c.name, len(w.Asked()), got, c.asked, c.expect)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	w := start(t, map[string]domaintest.Domain{"busy.com": {Code: 429, Body: "{}", RetryAfter: "600"}})
	var kept servicetest.Memory
	now := at
	use := func(o *domain.Options) { o.Cache = &kept; o.Now = func() time.Time { return now } }
	client(w, use).Lookup(context.Background(), []string{"busy.com"})
	now = at.Add(9 * time.Minute)
	r := client(w, use).Lookup(context.Background(), []string{"other.com"})["other.com"]
	if len(w.Asked()) != 1 || !strings.Contains(r.Reason, "left alone") {
		t.Errorf("asked %v: %s", w.Asked(), r.Reason)
	}
	now = at.Add(11 * time.Minute)
	client(w, use).Lookup(context.Background(), []string{"other.com"})
	if len(w.Asked()) != 2 {
		t.Errorf("not asked after the wait: %v", w.Asked())
	}
}

func TestBudget(t *testing.T) {
	domains := map[string]domaintest.Domain{}
	var ask []string
	for i := range 12 {
		n := fmt.Sprintf("d%d.com", i)
		domains[n] = domaintest.Domain{Registered: years(9), Delay: 200 * time.Millisecond}
		ask = append(ask, n)
	}
	w := start(t, domains)
	begin := time.Now()
	got := client(w, func(o *domain.Options) { o.Budget = 500 * time.Millisecond }).Lookup(context.Background(), ask)
	if d := time.Since(begin); d > 1500*time.Millisecond {
		t.Errorf("took %v", d)
	}
	for _, first := range ask[:2] {
		if !got[first].Held {
			t.Errorf("%s stood first and was not asked first", first)
		}
	}
	held, open := 0, 0
	for _, r := range got {
		switch {
		case r.Held:
			held++
		case r.Absent || r.Reason == "":
			t.Errorf("%+v", r)
		default:
			open++
		}
	}
	if held < 2 || open < 4 || held+open != 12 {
		t.Errorf("%d held, %d open", held, open)
	}
}

func TestCircuit(t *testing.T) {
	domains := map[string]domaintest.Domain{}
	var ask []string
	for i := range 9 {
		n := fmt.Sprintf("d%d.com", i)
		domains[n] = domaintest.Domain{Code: 502, DNS: domaintest.NXDomain}
		ask = append(ask, n)
	}
	w := start(t, domains)
	c := client(w)
	for _, r := range c.Lookup(context.Background(), ask) {
		if r.Absent || r.Held {
			t.Errorf("%+v", r)
		}
	}
	if n := len(w.Asked()); n > 4 { // two at once: the third and fourth go together
		t.Errorf("%d requests to a failing server", n)
	}
	if o := c.Outages(); len(o) != 1 || !strings.Contains(o[0], "status 502") || !strings.HasPrefix(o[0], "127.0.0.1") {
		t.Errorf("outages: %q", o)
	}
}

func TestOff(t *testing.T) {
	w := start(t, map[string]domaintest.Domain{"gone.com": {}})
	if !(domain.New(domain.Options{})).Off() || client(w).Off() {
		t.Error("what is off?")
	}
	r := client(w, func(o *domain.Options) { o.DNS = "" }).Lookup(context.Background(), []string{"gone.com"})["gone.com"]
	if !r.Absent {
		t.Errorf("RDAP says itself that it has none, and nobody else is to be asked: %+v", r)
	}
	w.Set("gone.com", domaintest.Domain{Code: 404, Body: `{"error":"not found"}`})
	r = client(w, func(o *domain.Options) { o.DNS = "" }).Lookup(context.Background(), []string{"gone.com"})["gone.com"]
	if r.Absent || r.Held {
		t.Errorf("without the DNS nothing is called unregistered that RDAP does not call so: %+v", r)
	}
}

// By IANA's table: the embedded one, a top-level domain without a server, and
// the renewal by ETag.
func TestBootstrap(t *testing.T) {
	w := start(t, map[string]domaintest.Domain{"maker.com": {Registered: years(9)}, "maker.io": {DNS: domaintest.NXDomain}})
	asked := []string{}
	table := `{"publication":"2026-11-01T00:00:00Z","services":[[["io"],["https://rdap.nic.example/"]]]}`
	iana := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match"))
		rw.Header().Set("ETag", `"one"`)
		if r.Header.Get("If-None-Match") == `"one"` {
			rw.WriteHeader(304)
			return
		}
		fmt.Fprint(rw, table)
	}))
	defer iana.Close()
	door := &servicetest.Door{Rewrite: func(u string) string {
		u = strings.Replace(u, "https://rdap.verisign.com/com/v1/", w.RDAP, 1)
		return strings.Replace(u, "https://rdap.nic.example/", w.RDAP, 1)
	}}
	var kept servicetest.Memory
	now := at
	run := func() map[string]domain.Record {
		c := client(w, func(o *domain.Options) {
			o.Doer, o.RDAP, o.Renew, o.Cache, o.Now = door, domain.Bootstrap, iana.URL+"/rdap/dns.json", &kept, func() time.Time { return now }
		})
		defer c.Wait()
		return c.Lookup(context.Background(), []string{"maker.com", "maker.io"})
	}
	first := run()
	if r := first["maker.io"]; r.Absent || !strings.Contains(r.Reason, "no RDAP server") || !first["maker.com"].Held {
		t.Errorf("first run: %+v", first)
	}
	if r := run()["maker.io"]; !r.Absent {
		t.Errorf("with the new table: %+v", r)
	}
	now = at.Add(8 * 24 * time.Hour)
	run()
	if fmt.Sprint(asked) != `[ "one"]` {
		t.Errorf("asked for the table with %q", asked)
	}
}
