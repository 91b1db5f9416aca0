package advisory_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks/advisory"
	"gpq/checks/advisory/advisorytest"
	"gpq/checks/service"
	"gpq/checks/service/servicetest"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
)

var now = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// Records in the forms that are published.
const (
	styles = `{"id":"MAL-2025-46969","modified":"2025-09-09T00:00:00Z","aliases":["GHSA-p5rr-crjh-x7gm"],"summary":"Malicious code in ansi-styles (npm)",
		"affected":[{"package":{"ecosystem":"npm","name":"ansi-styles"},"versions":["6.2.2"],"database_specific":{"cwes":[{"cweId":"CWE-506"}]}}]}`
	whole = `{"id":"MAL-2025-1","modified":"2025-01-01T00:00:00Z","summary":"Malicious code in evil-thing (npm)",
		"affected":[{"package":{"ecosystem":"npm","name":"evil-thing"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`
	minimist = `{"id":"GHSA-xvch-5gv4-984h","modified":"2024-06-24T00:00:00Z","aliases":["CVE-2021-44906"],"summary":"Prototype Pollution in minimist",
		"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
		"affected":[{"package":{"ecosystem":"npm","name":"minimist"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.6"}]}]},
			{"package":{"ecosystem":"npm","name":"minimist"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.2.4"}]}]}],
		"database_specific":{"severity":"CRITICAL","cwe_ids":["CWE-1321"]}}`
	minimistOld = `{"id":"GHSA-vh95-rmgr-6w4m","modified":"2023-01-01T00:00:00Z","aliases":["CVE-2020-7598"],"summary":"Prototype Pollution in minimist",
		"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L"}],
		"affected":[{"package":{"ecosystem":"npm","name":"minimist"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.3"}]}]}]}`
	withdrawn = `{"id":"GHSA-gone-gone-gone","modified":"2024-01-01T00:00:00Z","withdrawn":"2024-01-02T00:00:00Z","summary":"Duplicate",
		"affected":[{"package":{"ecosystem":"npm","name":"minimist"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`
	pypi = `{"id":"PYSEC-1","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"minimist"}}]}`
)

func osvOnly(url string) *advisory.Client { return client(url, nil, nil) }

func client(url string, reg advisory.Registries, cache service.Cache) *advisory.Client {
	return advisory.New(advisory.Options{Doer: &servicetest.Door{}, OSV: url, Registries: reg, Cache: cache, Now: func() time.Time { return now }})
}

func asks(list ...string) []advisory.Ask {
	var out []advisory.Ask
	for _, s := range list {
		i := strings.LastIndex(s, "@")
		out = append(out, advisory.Ask{Query: advisory.Query{Name: s[:i], Version: s[i+1:], Registry: "https://r.example/"}})
	}
	return out
}

func one(t *testing.T, c *advisory.Client, s string) advisory.Report {
	t.Helper()
	a := asks(s)
	return c.Reports(context.Background(), a)[a[0].Query]
}

func ids(r advisory.Report) string {
	var out []string
	for _, rec := range r.Records {
		word := rec.Level.String()
		if rec.Malware {
			word = "malware"
		}
		out = append(out, rec.ID+" "+word)
	}
	return strings.Join(out, ", ")
}

func TestExactVersion(t *testing.T) {
	for _, sloppy := range []bool{false, true} {
		s := advisorytest.Start(styles, whole, minimist, minimistOld, withdrawn, pypi)
		s.Sloppy, s.PageSize = sloppy, 1
		for spec, want := range map[string]string{
			"ansi-styles@6.2.2":   "MAL-2025-46969 malware",
			"ansi-styles@6.2.1":   "",
			"ansi-styles@6.2.3":   "",
			"evil-thing@9.9.9":    "MAL-2025-1 malware",
			"minimist@1.2.2":      "GHSA-xvch-5gv4-984h critical, GHSA-vh95-rmgr-6w4m medium",
			"minimist@1.2.5":      "GHSA-xvch-5gv4-984h critical",
			"minimist@1.2.6":      "",
			"minimist@0.2.4":      "",
			"minimist@0.2.3":      "GHSA-xvch-5gv4-984h critical",
			"nobody-listed@1.0.0": "",
		} {
			r := one(t, osvOnly(s.URL), spec)
			if got := ids(r); got != want || !r.OSV.Answered() {
				t.Errorf("sloppy %v, %s: %q, want %q (%+v)", sloppy, spec, got, want, r.OSV)
			}
		}
		s.Close()
	}
}

func TestAllVersionsIsSaid(t *testing.T) {
	s := advisorytest.Start(styles, whole)
	defer s.Close()
	c := osvOnly(s.URL)
	if r := one(t, c, "evil-thing@1.0.0"); !r.Records[0].AllVersions || r.Records[0].URL != "https://osv.dev/vulnerability/MAL-2025-1" {
		t.Errorf("%+v", r.Records[0])
	}
	if r := one(t, c, "ansi-styles@6.2.2"); r.Records[0].AllVersions || r.Records[0].Affects("6.2.3") || !r.Records[0].Affects("6.2.2") {
		t.Errorf("%+v", r.Records[0])
	}
}

