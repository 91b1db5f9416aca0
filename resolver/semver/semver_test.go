package semver

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text          string
		strict, loose string // "" is no version
	}{
		{"1.2.3", "1.2.3", "1.2.3"},
		{" v1.2.3\n", "1.2.3", "1.2.3"},
		{"=1.2.3", "", "1.2.3"},
		{"= v\u00a01.2.3", "", "1.2.3"},
		{"1.2.3-beta.01", "", "1.2.3-beta.1"},
		{"1.2.3beta", "", "1.2.3-beta"},
		{"1.2.3-", "", "1.2.3--"},
		{"1.2.34.5", "", "1.2.3-4.5"},
		{"01.02.03", "", "1.2.3"},
		{"1.2.3+build.01", "1.2.3", "1.2.3"},
		{"1.2.3--", "1.2.3--", "1.2.3--"},
		{"9007199254740991.0.0", "9007199254740991.0.0", "9007199254740991.0.0"},
		{"9007199254740992.0.0", "", ""},
		{"1.2", "", ""},
		{"1.2.x", "", ""},
		{"", "", ""},
		{"1.2.3 4.5.6", "", ""},
		{"1.2.3-é", "", ""},
		{"1.0.0-" + strings.Repeat("a", 250), "1.0.0-" + strings.Repeat("a", 250), "1.0.0-" + strings.Repeat("a", 250)},
		{"1.0.0-" + strings.Repeat("a", 251), "", ""},
	} {
		if got := Valid(c.text, false); got != c.strict {
			t.Errorf("strict %q: got %q, want %q", c.text, got, c.strict)
		}
		if got := Valid(c.text, true); got != c.loose {
			t.Errorf("loose %q: got %q, want %q", c.text, got, c.loose)
		}
	}
}

