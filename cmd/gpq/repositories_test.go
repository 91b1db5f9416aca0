package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	if err := s.sameCommits(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	do("commit", "-q", "--allow-empty", "-m", "two")
	var e *exitError
	if err := s.sameCommits(t.Context(), plan); !errors.As(err, &e) || e.code != exitRefused || !strings.Contains(err.Error(), "moved on") {
		t.Errorf("%v", err)
	}

	var said bytes.Buffer
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.process = &process{err: in}
	it.Places = []string{"node_modules/x"}
	root := t.TempDir()
	plan = &resolver.Plan{Request: resolver.Request{Dir: root}, Items: []resolver.Item{it}}
	if err := os.MkdirAll(filepath.Join(root, "node_modules"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, took := range []string{it.Tarball, from + "#" + do("rev-parse", "HEAD")} {
		text := `{"packages":{"node_modules/x":{"resolved":"` + took + `"}}}`
		if err := os.WriteFile(filepath.Join(root, "node_modules", ".package-lock.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.cloned(plan)
	}
	_ = in.Close()
	_, _ = said.ReadFrom(out)
	if strings.Count(said.String(), "npm took commit "+do("rev-parse", "HEAD")) != 1 || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("%q", said.String())
	}
}
