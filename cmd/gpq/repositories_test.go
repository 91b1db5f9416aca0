package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gpq/resolver"
	"gpq/resolver/spec"
	"gpq/shim"
)

// TestMovedRepository: npm does not run where a branch no longer stands for the
// commit that was looked into.
func TestMovedRepository(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT RUN: there is no git")
	}
	dir := t.TempDir()
	do := func(words ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, words...)...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	do("init", "-q", "-b", "main")
	do("commit", "-q", "--allow-empty", "-m", "one")
	from := "git+file://" + dir
	it := resolver.Item{Package: resolver.Package{Name: "x", Version: "1.0.0", Tarball: from + "#" + do("rev-parse", "HEAD")},
		Specs: []spec.Spec{spec.Resolve("x", from+"#main", spec.Place{})}}
	s := &session{git: &repositories{git: shim.Git{World: shim.World{Env: []string{"PATH=" + os.Getenv("PATH")}}, Dir: t.TempDir()}}}
	plan := &resolver.Plan{Items: []resolver.Item{it}}
	if err := s.sameFiles(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	do("commit", "-q", "--allow-empty", "-m", "two")
	var e *exitError
	if err := s.sameFiles(t.Context(), plan); !errors.As(err, &e) || e.code != exitRefused || !strings.Contains(err.Error(), "moved on") {
		t.Errorf("%v", err)
	}
}