func TestParseErrors(t *testing.T) {
	if v, err := Parse("1.2", true); !errors.Is(err, ErrVersion) || !v.IsZero() {
		t.Errorf("got %v, %v", v, err)
	}
	if _, err := ParseRange("one two", Options{}); !errors.Is(err, ErrRange) {
		t.Errorf("got %v", err)
	}
	if _, err := ParseRange(strings.Repeat("1 ", MaxRangeLength), Options{}); !errors.Is(err, ErrRange) {
		t.Errorf("too long a range: got %v", err)
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		" =v1.2.3 ": "1.2.3", "==v=1.0.0-a": "1.0.0-a", "v 1.2.3": "1.2.3", "1.2": "", "~1.2.3": "",
	} {
		if got := Clean(text, true); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestOrder(t *testing.T) {
	rising := []string{
		"0.0.0-0", "0.0.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-10.a", "1.0.0--", "1.0.0-A", "1.0.0-a", "1.0.0-a.1",
		"1.0.0-a.b", "1.0.0-ab", "1.0.0", "1.0.1", "1.1.0", "1.10.0", "2.0.0", "10.0.0",
	}
	for i, a := range rising {
		for k, b := range rising {
			va, erra := Parse(a, false)
			vb, errb := Parse(b, false)
			if erra != nil || errb != nil {
				t.Fatal(erra, errb)
			}
			if got, want := va.Compare(vb), compareUint(uint64(i), uint64(k)); got != want {
				t.Errorf("%s and %s: got %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestBuildCounts(t *testing.T) {
	parse := func(s string) Version {
		v, err := Parse(s, true)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	vs := []Version{parse("1.0.0+b.2"), parse("1.0.0+b"), parse("1.0.0"), parse("1.0.0+1")}
	if vs[0].Compare(vs[1]) != 0 {
		t.Error("build metadata counted in precedence")
	}
	slices.SortFunc(vs, Version.CompareBuild)
	var got []string
	for _, v := range vs {
		got = append(got, v.Build())
	}
	if want := []string{"", "1", "b", "b.2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNormalForm(t *testing.T) {
	for _, c := range []struct{ text, strict, loose string }{
		{"", "*", "*"},
		{"*", "*", "*"},
		{"||", "*", "*"},
		{"1", ">=1.0.0 <2.0.0-0", ">=1.0.0 <2.0.0-0"},
		{"1.2.x", ">=1.2.0 <1.3.0-0", ">=1.2.0 <1.3.0-0"},
		{"=1.2", ">=1.2.0 <1.3.0-0", ">=1.2.0 <1.3.0-0"},
		{">1", ">=2.0.0", ">=2.0.0"},
		{"<=1.2", "<1.3.0-0", "<1.3.0-0"},
		{"<1", "<1.0.0-0", "<1.0.0-0"},
		{">x", "<0.0.0-0", "<0.0.0-0"},
		{"^1.2.3", ">=1.2.3 <2.0.0-0", ">=1.2.3 <2.0.0-0"},
		{"^0.2.3", ">=0.2.3 <0.3.0-0", ">=0.2.3 <0.3.0-0"},
		{"^0.0.3", ">=0.0.3 <0.0.4-0", ">=0.0.3 <0.0.4-0"},
		{"^0.0", "<0.1.0-0", "<0.1.0-0"},
		{"^1.2.3-a+b", ">=1.2.3-a <2.0.0-0", ">=1.2.3-a <2.0.0-0"},
		{"~1", ">=1.0.0 <2.0.0-0", ">=1.0.0 <2.0.0-0"},
		{"~> 1.2.3", ">=1.2.3 <1.3.0-0", ">=1.2.3 <1.3.0-0"},
		{"1.2.3 - 2", ">=1.2.3 <3.0.0-0", ">=1.2.3 <3.0.0-0"},
		{"1.2 - 2.3.4", ">=1.2.0 <=2.3.4", ">=1.2.0 <=2.3.4"},
		{"1.2.3 -2", "", "1.2.3"},
		{"> 1.2.3  <2", ">1.2.3 <2.0.0-0", ">1.2.3 <2.0.0-0"},
		{"1.x || >=2.5.0", ">=1.0.0 <2.0.0-0||>=2.5.0", ">=1.0.0 <2.0.0-0||>=2.5.0"},
		{"1.0.0 || *", "*", "*"},
		{">=0.0.0", "*", "*"},
		{"<0.0.0-0 || 1.0.0", "1.0.0", "1.0.0"},
		{"1.x.3", "", ""},
		{"latest", "", ""},
		{"1.2.3 foo", "", "1.2.3"},
		{"1.2.3 || foo", "", "1.2.3"},
		{"1.2.3beta", "", "1.2.3-beta"},
		{">=01.02.03", "", ">=1.2.3"},
		{"1.2.3, 4", "", ">=4.0.0 <5.0.0-0"},
		{"99999999999999999999.0.0", "", ""},
		{"1.0.0 - 99999999999999999999999", "", ">=1.0.0"},
		{"https://a.example/b.tgz", "", ""},
	} {
		if got := ValidRange(c.text, Options{}); got != c.strict {
			t.Errorf("strict %q: got %q, want %q", c.text, got, c.strict)
		}
		if got := ValidRange(c.text, Loose()); got != c.loose {
			t.Errorf("loose %q: got %q, want %q", c.text, got, c.loose)
		}
	}
}

func TestPrereleases(t *testing.T) {
	for _, c := range []struct {
		version, rng    string
		plain, included bool
	}{
		{"1.2.4-a", "^1.2.3", false, true},
		{"1.2.3-b", "^1.2.3-a", true, true},
		{"1.2.4-b", "^1.2.3-a", false, true},
		{"2.0.0-a", "^1.2.3", false, false},
		{"2.0.0-a", "<2.0.0", false, true},
		{"1.0.0-a", "*", false, true},
		{"1.0.0-a", ">=1.0.0", false, false},
		{"1.0.0-a", "1.x", false, true},
		{"1.2.0-a", "~1.2", false, true},
		{"1.0.0-b", ">1.0.0-a <1.0.0 || 3", true, true},
	} {
		if got := Satisfies(c.version, c.rng, Loose()); got != c.plain {
			t.Errorf("%s in %s: got %v", c.version, c.rng, got)
		}
		o := Options{Loose: true, IncludePrerelease: true}
		if got := Satisfies(c.version, c.rng, o); got != c.included {
			t.Errorf("%s in %s with prereleases: got %v", c.version, c.rng, got)
		}
	}
}

func TestBefore78(t *testing.T) {
	old := Options{IncludePrerelease: true, Before78: true}
	now := Options{IncludePrerelease: true}
	for _, c := range []struct{ text, old, now string }{
		{"1.x.3", ">=1.0.0-0 <2.0.0-0", ""},
		{"~1.2", ">=1.2.0 <1.3.0-0", ">=1.2.0-0 <1.3.0-0"},
		{"^0.0.3", ">=0.0.3-0 <0.0.4-0", ">=0.0.3 <0.0.4-0"},
	} {
		if got := ValidRange(c.text, old); got != c.old {
			t.Errorf("before 7.8 %q: got %q, want %q", c.text, got, c.old)
		}
		if got := ValidRange(c.text, now); got != c.now {
			t.Errorf("%q: got %q, want %q", c.text, got, c.now)
		}
	}
}

func TestRelations(t *testing.T) {
	for _, c := range []struct {
		a, b               string
		intersects, subset bool
	}{
		{"^1.2.0", "1.x", true, true},
		{"1.x", "^1.2.0", true, false},
		{"1", "2", false, false},
		{"1.2.3", "^1", true, true},
		{"*", ">=1", true, false},
		{">=1", "*", true, true},
		{"^1 || ^2", ">=1 <3", true, true},
		{">=1.2.3-a", ">=1.0.0", true, false},
		{"<0.0.0", "*", true, false},
		{">2 <1", "5", false, true},
		{"1.2.3 || 1.2.4", "~1.2.3", true, true},
	} {
		got, err := Intersects(c.a, c.b, Options{})
		if err != nil || got != c.intersects {
			t.Errorf("%s and %s: got %v, %v", c.a, c.b, got, err)
		}
		a, _ := ParseRange(c.a, Options{})
		b, _ := ParseRange(c.b, Options{})
		if got := Subset(a, b); got != c.subset {
			t.Errorf("%s within %s: got %v", c.a, c.b, got)
		}
	}
}

func TestMaxSatisfying(t *testing.T) {
	r, err := ParseRange("^1.0.0", Loose())
	if err != nil {
		t.Fatal(err)
	}
	if got := r.MaxSatisfying([]string{"1.0.0", "v1.10.0", "=1.10.0", "x", "1.9.0", "2.0.0"}); got != "v1.10.0" {
		t.Errorf("got %q", got)
	}
	if got := r.MaxSatisfying([]string{"2.0.0"}); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestZeroRefuses(t *testing.T) {
	var r Range
	v, _ := Parse("1.0.0", false)
	any, _ := ParseRange("*", Options{})
	if r.Test(v) || any.Test(Version{}) || r.Intersects(any) || !r.IsZero() {
		t.Error("a zero value was taken for something")
	}
}

func TestCache(t *testing.T) {
	var c Cache
	done := make(chan bool)
	for range 4 {
		go func() {
			ok := true
			for range 1000 {
				ok = ok && c.Satisfies("1.2.3", "^1.0.0", Loose()) && !c.Satisfies("1.2.3", "!", Loose()) &&
					!c.Satisfies("x", "*", Loose()) && !c.Satisfies("1.2.3", strings.Repeat("9", 300), Loose())
			}
			done <- ok
		}()
	}
	for range 4 {
		if !<-done {
			t.Error("the cache answered otherwise")
		}
	}
}

// TestHostile: nothing long or odd may take long.
func TestHostile(t *testing.T) {
	for _, unit := range []string{"v", "= ", "9", "<", "~ ", "^", "||", "1||", "1.2.3-", "-", "+", "x.", "1 ", "*", "> ", "\u00a0", "a.", ">1 "} {
		text := strings.Repeat(unit, MaxRangeLength/len(unit))
		for _, o := range []Options{{}, Loose(), {Loose: true, Before78: true, IncludePrerelease: true}} {
			r, err := ParseRange(text, o)
			if err == nil {
				r.Intersects(r)
				Subset(r, r)
			}
			_, _ = Parse(text, o.Loose)
		}
	}
}

func FuzzRange(f *testing.F) {
	for _, s := range []string{"^1.2.3", "1.2.3 - 2.x", ">=1 <2 || ~3.0.0-a+b", "v = 1.2.34.5", "*", "", "\x00\xff"} {
		f.Add(s, "1.2.3-a", true, false)
	}
	f.Fuzz(func(t *testing.T, rng, version string, loose, pre bool) {
		o := Options{Loose: loose, IncludePrerelease: pre}
		r, err := ParseRange(rng, o)
		v, verr := Parse(version, loose)
		if verr == nil {
			again, err := Parse(v.String(), false)
			if err != nil || again.Compare(v) != 0 || again.String() != v.String() {
				t.Fatalf("%q reads as %q, which reads as %q, %v", version, v, again, err)
			}
		}
		if err != nil {
			return
		}
		same, err := ParseRange(r.String(), o)
		if err != nil {
			t.Fatalf("%q has normal form %q: %v", rng, r, err)
		}
		if verr == nil && r.Test(v) != same.Test(v) {
			t.Fatalf("%q and its normal form %q disagree about %s", rng, r, v)
		}
		if !Subset(r, r) {
			t.Fatalf("%q is no subset of itself", rng)
		}
	})
}

func BenchmarkParseRange(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		_, _ = ParseRange([]string{"^1.2.3", "~1.2.0", ">=1.2.3 <2 || 3.x", "1.2.3"}[i%4], Loose())
	}
}

func BenchmarkTest(b *testing.B) {
	r, _ := ParseRange("^1.2.3", Loose())
	v, _ := Parse("1.9.3", true)
	for b.Loop() {
		r.Test(v)
	}
}
