package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpq/resolver/registrytest"
)

func (s *shelf) words(text string) []string {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = strings.ReplaceAll(strings.ReplaceAll(w, "·", " "), "{REGISTRY}", s.registry.URL)
	}
	return words
}

// ways are how the same words reach gpq.
func (s *shelf) ways(l line, text string) map[string][]string {
	words, tool := s.words(text), "npm"
	if l.npx {
		tool = "npx"
	}
	gpq := filepath.Join(s.links, "gpq")
	all := map[string][]string{
		"gpq " + tool: append([]string{gpq, tool}, words...),
		"a link":      append([]string{filepath.Join(s.links, tool)}, words...),
	}
	if !l.npx {
		all["gpq"] = append([]string{gpq}, words...)
	}
	return all
}

// thorough: every line in every way, which takes minutes.
func thorough() bool { return os.Getenv("GPQ_ALL_WAYS") != "" }

// some are the ways that are tried: all where GPQ_ALL_WAYS is set, else one,
// which changes from line to line.
func some(ways map[string][]string, l line) map[string][]string {
	if thorough() {
		return ways
	}
	names := slices.Sorted(maps.Keys(ways))
	one := names[len(l.name)%len(names)]
	return map[string][]string{one: ways[one]}
}

// TestCommands tries every command of npm's for real: what is bad does not get
// in, and what is good ends exactly as npm alone would have ended it.
func TestCommands(t *testing.T) {
	for _, npm := range realNPMs(t) {
		t.Run("npm "+npm.version, func(t *testing.T) {
			s := newShelf(t, npm, registrytest.Options{})
			s.furnish(t)
			t.Cleanup(func() { // after all: npm behind gpq asked nobody but the guard
				for _, q := range s.registry.Log() {
					if a := q.Header.Get("User-Agent"); !strings.HasPrefix(a, "gpq/") && a != "plain" {
						t.Errorf("%s %s was asked for by %q", q.Method, q.Path, a)
					}
				}
			})
			for i, l := range commandLines() {
				if l.npms != "" && !strings.Contains(l.npms, npm.major) {
					continue
				}
				t.Run(l.name, func(t *testing.T) {
					t.Parallel()
					s.bad(t, l)
					if i%2 == 0 || l.bad == "" || thorough() || os.Getenv("GPQ_EXTRA_NPMS") != "" {
						s.good(t, l)
					}
				})
			}
			for _, l := range straightLines() {
				t.Run("straight "+l.name, func(t *testing.T) {
					t.Parallel()
					s.straight(t, l)
				})
			}
		})
	}
}

// bad: npm is not started, nothing is installed, nothing has run.
func (s *shelf) bad(t *testing.T, l line) {
	if l.bad == "" {
		return
	}
	fixture := l.badIn
	if fixture == "" {
		fixture = l.fixture
	}
	r := s.room(t, fixture, l.env...)
	r.cwd = l.in
	before := r.snapshot()
	for way, words := range some(s.ways(l, l.bad), l) {
		got := r.run([]string{"GPQ_STRICT=1"}, words[0], words[1:]...)
		if got.code != exitRefused {
			t.Errorf("%s: %v: exit %d, want 3\n%s", way, l.bad, got.code, got)
		}
		if starts := r.starts(); starts != "" {
			t.Errorf("%s: %v: npm was started: %s", way, l.bad, starts)
			_ = os.Remove(r.at("starts"))
		}
		if r.marked() {
			t.Errorf("%s: %v: the bad package has run", way, l.bad)
		}
		if d := differences(before, r.snapshot()); d != "" {
			t.Errorf("%s: %v: something was changed:\n%s", way, l.bad, d)
		}
		if got.out != "" {
			t.Errorf("%s: %v: standard output is npm's: %q", way, l.bad, got.out)
		}
	}
}

// good: what npm alone would have done.
func (s *shelf) good(t *testing.T, l line) {
	if l.good == "" {
		return
	}
	r := s.room(t, l.fixture, l.env...)
	r.cwd = l.in
	if l.keep != "" {
		r.npm(s.words(l.keep)...)
	}
	tool := "npm"
	if l.npx {
		tool = "npx"
	}
	want := r.run([]string{plainAgent}, filepath.Join(r.bin, tool), s.words(l.good)...)
	wanted := r.snapshot()
	for way, words := range some(s.ways(l, l.good), l) {
		r.reset(l.fixture)
		if l.keep != "" {
			r.npm(s.words(l.keep)...)
		}
		_ = os.Remove(r.at("starts"))
		got := r.run(nil, words[0], words[1:]...)
		if got.code != want.code || !l.differs && timeless(got.out) != timeless(want.out) {
			t.Errorf("%s: %s:\n%s\nnpm alone: %s", way, l.good, got, want)
		}
		if d := differences(wanted, r.snapshot()); d != "" {
			t.Errorf("%s: %s: not what npm alone leaves behind:\n%s\n%s", way, l.good, d, got)
		}
		if n := strings.Count(r.starts(), "\n"); n != 1 {
			t.Errorf("%s: %s: npm was started %d times: %s", way, l.good, n, r.starts())
		}
		if left := r.guarded(); left != "" {
			t.Errorf("%s: %s: the guard's address stays in %s", way, l.good, left)
		}
		if want.code != 0 {
			t.Logf("%s: exit %d: %s", l.good, want.code, want.err)
		}
	}
}

// guarded are the files that still name the guard's own address.
func (r *room) guarded() string {
	var all []string
	for name, text := range r.snapshot() {
		if strings.Contains(text, "http://127.0.0.1:") && strings.Contains(text, "/gpq-") {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// straight: npm's own words, and no word of gpq's.
func (s *shelf) straight(t *testing.T, l line) {
	r := s.room(t, l.fixture, l.env...)
	tool := "npm"
	if l.npx {
		tool = "npx"
	}
	want := r.run([]string{plainAgent}, filepath.Join(r.bin, tool), s.words(l.good)...)
	for way, words := range some(s.ways(l, l.good), l) {
		if way == "gpq" && (l.good == "-v" || strings.HasPrefix(l.good, "-v ")) {
			continue // gpq's own
		}
		r.reset(l.fixture)
		got := r.run([]string{"GPQ_STRICT=1", plainAgent}, words[0], words[1:]...)
		if timeless(fmt.Sprint(got)) != timeless(fmt.Sprint(want)) {
			t.Errorf("%s: %s:\n%s\nnpm alone: %s", way, l.good, got, want)
		}
	}
}
