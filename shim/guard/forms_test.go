package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestLearn(t *testing.T) {
	var many strings.Builder
	for i := range 2 * maxFields {
		fmt.Fprintf(&many, `"f%d":1,`, i)
	}
	for text, want := range map[string]string{
		`{"name":"a","versions":{"1":{"x":{"z":1},"y":[1]},"2":5,"3":{"w":null}},"time":{"q":1}}`: "name w x y",
		`{"versions":[]}`:        "name",
		`[]`:                     "name",
		`{"versions":{"1":{"x"`:  "name",
		`{"versions":{"1":{x:1}`: "name",
		``:                       "name",
	} {
		l := &learned{form: form{keep: map[string]bool{"name": true}}}
		l.learn([]byte(text))
		if got := strings.Join(slices.Sorted(maps.Keys(l.form.keep)), " "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	l := &learned{}
	l.learn([]byte(`{"versions":{"1":{` + many.String() + `"z":1}}}`))
	if len(l.form.keep) != maxFields {
		t.Errorf("%d fields", len(l.form.keep))
	}
}
