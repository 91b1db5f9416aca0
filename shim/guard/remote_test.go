package guard

import (
	"strings"
	"testing"

	"gpq/resolver/registrytest"
)

// A package asked for by URL, by the project and by a dependency: what npm
// writes down is the true URL, once the guard has put it right.
func TestRemoteSpecs(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		other := registrytest.New(t, registrytest.Options{}, "../../testdata/registry")
		asks := "Asks for a URL.\n-- packument --\nname: asks\nmanifest: {dependencies: {plain: " + other.URL + "plain/-/plain-1.0.0.tgz}}\n"
		h := build(t, plan{sources: []string{"../../testdata/registry", asks}, admit: everything})
		here, there := artefact(h.fake, "twice", "1.0.0"), artefact(other, "plain", "1.0.0")
		h.admit(here)
		h.admit(there)
		plain, guarded := pair(t, npm, h, "allow-remote=all")
		for _, args := range [][]string{{"install", here.Tarball, "asks", "side"}, {"install", there.Tarball}, {"install", "top"}, {"ci"}, {"update"}} {
			plain.must(args...)
			guarded.must(args...)
			if err := guarded.guard.Repair(guarded.dir); err != nil {
				t.Error(err)
			}
			equal(t, plain, guarded)
		}
		if text := guarded.read("package-lock.json"); strings.Contains(text, h.host) {
			t.Errorf("the guard's address is left:\n%s", text)
		}
	})
}
