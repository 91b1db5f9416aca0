package checks_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/advisory"
	"gpq/checks/advisory/advisorytest"
	"gpq/checks/domain"
	"gpq/checks/domain/domaintest"
	"gpq/checks/downloads"
	"gpq/checks/downloads/downloadstest"
	"gpq/checks/names"
	"gpq/checks/service"
	"gpq/checks/service/servicetest"
	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// docs is a registry in memory.
type docs map[string]*registry.Packument

func (d docs) Packument(_ context.Context, name string) (*registry.Packument, error) {
	if p := d[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("registry.example: %s: not found", name)
}

const npmjs = "https://registry.npmjs.org/"

func (d docs) add(base, name string, emails ...string) resolver.Item {
	m := &registry.Manifest{Name: name, Version: "1.0.0", NpmUser: &registry.Publisher{Person: registry.Person{Name: "maker", Email: emails[0]}}}
	var people []registry.Person
	for i, e := range emails {
		people = append(people, registry.Person{Name: fmt.Sprintf("maker%d", i), Email: e})
	}
	m.Maintainers = people
	d[name] = &registry.Packument{Name: name, Registry: base, DistTags: map[string]string{"latest": "1.0.0"}, Order: []string{"1.0.0"},
		Versions: map[string]*registry.Manifest{"1.0.0": m}, Time: map[string]time.Time{"1.0.0": storyNow.AddDate(-1, 0, 0)}, Maintainers: people}
	return resolver.Item{Package: resolver.Package{Name: name, Version: "1.0.0", Registry: base},
		Specs: []spec.Spec{{Raw: name + "@^1.0.0", Kind: spec.Range, Name: name, Range: "^1.0.0"}}, Via: [][]string{{name}}}
}

// services are all stand-ins, and the door that everything goes through.
type services struct {
	osv     *advisorytest.Server
	weekly  *downloadstest.Server
	world   *domaintest.World
	door    *servicetest.Door
	cache   service.Cache
	policy  *checks.Policy
	scopes  map[string]string
	base    string // the default registry
	domains *domain.Client
	public  bool // by their public addresses, sent to the stand-ins by the door
}

func startServices(t *testing.T, records ...string) *services {
	t.Helper()
	w, err := domaintest.Start(map[string]domaintest.Domain{})
	if err != nil {
		t.Fatal(err)
	}
	s := &services{osv: advisorytest.Start(records...), weekly: downloadstest.Start(map[string]int64{}), world: w,
		cache: &servicetest.Memory{}, policy: checks.DefaultPolicy(), base: npmjs, public: true}
	t.Cleanup(func() { s.osv.Close(); s.weekly.Close(); s.world.Close() })
	s.door = &servicetest.Door{Rewrite: func(u string) string {
		for public, here := range map[string]string{advisory.DefaultOSV: s.osv.URL, downloads.Default: s.weekly.URL,
			npmjs: s.osv.URL, "https://npm.acme.example/": s.osv.URL, "https://rdap.verisign.com/com/v1/": s.world.RDAP} {
			if rest, ok := strings.CutPrefix(u, public); ok {
				return here + rest
			}
		}
		return "http://127.0.0.1:1/nowhere"
	}}
	return s
}

func (s *services) outside() *checks.Outside {
	now := func() time.Time { return storyNow }
	osv, weekly, rdap := advisory.DefaultOSV, downloads.Default, domain.Bootstrap
	door := s.door
	renew := domain.IANA
	if !s.public {
		osv, weekly, rdap = s.osv.URL, s.weekly.URL, s.world.RDAP
	}
	return checks.NewOutside(checks.OutsideOptions{
		Domains:    s.keepDomains(domain.Options{Doer: door, RDAP: rdap, Renew: renew, DNS: s.world.DNS, Cache: s.cache, Now: now}),
		Advisories: advisory.New(advisory.Options{Doer: door, OSV: osv, Registries: registry.New(door, registry.Options{Default: s.base}), Cache: s.cache, Now: now}),
		Downloads:  downloads.New(downloads.Options{Doer: door, Base: weekly, Cache: s.cache, Now: now}),
		Names:      names.Load, Default: s.base, Scopes: s.scopes,
	})
}

// keepDomains makes the client that run waits for: it renews its table behind.
func (s *services) keepDomains(o domain.Options) *domain.Client {
	s.domains = domain.New(o)
	return s.domains
}

func (s *services) run(t *testing.T, d docs, items ...resolver.Item) *checks.Report {
	t.Helper()
	var outside []checks.Check
	for _, c := range checks.All() {
		if slices.Contains([]checks.ID{"domain-expired", "malware", "vulnerable", "typosquat", "popularity"}, c.ID) {
			outside = append(outside, c)
		}
	}
	r := checks.Runner{Checks: outside, Policy: s.policy, Packuments: d, Collectors: []checks.Collector{s.outside()}, Now: storyNow}
	rep, err := r.Run(t.Context(), &resolver.Plan{Items: items})
	s.domains.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func named(it resolver.Item) resolver.Item { it.Named, it.Direct = true, true; return it }

func expect(t *testing.T, rep *checks.Report, i int, want map[string]string) {
	t.Helper()
	checkItem(t, rep, rep.Items[i].Item.Name+"@"+rep.Items[i].Item.Version, want)
}

func TestOutsideEndToEnd(t *testing.T) {
	s := startServices(t,
		`{"id":"MAL-1","modified":"2026-01-01T00:00:00Z","summary":"Malicious code in evil (npm)","affected":[{"package":{"ecosystem":"npm","name":"evil"},"versions":["1.0.0"]}]}`,
		`{"id":"GHSA-2222-2222-2222","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"pinned"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}`,
		`{"id":"GHSA-xvch-5gv4-984h","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2021-44906"],"summary":"Prototype pollution","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
			"affected":[{"package":{"ecosystem":"npm","name":"weak"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]}`,
	)
	s.osv.Bulk = map[string]string{"weak": `[{"id":1,"url":"https://github.com/advisories/GHSA-xvch-5gv4-984h","title":"Prototype pollution","severity":"critical","vulnerable_versions":"<1.2.0","cwe":["CWE-1321"],"cvss":{"score":9.8,"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]`}
	s.world.Set("gone-maker.com", domaintest.Domain{})
	s.world.Set("anew-maker.com", domaintest.Domain{Registered: storyNow.AddDate(0, -1, 0), DNS: domaintest.Delegated})
	s.world.Set("good-maker.com", domaintest.Domain{Registered: storyNow.AddDate(-9, 0, 0), Expires: storyNow.AddDate(1, 0, 0), DNS: domaintest.Delegated})
	d := docs{}
	weak := d.add(npmjs, "weak", "a@good-maker.com", "b@gmail.com")
	for _, v := range []string{"1.1.0", "1.2.0", "2.0.0"} {
		d["weak"].Versions[v] = &registry.Manifest{Name: "weak", Version: v}
	}
	pinned := d.add(npmjs, "pinned", "a@gmail.com")
	d["pinned"].Versions["1.9.0"] = &registry.Manifest{Name: "pinned", Version: "1.9.0"}
	d["pinned"].Versions["2.0.0"] = &registry.Manifest{Name: "pinned", Version: "2.0.0"}
	rep := s.run(t, d,
		named(d.add(npmjs, "evil", "x@gone-maker.com")), weak,
		d.add(npmjs, "taken", "t@mail.anew-maker.com"),
		named(d.add(npmjs, "lodahs", "l@gmail.com")),
		named(d.add(npmjs, "express", "l@gmail.com")),
		pinned,
	)
	expect(t, rep, 5, map[string]string{"vulnerable": "note: fixed in 2.0.0, which is not in the range asked for"})
	expect(t, rep, 0, map[string]string{"malware": "danger: MAL-1", "vulnerable": "clear", "domain-expired": "danger: anyone can buy it", "popularity": "warning: no download figures"})
	expect(t, rep, 1, map[string]string{"malware": "clear", "vulnerable": "warning: CVSS 9.8", "domain-expired": "clear: gmail.com a mail provider's, good-maker.com registered", "typosquat": "clear", "popularity": "skipped"})
	expect(t, rep, 1, map[string]string{"vulnerable": "warning: fixed in 1.2.0"})
	expect(t, rep, 2, map[string]string{"domain-expired": "danger: registered anew", "malware": "clear"})
	expect(t, rep, 3, map[string]string{"typosquat": "danger: like lodash", "domain-expired": "clear"})
	expect(t, rep, 4, map[string]string{"typosquat": "clear", "popularity": "clear"})
	if len(rep.Notices) != 0 {
		t.Errorf("notices: %v", rep.Notices)
	}
}

// Every service down: unknown, never clear; one line for each.
func TestOutsideDown(t *testing.T) {
	s := startServices(t)
	s.osv.Fail("v1/", 503)
	s.osv.Fail("-/npm/", 500)
	s.weekly.Fail(429, "60")
	s.world.Set("maker.com", domaintest.Domain{Code: 500, Body: "{}"})
	d := docs{}
	rep := s.run(t, d, named(d.add(npmjs, "thing-of-mine", "a@maker.com")))
	expect(t, rep, 0, map[string]string{"malware": "unknown: api.osv.dev", "vulnerable": "unknown: api.osv.dev", "domain-expired": "unknown: rdap.verisign.com", "popularity": "unknown: api.npmjs.org", "typosquat": "clear"})
	var hosts []string
	for _, n := range rep.Notices {
		hosts = append(hosts, n.Subject)
		if n.Kind != checks.NoticeService || n.Text == "" {
			t.Errorf("%+v", n)
		}
	}
	slices.Sort(hosts)
	if strings.Join(hosts, " ") != "api.npmjs.org api.osv.dev rdap.verisign.com registry.npmjs.org" {
		t.Errorf("notices of %q", hosts)
	}
	if v := checks.DefaultPolicy().Decide(rep, checks.Mode{Strict: true}); v.String() != "undecided" {
		t.Errorf("strict: %s", v)
	}
}

// What is sent, and to whom: docs/privacy.md holds for every request.
func TestPrivacy(t *testing.T) {
	page, err := os.ReadFile("../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	s := startServices(t)
	s.scopes = map[string]string{"@acme": "https://npm.acme.example/"}
	s.policy.Rules.Private = []checks.Pattern{"our-*"}
	s.world.Set("public-maker.com", domaintest.Domain{Registered: storyNow.AddDate(-9, 0, 0)})
	d := docs{}
	file := resolver.Item{Package: resolver.Package{Name: "secret-folder", Version: "1.0.0"}, Named: true}
	items := []resolver.Item{
		named(d.add(npmjs, "public-thing", "jane.doe@public-maker.com")),
		named(d.add("https://npm.acme.example/", "@acme/secret", "boss@secret-maker.com")),
		named(d.add("https://npm.acme.example/", "secret-unscoped", "boss@secret-maker.com")),
		named(d.add(npmjs, "our-secret", "boss@secret-maker.com")),
		file,
	}
	unchanged := d.add(npmjs, "known-thing", "old@unasked-maker.com")
	unchanged.Change = resolver.Unchanged
	rep := s.run(t, d, append(items, unchanged)...)
	for _, i := range []int{1, 2, 3, 4} {
		expect(t, rep, i, map[string]string{"malware": "skipped", "domain-expired": "skipped", "popularity": "skipped"})
	}
	expect(t, rep, 0, map[string]string{"malware": "clear", "domain-expired": "clear"})
	expect(t, rep, 5, map[string]string{"malware": "clear", "domain-expired": "skipped"})
	hosts := map[string]bool{}
	for _, r := range s.door.Seen() {
		u, err := url.Parse(r.URL)
		if err != nil {
			t.Fatal(err)
		}
		hosts[u.Host] = true
		if u.Host != "registry.npmjs.org" && u.Host != "npm.acme.example" && !strings.Contains(string(page), "`"+u.Host+"`") {
			t.Errorf("docs/privacy.md does not name %s", u.Host)
		}
		sent := r.URL + fmt.Sprint(r.Header) + unpacked(t, r.Body)
		if u.Host == "registry.npmjs.org" { // it served that one itself
			sent = strings.ReplaceAll(sent, "our-secret", "")
		}
		words := []string{"jane", "doe", "boss", "unasked-maker", "maker0", "@public-maker"}
		if u.Host != "npm.acme.example" {
			words = append(words, "secret", "acme")
		}
		for _, w := range words {
			if strings.Contains(sent, w) {
				t.Errorf("%q was sent to %s: %s", w, u.Host, sent)
			}
		}
		for h := range r.Header {
			if !slices.Contains([]string{"Accept", "Content-Type", "Content-Encoding", "User-Agent"}, h) {
				t.Errorf("header %s was sent to %s", h, u.Host)
			}
		}
	}
	for _, h := range []string{"api.osv.dev", "api.npmjs.org", "rdap.verisign.com", "registry.npmjs.org", "npm.acme.example", "data.iana.org"} {
		if !hosts[h] {
			t.Errorf("%s was not asked at all: the test sees nothing", h)
		}
	}
}

func unpacked(t *testing.T, body []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return string(body)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A service that the user named may be asked about what his own default
// registry serves; a policy can open names to public ones.
func TestOwnServices(t *testing.T) {
	s := startServices(t)
	s.base, s.public = "https://npm.acme.example/", false
	s.door.Rewrite = func(u string) string { return strings.Replace(u, "https://npm.acme.example/", s.osv.URL, 1) }
	s.scopes = map[string]string{"@deep": "https://deep.acme.example/"}
	d := docs{}
	rep := s.run(t, d, named(d.add("https://npm.acme.example/", "thing-of-acme", "a@gmail.com")), d.add("https://deep.acme.example/", "@deep/x", "a@gmail.com"))
	expect(t, rep, 0, map[string]string{"malware": "clear", "domain-expired": "clear"})
	expect(t, rep, 1, map[string]string{"malware": "skipped: its scope has a registry of its own"})

	s = startServices(t)
	s.base = "https://npm.acme.example/"
	rep = s.run(t, d, named(d.add("https://npm.acme.example/", "thing-of-acme", "a@gmail.com")))
	expect(t, rep, 0, map[string]string{"malware": "skipped: served by npm.acme.example", "typosquat": "clear"})
	s.policy.Rules.Public = []checks.Pattern{"thing-*"}
	rep = s.run(t, d, named(d.add("https://npm.acme.example/", "thing-of-acme", "a@gmail.com")))
	expect(t, rep, 0, map[string]string{"malware": "clear"})
}

// Requests and bytes for plans as large as those of real projects: one name by
// hand, one in fifty with a record, a third of the addresses under domains of
// their own, each domain with three packages.
func TestOutsideCost(t *testing.T) {
	for _, n := range []int{68, 300, 1300} {
		var records []string
		d := docs{}
		var items []resolver.Item
		list, err := names.Load()
		if err != nil {
			t.Fatal(err)
		}
		s := startServices(t)
		for i := range n {
			mail := "someone@gmail.com"
			if i%3 == 0 {
				own := fmt.Sprintf("maker%d.com", i/9)
				mail = "someone@" + own
				s.world.Set(own, domaintest.Domain{Registered: storyNow.AddDate(-9, 0, 0), Expires: storyNow.AddDate(1, 0, 0)})
			}
			name := list.Names()[i]
			if i%50 == 7 {
				records = append(records, fmt.Sprintf(`{"id":"GHSA-%04d","modified":"2026-01-01T00:00:00Z","details":%q,"affected":[{"package":{"ecosystem":"npm","name":%q},"versions":["1.0.0"]}]}`, i, strings.Repeat("details of it ", 200), name))
			}
			items = append(items, d.add(npmjs, name, mail))
		}
		for _, r := range records {
			s.osv.Add(r)
		}
		mine := named(d.add(npmjs, "thing-of-mine", "me@gmail.com"))
		items = append(items, mine)
		for _, run := range []string{"cold", "warm"} {
			before := len(s.door.Seen())
			begin := time.Now()
			s.run(t, d, items...)
			took := time.Since(begin)
			requests, out, in := 0, 0, 0
			by := map[string]int{}
			for _, r := range s.door.Seen()[before:] {
				u, _ := url.Parse(r.URL)
				by[u.Host]++
				requests, out, in = requests+1, out+len(r.Body)+len(r.URL), in+r.Answered
			}
			t.Logf("%4d packages, %s: %3d requests, %6d bytes out, %7d in, %v %v", n, run, requests, out, in, took.Round(time.Millisecond), by)
			if by["api.osv.dev"] > 1+n/1000+len(records) || by["registry.npmjs.org"] != 1 || run == "warm" && requests > 4 {
				t.Errorf("%d packages, %s: %v", n, run, by)
			}
		}
	}
}

// A collector of nothing asks nobody and answers that it did not.
func TestOutsideNothing(t *testing.T) {
	d := docs{}
	r := checks.Runner{Checks: checks.All(), Policy: checks.DefaultPolicy(), Packuments: d, Collectors: []checks.Collector{checks.NewOutside(checks.OutsideOptions{})}, Now: storyNow}
	rep, err := r.Run(t.Context(), &resolver.Plan{Items: []resolver.Item{named(d.add(npmjs, "thing", "a@maker.com"))}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, rep, 0, map[string]string{"malware": "unknown: not asked", "vulnerable": "unknown: not asked", "domain-expired": "skipped: switched off", "popularity": "skipped: switched off", "typosquat": "skipped: no list"})
}
