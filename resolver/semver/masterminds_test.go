package semver

import (
	"testing"

	mm "github.com/Masterminds/semver/v3"
)

// TestMastermindsConstraints shows why the range language is ours: what
// Masterminds' own constraints would answer otherwise. It fails when they come
// to agree, for then this package could go.
func TestMastermindsConstraints(t *testing.T) {
	var all []world
	readJSON(t, "testdata/corpus.json", &all)
	asked, sets, maxima, refused := 0, 0, 0, 0
	var examples []string
	for _, w := range all {
		vs := make([]*mm.Version, len(w.Vs))
		for i, s := range w.Vs {
			vs[i], _ = mm.NewVersion(s)
		}
		for _, q := range w.Q {
			asked++
			text := q[0].(string)
			c, err := mm.NewConstraint(text)
			if err != nil {
				if q[1].(float64) >= 0 {
					refused++
				}
				continue
			}
			n, max, hash := mastermindsAll(c, vs, w.Vs)
			wantMax, _ := q[2].(string)
			wantHash, _ := q[3].(float64)
			if n != int(q[1].(float64)) || n > 0 && hash != uint32(wantHash) {
				sets++
				if len(examples) < 12 {
					examples = append(examples, text)
				}
			}
			if max != wantMax {
				maxima++
			}
		}
	}
	t.Logf("of %d questions Masterminds' constraints refuse %d, hold another set in %d and another highest in %d, for example %q",
		asked, refused, sets, maxima, examples)
	if sets == 0 {
		t.Error("Masterminds' constraints now agree with npm")
	}
}

func mastermindsAll(c *mm.Constraints, vs []*mm.Version, names []string) (n int, max string, hash uint32) {
	var best *mm.Version
	for i, v := range vs {
		if v == nil || !c.Check(v) {
			continue
		}
		n++
		hash = hash*31 + uint32(i) + 1
		if best == nil || best.LessThan(v) {
			best, max = v, names[i]
		}
	}
	return n, max, hash
}
