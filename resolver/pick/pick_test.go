package pick

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/semver/nodetest"
	"gpq/resolver/spec"
)

// pack makes a packument of «version flags» lines: d deprecated, n needs node
// 22, r restricted, s staged only; the day it was published comes last.
func pack(t *testing.T, latest string, lines ...string) *registry.Packument {
	t.Helper()
	p := &registry.Packument{
		Name: "pkg", DistTags: map[string]string{"latest": latest}, Versions: map[string]*registry.Manifest{},
		Time: map[string]time.Time{}, Staged: map[string]*registry.Manifest{}, Restricted: map[string]*registry.Manifest{},
	}
	for day, line := range lines {
		version, flags, _ := strings.Cut(line, " ")
		m := &registry.Manifest{Name: "pkg", Version: version}
		if strings.Contains(flags, "d") {
			m.Deprecated = "old"
		}
		if strings.Contains(flags, "n") {
			m.Engines = registry.Deps{{Name: "node", Value: ">=22"}}
		}
		if strings.Contains(flags, "r") {
			p.Restricted[version] = m
		}
		if strings.Contains(flags, "s") {
			p.Staged[version] = m
			continue
		}
		p.Versions[version] = m
		p.Order = append(p.Order, version)
		p.Time[version] = start.AddDate(0, 0, day)
	}
	return p
}

func TestPick(t *testing.T) {
	o := Options{Node: "20.0.0", NPM: "11.0.0"}
	before := o
	before.Before = start.AddDate(0, 0, 1)
	avoid := o
	avoid.Avoid = ">=1.1.0"
	strict := avoid
	strict.AvoidStrict = true
	staged := o
	staged.IncludeStaged = true
	for _, c := range []struct {
		what   string
		lines  string
		latest string
		want   string
		o      Options
		answer string // the version, or the error's code
	}{
		{"latest wins over higher", "1.0.0|1.1.0|1.2.0", "1.1.0", "^1", o, "1.1.0"},
		{"latest outside the range does not", "1.0.0|1.1.0|2.0.0", "2.0.0", "^1", o, "1.1.0"},
		{"star takes a prerelease under latest", "1.0.0|2.0.0-a", "2.0.0-a", "*", o, "2.0.0-a"},
		{"nothing is the default tag", "1.0.0|2.0.0", "1.0.0", "", o, "1.0.0"},
		{"a deprecated latest does not win", "1.0.0|1.1.0 d|1.2.0 d", "1.2.0", "^1", o, "1.0.0"},
		{"all deprecated: the highest", "1.0.0 d|1.1.0 d", "1.0.0", "^1", o, "1.1.0"},
		{"engine right though deprecated before wrong engine", "1.0.0 d|1.1.0 n", "1.1.0", "^1", o, "1.0.0"},
		{"wrong engine where there is no other", "1.0.0 n|1.1.0 n", "1.0.0", "^1", o, "1.1.0"},
		{"an exact version in spite of everything", "1.0.0|1.1.0 dn", "1.0.0", "=v1.1.0", o, "1.1.0"},
		{"a tag in spite of everything", "1.0.0|1.1.0 dn", "1.1.0", "latest", o, "1.1.0"},
		{"before: latest too young", "1.0.0|1.1.0|1.2.0", "1.2.0", "^1", before, "1.1.0"},
		{"before: a tag too young", "1.0.0|1.1.0|1.2.0", "1.2.0", "latest", before, "1.1.0"},
		{"before: an exact version too young", "1.0.0|1.1.0|1.2.0", "1.2.0", "1.2.0", before, "ETARGET"},
		{"before: all too young", "0.0.1 s|0.0.2 s|1.2.0", "1.2.0", "^1", before, "ENOVERSIONS"},
		{"avoid", "1.0.0|1.1.0|1.2.0", "1.2.0", "^1", avoid, "1.0.0"},
		{"avoid where there is nothing else", "1.1.0|1.2.0", "1.2.0", "^1", avoid, "1.2.0!"},
		{"avoid strictly, by leaving the range", "0.9.0|1.1.0|1.2.0", "1.2.0", "^1", strict, "0.9.0>"},
		{"avoid strictly, in vain", "1.1.0|1.2.0", "1.2.0", "^1", strict, "ETARGET"},
		{"staged last", "1.0.0|1.1.0 s", "1.0.0", ">=1", staged, "1.0.0"},
		{"staged where asked for", "1.0.0|1.1.0 s", "1.0.0", "1.1.0", staged, "1.1.0"},
		{"staged not asked for", "1.0.0|1.1.0 s", "1.0.0", "1.1.0", o, "ETARGET"},
		{"restricted last", "1.0.0|1.1.0 r", "1.1.0", "^1", o, "1.0.0"},
		{"restricted", "1.0.0|1.1.0 r", "1.0.0", "1.1.0", o, "E403"},
		{"no such tag", "1.0.0", "1.0.0", "next", o, "ETARGET"},
		{"nothing in range", "1.0.0", "1.0.0", "^2", o, "ETARGET"},
		{"no path", "1.0.0", "1.0.0", "./x", o, "EINVALID"},
	} {
		p := pack(t, c.latest, strings.Split(c.lines, "|")...)
		if got := said(Pick(p, spec.Resolve("pkg", c.want, spec.Place{Dir: "/"}), c.o)); got != c.answer {
			t.Errorf("%s: got %s, want %s", c.what, got, c.answer)
		}
	}
}

