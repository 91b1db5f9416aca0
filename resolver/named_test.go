package resolver

import (
	"slices"
	"strings"
	"testing"
)

// TestNamed: what npm pack and the like fetch is what is named, each version of
// it, and nothing that it depends on.
func TestNamed(t *testing.T) {
	s := shelve("a@1.0.0 b@1", "a@2.0.0 gone@1", "b@1.0.0")
	for _, c := range []struct {
		specs []string
		want  []string
	}{
		{[]string{"a"}, []string{"a@2.0.0 [[a]] direct named"}},
		{[]string{"a@1", "a@2", "b"}, []string{"a@1.0.0 [[a]] direct named", "a@2.0.0 [[a]] direct named", "b@1.0.0 [[b]] direct named"}},
		{[]string{"z@npm:a@1"}, []string{"a@1.0.0 [[z]] direct named"}},
		{[]string{"./d", "b"}, []string{"b@1.0.0 [[b]] direct named"}},
	} {
		t.Run(strings.Join(c.specs, " "), func(t *testing.T) {
			q := request("", c.specs...)
			q.Verb, q.Cwd = Fetch, project(t, map[string]string{"d/package.json": `{"name":"d","dependencies":{"a":"1"}}`})
			if _, got := resolve(t, s, q); !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

func TestCompared(t *testing.T) {
	root := project(t, map[string]string{"package.json": `{"name":"p","dependencies":{"a":"^1.0.0"}}`,
		"node_modules/a/package.json": `{"name":"a","version":"1.0.0"}`, "node_modules/c/package.json": `{"name":"c","version":"1.0.0"}`})
	for words, want := range map[string]string{
		"": "p@next", "1.0.0": "p@1.0.0", "^2": "p@^2", "a": "a@^1.0.0", "a@2": "a@2", "b": "b", "c": "c",
		"1.0.0 2.0.0": "p@1.0.0 p@2.0.0", "b@1.0.0 2.0.0": "b@1.0.0 b@2.0.0", "1.0.0 b": "b@1.0.0 b",
		"a b": "b", "a a@1.1.0": "a@1.1.0", "a@1 b@2 c@3": "a@1 b@2",
	} {
		if got := strings.Join(Compared(strings.Fields(words), root, "next"), " "); got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
}
