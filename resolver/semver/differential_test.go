package semver

import (
	"math/rand"
	"strings"
	"testing"

	"gpq/resolver/semver/nodetest"
)

// question is one pair of texts with the options they are read with.
type question struct {
	A, B       string
	Loose, Pre bool
}

// reply is everything asked about a question, by node or by us.
type reply struct {
	Valid, Clean, Range, Max string
	Test, Intersects, Subset bool
	Compare                  int
}

const askNode = `
const s = need('semver')
const vs = input.versions
return input.questions.map(q => {
  const o = { loose: q.Loose, includePrerelease: q.Pre }
  const r = { Valid: s.valid(q.A, o) || '', Clean: s.clean(q.A, o) || '', Range: s.validRange(q.A, o) || '' }
  r.Test = s.satisfies(q.B, q.A, o)
  r.Max = s.maxSatisfying(vs, q.A, o) || ''
  try { r.Intersects = s.intersects(q.A, q.B, o) } catch { r.Intersects = false }
  try { r.Subset = s.subset(q.A, q.B, o) } catch { r.Subset = false }
  try { r.Compare = s.compare(q.A, q.B, o) } catch { r.Compare = 0 }
  return r
})`

func ask(q question, versions []string, before78 bool) reply {
	o := Options{Loose: q.Loose, IncludePrerelease: q.Pre, Before78: before78}
	r := reply{Valid: Valid(q.A, q.Loose), Clean: Clean(q.A, q.Loose), Range: ValidRange(q.A, o)}
	r.Test = Satisfies(q.B, q.A, o)
	ra, erra := ParseRange(q.A, o)
	rb, errb := ParseRange(q.B, o)
	if erra == nil {
		r.Max = ra.MaxSatisfying(versions)
	}
	if q.A == q.B {
		r.Subset = true // npm does not even read them
	}
	if erra == nil && errb == nil {
		r.Intersects, r.Subset = ra.Intersects(rb), Subset(ra, rb)
	}
	va, erra := Parse(q.A, q.Loose)
	vb, errb := Parse(q.B, q.Loose)
	if erra == nil && errb == nil {
		r.Compare = va.Compare(vb)
	}
	return r
}

// pieces are what hostile and sloppy ranges are made of.
var pieces = []string{
	"1", "0", "2", "3", "01", "00", "10", "9007199254740991", "9007199254740992", "99999999999999999999999",
	".", ".", ".", ".", ".", "x", "X", "*", "-", " - ", "-", "+", "+b", "+b.1", " ", " ", "  ", "\t", "\u00a0", "\ufeff",
	"v", "=", "==", "<", ">", "<=", ">=", "~", "~>", "^", "||", "|", " || ", "alpha", "beta.1", "-0", "-rc.1", "-01",
	"1.2.3", "0.0.0", "0.0.1", "1.2", "1.x", "1.2.3-beta.2", "v1.0.0", "é", "_", "a", "latest", "!", "1.2.34.5", "1e5",
}

var heads = []string{"", "", "^", "~", "~>", ">", ">=", "<", "<=", "=", "v", "=v", ">= ", "^ ", "~ ", "> v", "^=", "~v"}

func sensible(rnd *rand.Rand) string {
	pick := func(of ...string) string { return of[rnd.Intn(len(of))] }
	version := func() string {
		s := pick(heads...) + pick("0", "1", "2", "0", "1", "x", "*")
		if rnd.Intn(8) > 0 {
			s += "." + pick("0", "1", "2", "x", "*", "0")
		}
		if rnd.Intn(6) > 0 {
			s += "." + pick("0", "1", "2", "x", "0", "3")
		}
		return s + pick("", "", "", "", "-0", "-a", "-a.1", "-beta.2", "beta", "+b", "-a+b")
	}
	n := 1 + rnd.Intn(3)
	words := make([]string, n)
	for i := range words {
		words[i] = version()
	}
	return strings.Join(words, pick(" ", " ", " || ", "||", " - ", "  ", " -", ","))
}

func hostile(rnd *rand.Rand) string {
	var b strings.Builder
	for n := 1 + rnd.Intn(7); n > 0; n-- {
		b.WriteString(pieces[rnd.Intn(len(pieces))])
	}
	if rnd.Intn(200) == 0 {
		return b.String() + strings.Repeat(pieces[rnd.Intn(len(pieces))], 50+rnd.Intn(300))
	}
	return b.String()
}

func TestAgainstNode(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	rnd := rand.New(rand.NewSource(20261121))
	versions := []string{
		"0.0.0", "0.0.0-0", "0.0.1", "0.1.0-a", "0.1.0", "1.0.0-0", "1.0.0-a.1", "1.0.0", "1.0.2", "1.2.3-beta.2",
		"1.2.3", "1.2.3-a", "2.0.0-0", "2.0.0-beta.2", "2.0.0", "2.1.3", "3.0.0", "10.0.0", "1.2.3-4.5", "nonsense",
	}
	var qs []question
	for i := range 10000 {
		q := question{Loose: rnd.Intn(2) == 0, Pre: rnd.Intn(3) == 0}
		if i%2 == 0 {
			q.A, q.B = hostile(rnd), hostile(rnd)
		} else {
			q.A, q.B = sensible(rnd), sensible(rnd)
		}
		if rnd.Intn(4) == 0 {
			q.B = versions[rnd.Intn(len(versions))]
		}
		qs = append(qs, q)
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			compareAll(t, npm, qs, versions)
		})
	}
}

func compareAll(t *testing.T, npm nodetest.NPM, qs []question, versions []string) {
	var want []reply
	npm.Run(t, askNode, map[string]any{"questions": qs, "versions": versions}, &want)
	wrong := 0
	for i, q := range qs {
		got := ask(q, versions, npm.Major() == "10")
		if got == want[i] {
			continue
		}
		if wrong++; wrong <= 15 {
			t.Errorf("%+v:\n got %+v\nwant %+v", q, got, want[i])
		}
	}
	t.Logf("%d questions, %d answered otherwise", len(qs), wrong)
}