// The whole plan goes in as few requests as the protocol allows; the details
// of an edition are asked for once, ever.
func TestRequests(t *testing.T) {
	s := advisorytest.Start(styles, minimist, minimistOld)
	defer s.Close()
	list := []string{"ansi-styles@6.2.2", "minimist@1.2.2", "minimist@1.2.2", "minimist@1.2.5"}
	for i := range 1300 {
		list = append(list, fmt.Sprintf("p%d@1.0.0", i))
	}
	var kept servicetest.Memory
	for run, want := range [][2]int{{2, 3}, {4, 3}} {
		got := client(s.URL, nil, &kept).Reports(context.Background(), asks(list...))
		if len(got) != 1303 || s.Count("v1/querybatch") != want[0] || s.Count("v1/vulns/") != want[1] {
			t.Errorf("run %d: %d reports, %d batches, %d details", run, len(got), s.Count("v1/querybatch"), s.Count("v1/vulns/"))
		}
	}
	s.Add(strings.Replace(minimist, "2024-06-24", "2026-06-24", 1))
	client(s.URL, nil, &kept).Reports(context.Background(), asks(list...))
	if s.Count("v1/vulns/") != 4 {
		t.Errorf("a new edition was not fetched: %d", s.Count("v1/vulns/"))
	}
}

func TestPaging(t *testing.T) {
	var records []string
	for i := range 7 {
		records = append(records, fmt.Sprintf(`{"id":"GHSA-%d","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"much"},"versions":["1.0.0"]}]}`, i))
	}
	s := advisorytest.Start(records...)
	defer s.Close()
	s.PageSize = 3
	if r := one(t, osvOnly(s.URL), "much@1.0.0"); len(r.Records) != 7 || s.Count("v1/querybatch") != 3 {
		t.Errorf("%d records in %d requests", len(r.Records), s.Count("v1/querybatch"))
	}
	for i, a := range s.Asked()[:3] {
		if strings.Contains(a.Body, "page_token") != (i > 0) {
			t.Errorf("page %d: %s", i, a.Body)
		}
	}
}

func TestDown(t *testing.T) {
	s := advisorytest.Start(styles, minimist)
	defer s.Close()
	s.Fail("v1/querybatch", 503)
	r := one(t, osvOnly(s.URL), "minimist@1.2.5")
	if r.OSV.Answered() || r.OSV.Err == nil || !strings.Contains(r.OSV.Err.Error(), "503") || !strings.HasPrefix(r.OSV.Err.Error(), "127.0.0.1") {
		t.Errorf("%+v", r)
	}
	s.Fail("v1/querybatch", 0)
	s.Fail("v1/vulns/", 500)
	c := osvOnly(s.URL)
	r = one(t, c, "ansi-styles@6.2.2")
	if !r.OSV.Answered() || ids(r) != "MAL-2025-46969 malware" || !r.Records[0].Vague {
		t.Errorf("the id alone says malware: %+v", r)
	}
	if r = one(t, c, "minimist@1.2.5"); len(r.Records) != 1 || r.Records[0].Level != advisory.LevelUnknown || !r.Records[0].Affects("99.0.0") {
		t.Errorf("%+v", r)
	}
	if o := c.Outages(); len(o) != 1 || !strings.Contains(o[0], "status 500") {
		t.Errorf("outages: %q", o)
	}
	off := osvOnly("")
	if r := one(t, off, "minimist@1.2.5"); !r.OSV.Off || len(off.Outages()) != 0 {
		t.Errorf("%+v", r)
	}
}

// broken answers with what it is given, whatever is asked.
type broken struct {
	status int
	body   string
}

func (b broken) Do(context.Context, fetch.Request) (*fetch.Response, error) {
	return &fetch.Response{Status: b.status, Header: http.Header{}, Body: []byte(b.body)}, nil
}

func TestBrokenAnswers(t *testing.T) {
	for _, b := range []broken{
		{200, ""}, {200, "[]"}, {200, "<html>"}, {200, `{"results":[]}`}, {200, `{"results":[{},{}]}`}, {200, `{}`}, {400, `{}`}, {404, `{}`}, {302, ``}, {204, ``},
	} {
		c := advisory.New(advisory.Options{Doer: b, OSV: "https://osv.example/", Now: time.Now})
		if r := one(t, c, "x@1.0.0"); r.OSV.Answered() {
			t.Errorf("%+v was taken for an answer", b)
		}
	}
	// the same token for ever, and ids that are none
	c := advisory.New(advisory.Options{Doer: broken{200, `{"results":[{"vulns":[{"id":"../../x"},{"id":""}],"next_page_token":"a"}]}`}, OSV: "https://osv.example/", Now: time.Now})
	if r := one(t, c, "x@1.0.0"); len(r.Records) != 0 || !r.OSV.Answered() {
		t.Errorf("%+v", r)
	}
}

