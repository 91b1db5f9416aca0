package lockfile

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"gpq/resolver/semver/nodetest"
)

func TestConflict(t *testing.T) {
	text := `{
  "lockfileVersion": 3,
  "packages": {
    "node_modules/a": {
<<<<<<< HEAD
      "version": "1.1.0"
||||||| base
      "version": "1.0.0"
=======
      "version": "1.0.1"
>>>>>>> theirs
    },
<<<<<<< HEAD
    "node_modules/ours": {"version": "1.0.0"},
=======
    "node_modules/theirs": {"version": "2.0.0"},
>>>>>>> theirs
    "node_modules/z": {"version": "9.0.0"}
  }
}`
	l := read(t, text)
	got := map[string]string{}
	for _, e := range l.Entries {
		got[e.Folder] = e.Version
	}
	if want := map[string]string{"a": "1.1.0", "ours": "1.0.0", "theirs": "2.0.0", "z": "9.0.0"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if l.At("node_modules/theirs").Line != 16 || len(l.Notes) != 1 || l.Notes[0].Line != 5 {
		t.Errorf("got %+v, notes %+v", l.At("node_modules/theirs"), l.Notes)
	}
}

// side changes a random tree a little.
func side(rnd *rand.Rand, v any, depth int) any {
	leaf := func() any {
		return []any{"x", "y", 1.0, true, nil, "z", map[string]any{}, []any{}, []any{"p"}}[rnd.Intn(9)]
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, k := range []string{"a", "b", "c", "d", "constructor", "prototype"} {
			old, ok := v[k]
			switch {
			case ok && rnd.Intn(6) == 0:
			case ok && rnd.Intn(6) == 0:
				out[k] = leaf()
			case ok:
				out[k] = side(rnd, old, depth-1)
			case rnd.Intn(8) == 0:
				out[k] = leaf()
			}
		}
		return out
	case []any:
		var out []any
		for _, e := range v {
			if rnd.Intn(5) > 0 {
				out = append(out, side(rnd, e, depth-1))
			}
		}
		if rnd.Intn(5) == 0 {
			out = append(out, leaf())
		}
		if out == nil {
			out = []any{}
		}
		return out
	}
	if rnd.Intn(6) == 0 {
		return leaf()
	}
	return v
}

func trunk(rnd *rand.Rand, depth int) any {
	if depth == 0 {
		return []any{"x", "y", 1.0, nil, "z"}[rnd.Intn(5)]
	}
	if rnd.Intn(4) == 0 {
		out := []any{}
		for range rnd.Intn(4) {
			out = append(out, trunk(rnd, depth-1))
		}
		return out
	}
	return twig(rnd, depth)
}

func twig(rnd *rand.Rand, depth int) map[string]any {
	out := map[string]any{}
	for _, k := range []string{"a", "b", "c", "d"} {
		if rnd.Intn(3) > 0 {
			out[k] = trunk(rnd, depth-1)
		}
	}
	return out
}

func (v value) any() any {
	switch v.kind {
	case '{':
		out := map[string]any{}
		for _, m := range v.members {
			out[m.name] = m.value.any()
		}
		return out
	case '[':
		out := []any{}
		for _, i := range v.items {
			out = append(out, i.any())
		}
		return out
	}
	var out any
	b := v.text
	if v.kind == '"' {
		q, _ := json.Marshal(v.text)
		b = string(q)
	}
	_ = json.Unmarshal([]byte(b), &out)
	return out
}

func TestConflictAgainstNPM(t *testing.T) {
	rnd := rand.New(rand.NewSource(5))
	var texts []string
	for range 1500 {
		base := twig(rnd, 3)
		b, _ := json.Marshal(base)
		o, _ := json.Marshal(side(rnd, base, 3))
		th, _ := json.Marshal(side(rnd, base, 3))
		texts = append(texts, fmt.Sprintf("<<<<<<< o\n%s\n||||||| b\n%s\n=======\n%s\n>>>>>>> t\n", o, b, th))
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []any
			npm.Run(t, `const p = need('parse-conflict-json'); return input.map(x => { try { return JSON.parse(JSON.stringify(p(x))) } catch (e) { return 'failed' } })`, texts, &want)
			wrong, lists := 0, 0
			for i, text := range texts {
				d := &document{file: "x", data: []byte(text)}
				v, err := d.parse()
				got := v.any()
				if err != nil && strings.Contains(err.Error(), "inside a list") {
					lists++
					continue
				}
				if err != nil {
					got = "failed"
				}
				if !reflect.DeepEqual(got, want[i]) {
					if wrong++; wrong < 6 {
						g, _ := json.Marshal(got)
						w, _ := json.Marshal(want[i])
						t.Errorf("%s\n got %s\nwant %s", strings.TrimSpace(text), g, w)
					}
				}
			}
			t.Logf("%d conflicts, %d put together otherwise, %d refused for a list", len(texts), wrong, lists)
		})
	}
}
