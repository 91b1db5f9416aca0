package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver/registrytest"
)

// TestCheckToUse changes the world between gpq's look and npm's.
func TestCheckToUse(t *testing.T) {
	for _, npm := range realNPMs(t) {
		t.Run("npm "+npm.version, func(t *testing.T) {
			s := newShelf(t, npm, registrytest.Options{})
			s.furnish(t)
			gpq := filepath.Join(s.links, "gpq")
			version := func(r *room, name string) string {
				text, _ := os.ReadFile(r.at("project", "node_modules", name, "package.json"))
				_, after, _ := strings.Cut(string(text), `"version": "`)
				v, _, _ := strings.Cut(after, `"`)
				return v
			}
			t.Run("another version is published", func(t *testing.T) {
				r := s.room(t, "")
				s.registry.Fault(registrytest.Fault{Path: "/evil", Skip: 1, Replace: [2]string{`"latest":"1.0.0"`, `"latest":"1.0.1"`}})
				defer s.registry.Heal()
				if got := r.run(nil, gpq, "install", "plain"); got.code != 0 || version(r, "plain") != "1.1.0" {
					t.Errorf("%s", got)
				}
			})
			t.Run("the same version has other bytes", func(t *testing.T) {
				r := s.room(t, "")
				s.registry.Fault(registrytest.Fault{Path: "/twice/-/twice-2.1.0.tgz", Body: []byte("other bytes")})
				defer s.registry.Heal()
				if got := r.run(nil, gpq, "install", "twice"); got.code == 0 || version(r, "twice") != "" {
					t.Errorf("%s", got)
				}
			})
			t.Run("npm's cache has an older state", func(t *testing.T) {
				r := s.room(t, "")
				s.registry.Fault(registrytest.Fault{Path: "/plain", Replace: [2]string{`"latest":"1.1.0"`, `"latest":"1.0.0"`}})
				if got := r.npm("install", "plain", "--no-save", "--prefix", r.at("elsewhere")); got.code != 0 {
					t.Fatalf("%s", got)
				}
				s.registry.Heal()
				if got := r.run(nil, gpq, "install", "--prefer-offline", "plain"); got.code != 0 || version(r, "plain") != "1.1.0" {
					t.Errorf("%s %s", version(r, "plain"), got)
				}
			})
			s.lockfiles(t, gpq)
			s.nested(t, gpq)
		})
	}
}

// lockfiles that were tampered with are refused, and npm is not started.
func (s *shelf) lockfiles(t *testing.T, gpq string) {
	for name, change := range map[string][2]string{
		"another host":      {s.registry.URL + "plain/", "http://127.0.0.1:9/plain/"},
		"another integrity": {`"integrity": "sha512-`, `"integrity": "sha512-AAAA`},
		"no integrity":      {`"integrity": "`, `"was": "`},
		"another's tarball": {"/plain/-/plain-1.1.0.tgz", "/evil/-/evil-1.0.1.tgz"},
		"another's version": {"/plain/-/plain-1.1.0.tgz", "/plain/-/plain-1.0.0.tgz"},
		"a git address":     {s.registry.URL + "plain/-/plain-1.1.0.tgz", "git+ssh://git@example.com/x/y.git#0123456789012345678901234567890123456789"},
	} {
		for _, command := range []string{"ci", "install"} {
			t.Run("lockfile with "+name+", "+command, func(t *testing.T) {
				r := s.room(t, "lock")
				file := r.at("project", "package-lock.json")
				text, err := os.ReadFile(file)
				if err != nil || !strings.Contains(string(text), change[0]) {
					t.Fatalf("%v: no %q in %s", err, change[0], text)
				}
				write(t, file, strings.ReplaceAll(string(text), change[0], change[1]))
				got := r.run([]string{"GPQ_STRICT=1"}, gpq, command)
				if got.code != exitRefused || r.starts() != "" {
					t.Errorf("%s\nnpm: %s", got, r.starts())
				}
			})
		}
	}
}

// nested: what an install script calls npm for is checked, whatever it sets.
func (s *shelf) nested(t *testing.T, gpq string) {
	path := "PATH=" + s.links + ":" + s.bin + ":" + os.Getenv("PATH")
	for name, command := range map[string]string{
		"npm install":       "npm install evil --prefix $HOME/x",
		"npx":               "npx -y evil",
		"GPQ_OFF":           "GPQ_OFF=1 npm install evil --prefix $HOME/x",
		"GPQ_NO_GUARD":      "GPQ_NO_GUARD=1 npm install evil --prefix $HOME/x",
		"no session, off":   "GPQ_SESSION= GPQ_OFF=1 npm install evil --prefix $HOME/x",
		"a made-up session": "GPQ_SESSION=/nowhere GPQ_NO_GUARD=1 npm install evil --prefix $HOME/x",
		"the real npm":      filepath.Join(s.bin, "npm") + " install evil --prefix $HOME/x",
	} {
		t.Run("nested "+name, func(t *testing.T) {
			words := []string{"install", "nests", "--foreground-scripts"}
			if s.major == "12" {
				words = append(words, "--dangerously-allow-all-scripts")
			}
			r := s.room(t, "", path, "NESTED="+command)
			got := r.run(nil, gpq, words...)
			if got.code != 0 || r.marked() || !strings.Contains(got.err+got.out, "nested ended with") || strings.Contains(got.err+got.out, "nested ended with 0") {
				t.Errorf("marked %v: %s", r.marked(), got)
			}
		})
	}
	t.Run("nested, and good", func(t *testing.T) {
		words := []string{"install", "nests", "--foreground-scripts"}
		if s.major == "12" {
			words = append(words, "--dangerously-allow-all-scripts")
		}
		r := s.room(t, "", path, "NESTED=npm install plain --prefix $HOME/x")
		got := r.run(nil, gpq, words...)
		if got.code != 0 || !strings.Contains(got.err+got.out, "nested ended with 0") {
			t.Errorf("%s", got)
		}
	})
}
