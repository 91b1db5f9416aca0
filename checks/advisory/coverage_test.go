package advisory

import (
	"fmt"
	"slices"
	"testing"
)

func TestCovers(t *testing.T) {
	osv := func(events ...event) coverage {
		c := coverage{Spans: spans(events)}
		c.All = c.everything()
		return c
	}
	npm := func(r string) coverage { c := coverage{Range: r}; c.All = c.everything(); return c }
	for i, c := range []struct {
		c        coverage
		version  string
		in, told bool
	}{
		{osv(event{Introduced: "0"}), "1.0.0", true, true},
		{osv(event{Introduced: "0"}, event{Fixed: "1.2.0"}), "1.1.9", true, true},
		{osv(event{Introduced: "0"}, event{Fixed: "1.2.0"}), "1.2.0-rc.1", true, true},
		{osv(event{Introduced: "0"}, event{Fixed: "1.2.0"}), "1.2.0", false, true},
		{osv(event{Introduced: "1.0.0"}, event{LastAffected: "1.2.0"}), "1.2.0", true, true},
		{osv(event{Introduced: "1.0.0"}, event{LastAffected: "1.2.0"}), "1.2.1", false, true},
		{osv(event{Introduced: "1.0.0"}, event{LastAffected: "1.2.0"}), "0.9.0", false, true},
		{osv(event{Introduced: "1.0.0"}), "1.0.0-beta", false, true},
		{osv(event{Fixed: "3.1.0"}, event{Introduced: "3.0.0"}, event{Fixed: "2.1.0"}, event{Introduced: "0"}), "2.5.0", false, true},
		{osv(event{Fixed: "3.1.0"}, event{Introduced: "3.0.0"}, event{Fixed: "2.1.0"}, event{Introduced: "0"}), "3.0.4", true, true},
		{osv(event{Introduced: "0"}, event{Limit: "2.0.0"}), "2.0.0", false, true},
		{osv(event{Introduced: "0"}, event{Fixed: "1.2"}), "1.3.0", false, true},
		{osv(event{Introduced: "0"}, event{Fixed: "soon"}), "1.3.0", false, false},
		{osv(event{Introduced: "what"}), "1.3.0", false, false},
		{coverage{Versions: []string{"6.2.2"}}, "6.2.2", true, true},
		{coverage{Versions: []string{"6.2.2"}}, "6.2.3", false, true},
		{coverage{Versions: []string{"6.2.2"}, Spans: spans([]event{{Introduced: "7.0.0"}})}, "7.1.0", true, true},
		{coverage{}, "1.0.0", false, false},
		{npm(">=1.0.0 <1.2.3"), "1.2.2", true, true},
		{npm(">=1.0.0 <1.2.3"), "1.2.3-alpha", true, true},
		{npm(">=1.0.0 <1.2.3"), "1.2.3", false, true},
		{npm("<0.0.0"), "1.2.3", false, true},
		{npm(">=0"), "1.2.3", true, true},
		{npm("*"), "1.2.3-x", true, true},
		{npm("= 1.4.1 || = 1.4.2"), "1.4.2", true, true},
		{npm("nonsense!"), "1.4.2", false, false},
		{coverage{Range: "<2.0.0", Spans: spans([]event{{Introduced: "0"}, {Fixed: "x"}})}, "3.0.0", false, false},
		{osv(event{Introduced: "0"}, event{Fixed: "1.2.0"}), "not-a-version", false, false},
	} {
		if in, told := c.c.covers(c.version); in != c.in || told != c.told {
			t.Errorf("%d %+v %s: %v %v, want %v %v", i, c.c, c.version, in, told, c.in, c.told)
		}
	}
}

func TestEverything(t *testing.T) {
	for r, want := range map[string]bool{"*": true, ">= 0.0.0": true, ">=0": true, "": false, "<1.0.0": false, ">=0.0.1": false} {
		if got := (coverage{Range: r}).everything(); got != want {
			t.Errorf("%q: %v", r, got)
		}
	}
}

func TestScores(t *testing.T) {
	for vector, want := range map[string]string{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H":                          "9.8 critical",
		"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H":                          "7.5 high",
		"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L":                          "3.7 low",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N":       "9.3 critical",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N":       "6.9 medium",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:U":   "6.6 medium",
		"AV:N/AC:L/Au:N/C:P/I:P/A:P":                                            "7.5 high",
		"CVSS:3.1/AV:N":                                                         "0 of unknown severity",
		"":                                                                      "0 of unknown severity",
		"CVSS:5.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/BAD:X": "0 of unknown severity",
	} {
		var e entry
		e.rate([]osvSeverity{{Score: vector}})
		if got := fmt.Sprint(e.Score, " ", e.Level); got != want {
			t.Errorf("%s: %s, want %s", vector, got, want)
		}
	}
}

func TestMerge(t *testing.T) {
	got := merge([]entry{
		{ID: "GHSA-aaaa", Aliases: []string{"CVE-1"}, Level: Medium, Source: "osv"},
		{ID: "GHSA-bbbb", Aliases: []string{"CVE-2"}, Level: High, Source: "osv"},
		{ID: "MAL-1", Malware: true, Source: "osv"},
		{ID: "CVE-1", Level: High, Summary: "s", Source: "npm"},
		{ID: "GHSA-cccc", Aliases: []string{"MAL-1", "CVE-9"}, Level: Critical, Source: "npm"},
		{ID: "X-1", Aliases: []string{"CVE-2", "GHSA-aaaa"}, Source: "osv"}, // joins two groups
	})
	if len(got) != 2 {
		t.Fatalf("%d records: %+v", len(got), got)
	}
	if r := got[0]; r.ID != "MAL-1" || !r.Malware || !slices.Equal(r.IDs, []string{"MAL-1", "GHSA-cccc", "CVE-9"}) || !slices.Equal(r.Sources, []string{"npm", "osv"}) {
		t.Errorf("%+v", r)
	}
	if r := got[1]; r.ID != "GHSA-aaaa" || r.Level != High || len(r.IDs) != 5 || r.Summary != "s" {
		t.Errorf("%+v", r)
	}
}

func FuzzOSV(f *testing.F) {
	f.Add([]byte(`{"id":"GHSA-1","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}],"versions":["0.1.0"]}]}`))
	f.Add([]byte(`{"id":"MAL-1","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseOSV(b)
		if err != nil {
			return
		}
		for _, n := range r.names() {
			e, ok := r.about(n)
			if !ok {
				t.Errorf("not about its own package %q", n)
			}
			e.holds("1.0.0")
		}
	})
}
