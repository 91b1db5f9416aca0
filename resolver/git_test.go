package resolver

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// gitShelf is a registry beside which there are repositories.
type gitShelf struct {
	*shelf
	refs  map[string]string
	holds map[string]string // package.json by address and commit
}

func (s gitShelf) Contents(context.Context, string, string) (*registry.Contents, error) {
	return nil, errors.New("not there")
}

func (s gitShelf) Refs(_ context.Context, address string) ([]byte, error) {
	if text, ok := s.refs[address]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("not there")
}

func (s gitShelf) Commit(_ context.Context, address, commit, _ string) (*registry.Contents, error) {
	if text, ok := s.holds[address+"#"+commit]; ok {
		return &registry.Contents{PackageJSON: []byte(text)}, nil
	}
	return nil, errors.New("not there")
}

// TestRepositories: a commit is an item as npm would write it down, with what it
// brings; what cannot be read stays unresolved.
func TestRepositories(t *testing.T) {
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	s := gitShelf{shelve("a@1.0.0"), map[string]string{
		"https://github.com/u/g.git": one + "\tHEAD\n" + one + "\trefs/heads/main\n" + strings.Repeat("3", 40) + "\trefs/tags/v1\n" + two + "\trefs/tags/v1^{}\n",
		"https://h.test/x":           two + "\tHEAD\n",
		"https://h.test/bad":         "--x\tHEAD\n",
	}, map[string]string{
		"https://github.com/u/g.git#" + one: `{"name":"g","version":"1.0.0","dependencies":{"a":"1"}}`,
		"https://github.com/u/g.git#" + two: `{"name":"g","version":"2.0.0"}`,
		"https://h.test/x#" + two:           `{"name":"x","version":"3.0.0","dependencies":{"g":"github:u/g#v1"}}`,
	}}
	for asked, want := range map[string]string{
		`"g":"u/g"`:                                "g@1.0.0 git+ssh://git@github.com/u/g.git#" + one + " a@1.0.0 https://r.test/a/-/a-1.0.0.tgz",
		`"g":"github:u/g#v1"`:                      "g@2.0.0 git+ssh://git@github.com/u/g.git#" + two,
		`"g":"u/g#` + one[:40] + `"`:               "g@1.0.0 git+ssh://git@github.com/u/g.git#" + one + " a@1.0.0 https://r.test/a/-/a-1.0.0.tgz",
		`"g":"git+https://k@github.com/u/g"`:       "?g",
		`"x":"git+https://h.test/x"`:               "x@3.0.0 git+https://h.test/x#" + two + " g@2.0.0 git+ssh://git@github.com/u/g.git#" + two,
		`"g":"u/g#none"`:                           "?g",
		`"g":"u/g#semver:1"`:                       "?g",
		`"g":"u/g#path:sub"`:                       "?g",
		`"b":"git+https://h.test/bad"`:             "?b",
		`"n":"git+https://h.test/not#` + two + `"`: "?n",
	} {
		q := request(project(t, map[string]string{"package.json": `{"dependencies":{` + asked + `}}`}))
		q.Options.AllowGit = "all"
		plan, err := New(Settings{Source: s}).Resolve(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, it := range plan.Items {
			got = append(got, it.Name+"@"+it.Version+" "+it.Tarball)
			if it.Name == "g" && it.Integrity != "" {
				t.Error("a commit has an integrity")
			}
		}
		for _, u := range plan.Unresolved {
			got = append(got, "?"+u.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\ngot  %s\nwant %s\n%+v %v", asked, strings.Join(got, " "), want, plan.Unresolved, plan.Failure)
		}
	}
}

// TestSameCommit: a branch that moved is noticed, a commit does not move.
func TestSameCommit(t *testing.T) {
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	s := gitShelf{refs: map[string]string{"https://h.test/x": two + "\tHEAD\n"}}
	it := Item{Package: Package{Name: "x", Version: "1.0.0", Tarball: "git+https://h.test/x#" + two}}
	it.Specs = []spec.Spec{spec.Resolve("x", "git+https://h.test/x", spec.Place{})}
	if err := SameCommit(t.Context(), s, &it); err != nil {
		t.Error(err)
	}
	it.Tarball = "git+https://h.test/x#" + one
	if err := SameCommit(t.Context(), s, &it); err == nil || !strings.Contains(err.Error(), "moved on") {
		t.Error(err)
	}
	it.Specs[0] = spec.Resolve("x", it.Tarball, spec.Place{})
	if err := SameCommit(t.Context(), s, &it); err != nil {
		t.Error(err)
	}
}

// TestFindRef: names as npm reads them.
func TestFindRef(t *testing.T) {
	text := "aa\tHEAD\nbb\trefs/heads/x\ncc\trefs/tags/x\ndd\trefs/tags/x^{}\nee\trefs/pull/7/head\nff\trefs/heads/--upload-pack=y\nbroken\n\n"
	for want, commit := range map[string]string{"HEAD": "aa", "x": "dd", "refs/heads/x": "bb", "pull/7": "ee", "--upload-pack=y": "ff", "none": ""} {
		if got, _ := findRef(text, want); got != commit {
			t.Errorf("%s: %q, want %q", want, got, commit)
		}
	}
}