func said(c Choice, err error) string {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case c.ShouldAvoid:
		return c.Version + "!"
	case c.OutsideRange:
		return c.Version + ">"
	}
	return c.Version
}

func TestAlias(t *testing.T) {
	p := pack(t, "1.0.0", "1.0.0", "2.0.0")
	c, err := Pick(p, spec.Resolve("other", "npm:pkg@^2", spec.Place{}), Options{})
	if err != nil || c.Version != "2.0.0" {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestError(t *testing.T) {
	_, err := Pick(pack(t, "1.0.0", "1.0.0"), spec.Resolve("pkg", "^2", spec.Place{}), Options{Before: start})
	if want := "pkg@^2: no matching version, of those published before 2024-01-01T00:00:00Z"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := Pick(nil, spec.Spec{}, Options{}); err == nil {
		t.Error("nothing at all was picked from")
	}
}

func TestAgeExcluded(t *testing.T) {
	patterns := []string{"exact", "@my/*", "b-*", "{x,y}-z", "!not", "?q", "[a-c]1"}
	for name, excluded := range map[string]bool{
		"exact": true, "@my/a": true, "@my/a.b": true, "@mine/a": false, "b-1": true, "b": false, "x-z": true, "y-z": true, "z-z": false,
		"!not": true, "not": false, "aq": true, "q": false, "b1": true, "d1": false, "express": false, "": false,
	} {
		if got := AgeExcluded(name, patterns); got != excluded {
			t.Errorf("%s: excluded %v", name, got)
		}
	}
}

func TestGlobsAgainstNPM(t *testing.T) {
	patterns := []string{"*", "**", "@*/*", "@my/*", "@my/**", "**/a", "a*b", "*a*", "?", "a?", "[ab]*", "[!a]*", "{a,b}", "{a,b{c,d}}", "@{my,your}/a*",
		"\\*", "a\\*", "!a", "#a", "", "a/", "/a", "@my//a", "a.*", ".*", "*.js", "***", "a**b", "{a}", "{,a}", "[", "[]", "[a", "a]", "+(a)", "@(a)", "@my/@(a)", "a,b", "[^a]b", "A"}
	names := []string{"a", "b", "ab", "aab", "abc", "ac", "bc", "bd", "@my/a", "@my/ab", "@your/a", "@your/b", "a.js", ".a", "!a", "#a", "A", "*", "a*", "@a", "{a}"}
	var qs [][2]string
	for _, p := range patterns {
		for _, n := range names {
			qs = append(qs, [2]string{p, n})
		}
	}
	for _, npm := range nodetest.Installed(t) {
		if npm.Major() == "10" {
			continue // it knows no exclusions
		}
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []bool
			npm.Run(t, `const { isReleaseAgeExcluded: e } = need('@npmcli/arborist/lib/release-age-exclude.js'); return input.map(([p, n]) => e(n, [p]))`, qs, &want)
			for i, q := range qs {
				if got := AgeExcluded(q[1], q[:1]); got != want[i] {
					t.Errorf("%q and %q: got %v", q[0], q[1], got)
				}
			}
		})
	}
}

func TestEngines(t *testing.T) {
	sat := func(v, r string) bool { return semver.Satisfies(v, r, semver.Options{IncludePrerelease: true}) }
	e := registry.Deps{{Name: "node", Value: ">=22"}, {Name: "npm", Value: "^10"}}
	if !EngineOK(e, "22.1.0-nightly", "10.2.0", sat) || EngineOK(e, "22.1.0", "11.0.0", sat) || EngineOK(e, "20.1.0", "", sat) || !EngineOK(e, "", "", sat) {
		t.Error("engines judged otherwise than npm does")
	}
}

func FuzzMatchName(f *testing.F) {
	f.Add("@my/{a,b*}[c-d]?\\*", "@my/abc")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		matchName(pattern, name)
	})
}
