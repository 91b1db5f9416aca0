package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/storytest"
)

var storyNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func runStory(t *testing.T, s *storytest.Story, signer *storytest.Signer) *checks.Report {
	t.Helper()
	w := storytest.Start(t, s, signer, storyNow)
	return runWorld(t, s, w, storyOutside(t, s, w))
}

func runWorld(t *testing.T, s *storytest.Story, w *storytest.World, outside checks.Collector) *checks.Report {
	t.Helper()
	plan, err := w.Plan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	r := checks.Runner{Checks: checks.All(), Policy: checks.DefaultPolicy(), Packuments: w.Client, Tarballs: w,
		Collectors: []checks.Collector{w.Proof(), outside}, Now: storyNow}
	rep, err := r.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestStories(t *testing.T) {
	stories, err := storytest.Load("../testdata/stories")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := storytest.NewSigner(storyNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if id := missingCheck(s); id != "" {
				t.Skipf("there is no check %s yet", id)
			}
			rep := runStory(t, s, signer)
			for id, want := range s.Want {
				checkItem(t, rep, id, want)
			}
			for _, id := range s.Quiet {
				it := itemOf(rep, id)
				if it == nil {
					t.Errorf("%s is not in the plan", id)
				} else if it.Worst() >= checks.Warning {
					t.Errorf("%s is not quiet", id)
				}
			}
			if v := checks.DefaultPolicy().Decide(rep, checks.Mode{Strict: true}); v.String() != s.Verdict {
				t.Errorf("verdict %s, want %s", v, s.Verdict)
			}
			if t.Failed() || testing.Verbose() {
				t.Log("\n" + tell(rep))
			}
		})
	}
}

// missingCheck gives a check that the story wants and that does not exist.
func missingCheck(s *storytest.Story) string {
	for _, want := range s.Want {
		for id := range want {
			if !slices.ContainsFunc(checks.All(), func(c checks.Check) bool { return string(c.ID) == id }) {
				return id
			}
		}
	}
	return ""
}

func itemOf(rep *checks.Report, id string) *checks.ItemReport {
	for i := range rep.Items {
		if it := &rep.Items[i]; it.Item.Name+"@"+it.Item.Version == id {
			return it
		}
	}
	return nil
}

func checkItem(t *testing.T, rep *checks.Report, id string, want map[string]string) {
	t.Helper()
	it := itemOf(rep, id)
	if it == nil {
		t.Errorf("%s is not in the plan", id)
		return
	}
	for check, answer := range want {
		f, ok := it.Finding(checks.ID(check))
		got := f.Outcome.String()
		if f.Outcome == checks.Flagged {
			got = f.Severity.String()
		}
		answer, words, _ := strings.Cut(answer, ": ")
		if !ok || got != answer || !strings.Contains(f.Message, words) {
			t.Errorf("%s: %s: %s (%s), want %s %s", id, check, got, f.Message, answer, words)
		}
	}
}

// tell shows what was found, for a failing test and for -v.
func tell(rep *checks.Report) string {
	var b strings.Builder
	for i := range rep.Items {
		it := &rep.Items[i]
		if it.Worst() < checks.Warning && i > 3 {
			continue
		}
		fmt.Fprintf(&b, "%s@%s\n", it.Item.Name, it.Item.Version)
		for _, f := range it.Findings {
			if f.Outcome == checks.Flagged || f.Outcome == checks.Unknown {
				fmt.Fprintf(&b, "  %-20s %-8s %s %v\n", f.Check, f.Outcome, f.Severity, f.Message)
			}
		}
	}
	return b.String()
}