// bulk is a registry client as far as advisories go.
type bulk struct {
	door *servicetest.Door
	err  error
}

func (b bulk) Advisories(ctx context.Context, base string, versions map[string][]string) ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	return registry.New(b.door, registry.Options{Default: base}).Advisories(ctx, base, versions)
}

func TestBothSources(t *testing.T) {
	s := advisorytest.Start(styles, minimist)
	defer s.Close()
	s.Bulk = map[string]string{
		"minimist": `[{"id":1097677,"url":"https://github.com/advisories/GHSA-xvch-5gv4-984h","title":"Prototype Pollution in minimist","severity":"critical","vulnerable_versions":">=1.0.0 <1.2.6","cwe":["CWE-1321"],"cvss":{"score":9.8,"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},
			{"id":1096465,"url":"https://github.com/advisories/GHSA-7fhm-mqm4-2wp7","title":"Other thing","severity":"moderate","vulnerable_versions":"<1.0.0","cwe":[],"cvss":{"score":0,"vectorString":null}}]`,
		"ansi-styles": `[{"id":1,"url":"https://github.com/advisories/GHSA-p5rr-crjh-x7gm","title":"Malware in ansi-styles","severity":"critical","vulnerable_versions":"=6.2.2","cwe":["CWE-506"],"cvss":{"score":0,"vectorString":null}}]`,
		"only-npm":    `[{"id":2,"url":"javascript:alert(1)","title":"Embedded malware in only-npm","severity":"critical","vulnerable_versions":"*","cwe":["CWE-912"],"cvss":{}}]`,
	}
	door := &servicetest.Door{}
	c := client(s.URL, bulk{door: door}, nil)
	list := asks("minimist@1.2.5", "minimist@0.9.0", "ansi-styles@6.2.2", "ansi-styles@6.2.1", "only-npm@1.0.0", "plain@1.0.0")
	for i := range list {
		list[i].Registry = s.URL
	}
	got := c.Reports(context.Background(), list)
	for i, want := range []string{
		"GHSA-xvch-5gv4-984h critical", "GHSA-7fhm-mqm4-2wp7 medium", "MAL-2025-46969 malware", "", "npm-2 malware", "",
	} {
		if r := got[list[i].Query]; ids(r) != want || !r.Registry.Answered() || !r.OSV.Answered() {
			t.Errorf("%s@%s: %q, want %q (%+v %+v)", list[i].Name, list[i].Version, ids(r), want, r.OSV, r.Registry)
		}
	}
	if r := got[list[0].Query].Records[0]; !slices.Equal(r.IDs, []string{"GHSA-xvch-5gv4-984h", "CVE-2021-44906"}) || len(r.Sources) != 2 || r.Score != 9.8 {
		t.Errorf("not merged: %+v", r)
	}
	if r := got[list[4].Query].Records[0]; !r.AllVersions || r.URL != "" {
		t.Errorf("%+v", r)
	}
	if n := s.Count("-/npm/"); n != 1 {
		t.Errorf("%d requests to the registry, want 1", n)
	}
}

func TestRegistryWithout(t *testing.T) {
	s := advisorytest.Start()
	defer s.Close()
	s.NoBulk = true
	a := asks("x@1.0.0")
	a[0].Registry = s.URL
	r := client("", bulk{door: &servicetest.Door{}}, nil).Reports(context.Background(), a)[a[0].Query]
	if !r.Registry.Off || !r.OSV.Off {
		t.Errorf("%+v", r)
	}
	c := client("", bulk{err: &registry.Error{Kind: registry.ErrUnreachable, What: "advisories", Host: "r.example", Reason: "no answer"}}, nil)
	if r := one(t, c, "x@1.0.0"); r.Registry.Answered() || r.Registry.Off || len(c.Outages()) != 1 {
		t.Errorf("%+v %q", r, c.Outages())
	}
}

// A withheld name goes to its own registry alone.
func TestWithheld(t *testing.T) {
	s := advisorytest.Start()
	defer s.Close()
	a := asks("public@1.0.0", "@acme/secret@1.0.0")
	a[0].Registry, a[1].Registry = "https://public.example/", s.URL
	a[1].Withheld = fmt.Errorf("a private name")
	got := client(s.URL, bulk{door: &servicetest.Door{Rewrite: func(u string) string {
		return strings.Replace(u, "https://public.example/", s.URL, 1)
	}}}, nil).Reports(context.Background(), a)
	if r := got[a[1].Query]; !r.OSV.Off || r.OSV.Err.Error() != "a private name" || !r.Registry.Answered() {
		t.Errorf("%+v", r)
	}
	for _, q := range s.Asked() {
		if q.Path == "v1/querybatch" && strings.Contains(q.Body, "secret") {
			t.Errorf("the name went out: %s", q.Body)
		}
		if slices.Contains(q.Names, "@acme/secret") && slices.Contains(q.Names, "public") {
			t.Errorf("one registry was asked about another's: %v", q.Names)
		}
	}
}
