package pick

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/semver/nodetest"
	"gpq/resolver/spec"
)

// TestRealPackuments asks for every version, and ranges around it, of recorded
// documents, at several dates and for several engines.
func TestRealPackuments(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/packuments/*.json")
	if len(files) == 0 {
		t.Skip("SKIPPED: no recorded packuments on this machine; only generated ones were tried")
	}
	var qs []one
	raws := make([]json.RawMessage, 0, len(files))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := registry.Decode(b, "https://registry.npmjs.org/")
		if err != nil {
			t.Fatal(f, err)
		}
		qs = append(qs, questions(p, len(raws))...)
		raws = append(raws, b)
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []outcome
			npm.Run(t, `const ps = input.packuments; input = input.questions.map(q => ({ ...q, Packument: ps[q.Opts.which] }));`+askNode,
				map[string]any{"packuments": raws, "questions": qs}, &want)
			wrong := 0
			for i, q := range qs {
				o := q.options
				o.Before78 = npm.Major() == "10"
				c, err := Pick(q.ours, spec.Resolve(q.ours.Name, q.Wanted, spec.Place{}), o)
				got := outcome{}
				var e *Error
				if errors.As(err, &e) {
					got.Code = e.Code
				} else {
					got.Version = c.Version
				}
				if got != want[i] {
					if wrong++; wrong < 10 {
						t.Errorf("%s@%s %v: got %+v, want %+v", q.ours.Name, q.Wanted, q.Opts, got, want[i])
					}
				}
			}
			t.Logf("%d choices of %d packages, %d made otherwise", len(qs), len(raws), wrong)
		})
	}
}

func questions(p *registry.Packument, which int) []one {
	var out []one
	add := func(want, node string, before time.Time) {
		opts := map[string]any{"nodeVersion": "v" + node, "npmVersion": "11.0.0", "which": which}
		if !before.IsZero() {
			opts["before"] = before.Format(time.RFC3339)
		}
		out = append(out, one{Packument: json.RawMessage("null"), Wanted: want, Opts: opts, ours: p,
			options: Options{Node: node, NPM: "11.0.0", Before: before}})
	}
	dates := []time.Time{{}, time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i, v := range p.Order {
		if i%7 != 0 && len(p.Order) > 300 {
			continue
		}
		for k, want := range []string{v, "^" + v, "~" + v, "<=" + v, ">" + v} {
			add(want, []string{"20.19.0", "14.0.0"}[(i+k)%2], dates[(i+k)%3])
		}
	}
	for tag := range p.DistTags {
		for _, d := range dates {
			add(tag, "20.19.0", d)
		}
	}
	return out
}
