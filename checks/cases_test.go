package checks_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/tools/txtar"

	"gpq/checks"
	"gpq/checks/downloads"
	"gpq/checks/storytest"
)

// TestCases asks one check about each case of its archive. A case is a section
// of testdata/cases/CHECK.txtar: the packument section of an archive of
// registrytest for a package «pkg», with «ask» (default pkg), «want», and
// «more», which has further packages by name.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	signer, err := storytest.NewSigner(storyNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		arc, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		id := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, f := range arc.Files {
			t.Run(id+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				s, want := caseStory(t, id, f)
				rep := runWorld(t, s, storytest.Start(t, s, signer, storyNow), weeklyOnly(s.Weekly))
				asked := false
				for i := range rep.Items {
					if it := &rep.Items[i]; it.Item.Name == "pkg" {
						asked = true
						checkItem(t, rep, it.Item.Name+"@"+it.Item.Version, map[string]string{id: want})
					}
				}
				if !asked {
					t.Error("the plan has no pkg: nothing was asked")
				}
			})
		}
	}
}

// weeklyOnly is the world outside as far as cases need it.
type weeklyOnly map[string]int64

func (w weeklyOnly) Collect(_ context.Context, subjects []*checks.Subject) {
	all := map[string]checks.Answer[downloads.Week]{}
	for name, n := range w {
		all[name] = checks.Answered(downloads.Week{Count: n}, nil)
	}
	for _, s := range subjects {
		s.Facts.Weekly = all
	}
}

// caseStory makes a story of a case.
func caseStory(t *testing.T, id string, f txtar.File) (*storytest.Story, string) {
	t.Helper()
	var c struct {
		Ask   string                   `yaml:"ask"`
		Want  string                   `yaml:"want"`
		Known map[string]string        `yaml:"locked"`
		More  map[string]yaml.MapSlice `yaml:"more"`
	}
	var all yaml.MapSlice
	if err := yaml.Unmarshal(f.Data, &c); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(f.Data, &all); err != nil {
		t.Fatal(err)
	}
	head := yaml.MapSlice{}
	for _, item := range all {
		switch item.Key {
		case "ask", "want", "more", "locked":
		default:
			head = append(head, item)
		}
	}
	if c.Ask == "" {
		c.Ask = "pkg"
	}
	arc := &txtar.Archive{Files: []txtar.File{{Name: "story", Data: marshal(t, map[string]any{"install": []string{c.Ask}, "locked": c.Known})}}}
	arc.Files = append(arc.Files, txtar.File{Name: "pkg: packument", Data: marshal(t, head)})
	for name, more := range c.More {
		arc.Files = append(arc.Files, txtar.File{Name: name + ": packument", Data: marshal(t, more)})
	}
	s, err := storytest.Parse(fmt.Sprintf("%s %s", id, f.Name), txtar.Format(arc))
	if err != nil {
		t.Fatal(err)
	}
	return s, c.Want
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestEveryCheckHasCases holds that no check of this folder goes without.
func TestEveryCheckHasCases(t *testing.T) {
	elsewhere := map[checks.ID]bool{"signature": true, "provenance": true, "publish-attestation": true, "source-changed": true,
		"domain-expired": true, "malware": true, "vulnerable": true, "typosquat": true, "popularity": true, "lockfile": true}
	for _, c := range checks.All() {
		found, _ := filepath.Glob("testdata/cases/" + string(c.ID) + ".txtar")
		if len(found) == 0 && !elsewhere[c.ID] {
			t.Errorf("%s has no archive of cases", c.ID)
		}
	}
}
