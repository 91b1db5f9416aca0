package names_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks/names"
)

func load(t testing.TB) *names.List {
	t.Helper()
	l, err := names.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Squats that were really published, as far as they are documented. Those of
// names that are not in the list itself cannot be seen, and some imitate a
// brand and not a name.
func TestRecall(t *testing.T) {
	l := load(t)
	raw, err := os.ReadFile("testdata/squats.tsv")
	if err != nil {
		t.Fatal(err)
	}
	caught, known, reachable, all := 0, 0, 0, 0
	var missed []string
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		all++
		m, ok := l.Near(f[0])
		if l.Has(f[1]) {
			reachable++
			if ok {
				known++
			}
		}
		switch {
		case ok:
			caught++
			t.Logf("%-32s like %s, %s (meant %s)", f[0], m.Popular, m.Shape, f[1])
		default:
			missed = append(missed, f[0])
		}
	}
	t.Logf("%d of %d caught; of the %d that imitate a name of the list, %d; missed: %s", caught, all, reachable, known, strings.Join(missed, " "))
	if reachable < 90 || known*100 < reachable*80 {
		t.Errorf("%d of %d caught", caught, all)
	}
}

// No name of the list is taken for an imitation. Held out one at a time, as if
// it were not in the list, few are: the list knows its own twins.
func TestPrecision(t *testing.T) {
	l := load(t)
	for _, n := range l.Names()[:5000] {
		if m, ok := l.Near(n); ok {
			t.Errorf("%s: like %s, %s", n, m.Popular, m.Shape)
		}
	}
	top := l.Names()[:5000]
	shapes := map[names.Shape]int{}
	flagged := 0
	for i := 0; i < len(top); i += 50 {
		rest := names.New("without", slices.Concat(l.Names()[:i], l.Names()[i+1:]))
		if m, ok := rest.Near(top[i]); ok {
			flagged++
			shapes[m.Shape]++
			t.Logf("held out: %s: like %s, %s", top[i], m.Popular, m.Shape)
		}
	}
	t.Logf("%d of 100 held out: %v", flagged, shapes)
	if flagged > 15 {
		t.Errorf("%d of 100 would be flagged if they were new and rare", flagged)
	}
}

func TestSpeed(t *testing.T) {
	l := load(t)
	plan := make([]string, 1000)
	for i := range plan { // names that are not in the list: the slow way
		plan[i] = l.Names()[i*17] + "-own"
	}
	best := time.Hour
	for range 5 {
		begin := time.Now()
		for _, n := range plan {
			l.Near(n)
		}
		best = min(best, time.Since(begin))
	}
	t.Logf("1,000 names in %v", best)
	if !race && best > 20*time.Millisecond { // 2 ms are meant; a busy machine is slower
		t.Errorf("1,000 names took %v", best)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}

func BenchmarkPlan(b *testing.B) {
	l := load(b)
	for b.Loop() {
		for i := range 1000 {
			l.Near(l.Names()[i*17][1:] + "x")
		}
	}
}
