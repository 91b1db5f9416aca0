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

// line is a command: once as it would bring something bad, once as it brings
// nothing but good.
type line struct {
	name    string
	fixture string // for both, unless bad or good has its own
	badIn   string
	bad     string // words; «·» is a space within one; "" where there is none
	good    string
	npx     bool
	in      string   // folder below the project
	env     []string // for both
	npms    string   // majors, where not all
	differs bool     // the standard outputs may differ
	keep    string   // npm run before the good one in the same place
}

// commandLines is every command of npm's that can fetch or execute.
func commandLines() []line {
	return []line{
		{name: "install", bad: "install evil", good: "install top"},
		{name: "install transitive", bad: "install mule", good: "i cli"},
		{name: "install malware", bad: "install listed"},
		{name: "install bare", badIn: "evil-range", bad: "install", fixture: "lock", good: "install"},
		{name: "install bare without lock", badIn: "evil-lock", bad: "install", fixture: "range", good: "install"},
		{name: "install dev", bad: "install -D evil", good: "install --save-dev plain@1.0.0"},
		{name: "install exact", bad: "install -E evil", good: "install -E top"},
		{name: "install alias", bad: "install fine@npm:evil", good: "install better@npm:twice@1"},
		{name: "install tag", bad: "install evil@latest", good: "install twice@next"},
		{name: "install --tag", bad: "install --tag latest evil", good: "install --tag next twice"},
		{name: "install range", bad: "install evil@^1.0.0", good: "install twice@^1.0.0"},
		{name: "install range with spaces", bad: "install evil@>=1.0.0·<2", good: "install twice@>=1.0.0·<2"},
		{name: "install several", bad: "install plain evil", good: "install plain twice@1 @scope/core"},
		{name: "install -g", bad: "install -g evil", good: "install -g cli"},
		{name: "install --global=true", bad: "install --global=true mule", good: "i --location=global cli"},
		{name: "install global by env", bad: "install evil", good: "install cli", env: []string{"npm_config_global=true"}},
		{name: "install --prefix", bad: "install --prefix sub evil", good: "install --prefix sub plain"},
		{name: "install -C", bad: "-C sub install evil", good: "-C sub install plain"},
		{name: "install prefix from below", in: "sub", bad: "install evil", good: "install plain", fixture: "sub"},
		{name: "install --no-save", bad: "install --no-save evil", good: "install --no-save plain"},
		{name: "install --package-lock-only", bad: "install --package-lock-only evil", good: "install --package-lock-only top"},
		{name: "install --dry-run", bad: "install --dry-run evil", good: "install --dry-run top"},
		{name: "install --no-package-lock", bad: "install --no-package-lock evil", good: "install --no-package-lock top"},
		{name: "install --omit=dev", badIn: "evil-dev", bad: "install --include=dev", fixture: "dev", good: "install --omit=dev"},
		{name: "install NODE_ENV", badIn: "evil-range", bad: "install", fixture: "dev", good: "install", env: []string{"NODE_ENV=production"}},
		{name: "install --json", bad: "install --json evil", good: "install --json plain"},
		{name: "install --before", bad: "install --before 2100-01-01 evil", good: "install --before 2100-01-01 plain"},
		{name: "install min-release-age", bad: "install --min-release-age 0 evil", good: "install --min-release-age 1 fresh", npms: "11 12"},
		{name: "install legacy-peer-deps", bad: "install --legacy-peer-deps evil", good: "install --legacy-peer-deps plugin"},
		{name: "install peers", bad: "install plugin evil", good: "install plugin"},
		{name: "install strategy", bad: "install --install-strategy nested mule", good: "install --install-strategy nested top"},
		{name: "install linked", bad: "install --install-strategy=linked mule", good: "install --install-strategy=linked top"},
		{name: "install prefer-offline", bad: "install --prefer-offline evil", good: "install --prefer-offline plain"},
		{name: "install prefer-online", bad: "install --prefer-online evil", good: "install --prefer-online plain"},
		{name: "install ignore-scripts", bad: "install --ignore-scripts evil", good: "install --ignore-scripts native"},
		{name: "install with scripts", good: "install native@1.0.0"},
		{name: "install platform", good: "install platform"},
		{name: "install folder", fixture: "folders", bad: "install ./bad", good: "install ./good"},
		{name: "install folder by --install-links", fixture: "folders", bad: "install --install-links ./bad", good: "install --install-links ./good"},
		{name: "install file tarball", fixture: "folders", bad: "install ./bad-1.0.0.tgz"},
		{name: "install git", bad: "install github:user/repo", npms: "10 11"},
		{name: "install git url", bad: "install git+file:///nowhere/repo.git", npms: "10 11"},
		{name: "install url", bad: "install {REGISTRY}evil/-/evil-1.0.1.tgz", npms: "10 11"},
		{name: "install after flags", bad: "--loglevel error install evil", good: "--loglevel error install plain"},
		{name: "install after --", bad: "-- install evil", good: "-- install plain"},
		{name: "--registry first", bad: "--registry {REGISTRY} install evil", good: "--registry {REGISTRY} install plain"},
		{name: "--registry last", bad: "install evil --registry={REGISTRY}", good: "install plain --registry={REGISTRY}"},
		{name: "--reg", bad: "install evil --reg {REGISTRY}", good: "install plain --reg {REGISTRY}", npms: "10 11"},
		{name: "--replace-registry-host", bad: "install --replace-registry-host never evil", good: "install --replace-registry-host never top"},
		{name: "--no-proxy and dead proxies", good: "install --noproxy 127.0.0.1 plain", env: []string{"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9"}},
		{name: "dead proxy by env", good: "install plain", env: []string{"npm_config_proxy=http://127.0.0.1:9", "npm_config_noproxy=127.0.0.1"}},
		{name: "--@scope:registry", bad: "install --@evil:registry={REGISTRY} @evil/create", good: "install @scope/core --@scope:registry={REGISTRY}"},
		{name: "registry by env", bad: "install evil", good: "install top", env: []string{"npm_config_registry=http://127.0.0.1:9/", "NPM_CONFIG_REGISTRY={REGISTRY}"}},
		{name: "--userconfig", fixture: "npmrc", bad: "install evil --userconfig=other", good: "install plain --userconfig=other"},
		{name: "--location=user", bad: "install --location=user evil", good: "install --location=user plain"},
		{name: "sockets and ssl", good: "install --maxsockets=1 --strict-ssl=false top"},
		{name: "install -w", fixture: "workspaces", bad: "install -w a evil", good: "install -w a top"},
		{name: "install -ws", fixture: "workspaces", bad: "install --workspaces evil", good: "install --workspaces plain"},
		{name: "install in a workspace", fixture: "workspaces", in: "packages/a", bad: "install evil", good: "install top"},
		{name: "install-test", bad: "install-test evil", good: "install-test plain"},
		{name: "it", badIn: "evil-range", bad: "it", fixture: "range", good: "it"},
		{name: "ci", badIn: "evil-lock", bad: "ci", fixture: "lock", good: "ci"},
		{name: "cit", badIn: "evil-lock", bad: "cit", fixture: "lock", good: "cit"},
		{name: "ci --omit", badIn: "evil-lock", bad: "ci --omit=optional", fixture: "dev", good: "ci --omit=dev"},
		{name: "update", badIn: "evil-old", bad: "update", fixture: "old", good: "update"},
		{name: "update NAME", badIn: "evil-old", bad: "update evil", fixture: "old", good: "up twice"},
		{name: "update -g", badIn: "global-old", bad: "update -g", fixture: "global-good-old", good: "update -g"},
		{name: "exec", bad: "exec -y evil", good: "exec -y cli"},
		{name: "exec --", bad: "exec -y -- evil a", good: "exec -y -- cli -a b"},
		{name: "exec --package", bad: "exec -y --package=evil -- evil-run", good: "exec -y --package=cli -- cli x"},
		{name: "exec -c", bad: "exec -y --package=evil -c evil-run", good: "exec -y --package=cli -c cli·x"},
		{name: "exec version", bad: "exec -y evil@1.0.1", good: "exec -y cli@1.0.0"},
		{name: "exec -w", fixture: "workspaces", bad: "exec -y -w a evil", good: "exec -y -w a -- cli"},
		{name: "npx", npx: true, bad: "-y evil", good: "-y cli a"},
		{name: "npx -p", npx: true, bad: "-y -p evil evil-run", good: "-y -p cli cli a"},
		{name: "npx --package -c", npx: true, bad: "-y --package=evil -c evil-run", good: "-y --package=cli -c cli·a"},
		{name: "npx without -y", npx: true, bad: "evil", good: "cli"},
		{name: "npx transitive", npx: true, bad: "-y mule", good: "-y cli@^1"},
		{name: "npx two packages", npx: true, bad: "-y -p cli -p evil cli", good: "-y -p cli -p plain cli"},
		{name: "npx with -- of the command", npx: true, bad: "-y evil --registry=http://x/", good: "-y cli --registry=http://x/ -- -y"},
		{name: "npx local", npx: true, fixture: "local-bin", good: "cli a"},
		{name: "npx global", npx: true, fixture: "global-bin", good: "cli a"},
		{name: "npx cached", npx: true, good: "-y cli b", keep: "exec -y cli"},
		{name: "npx cached old", npx: true, badIn: "npx-evil-old", bad: "-y evil"},
		{name: "init NAME", bad: "init -y evil", good: "init -y fine"},
		{name: "create NAME", bad: "create -y evil -- x", good: "create -y fine -- x y"},
		{name: "init NAME@VERSION", bad: "init -y evil@latest", good: "init -y fine@1.0.0"},
		{name: "init @SCOPE", bad: "init -y @evil", good: "init -y @fine"},
		{name: "init @SCOPE/NAME", bad: "init -y @evil/app", good: "init -y @fine/app"},
		{name: "init -w", fixture: "workspaces-bad-range", bad: "init -y -w packages/c"},
		{name: "audit fix", badIn: "evil-old", bad: "audit fix", fixture: "holed", good: "audit fix"},
		{name: "audit fix --force", badIn: "evil-old", bad: "audit fix --force", fixture: "holed", good: "audit fix --force"},
		{name: "dedupe", badIn: "evil-lock", bad: "dedupe", fixture: "lock", good: "dedupe"},
		{name: "find-dupes", badIn: "evil-lock", bad: "find-dupes", fixture: "lock", good: "find-dupes"},
		{name: "link NAME", bad: "link evil", good: "link cli"},
		{name: "link", fixture: "lock", good: "link"},
		{name: "npx own bin", npx: true, fixture: "own-bin", good: "mine a"},
		{name: "npx own bin in a workspace", npx: true, fixture: "own-bin-below", in: "packages/a", good: "mine a"},
		{name: "npx local bin in a workspace", npx: true, fixture: "own-bin-below", in: "packages/a", good: "cli a"},
		{name: "npx --prefix with a bin folder", npx: true, fixture: "bin-folder", bad: "-y --prefix=. evil"},
		{name: "npx in a workspace", npx: true, fixture: "workspaces", in: "packages/a", bad: "-y evil", good: "-y cli"},
		{name: "install -w by folder", fixture: "workspaces", bad: "install -w ./packages/a evil", good: "install -w ./packages/a top"},
		{name: "install -w by parent", fixture: "workspaces", bad: "install -w packages evil", good: "install -w packages plain"},
		{name: "update -w", badIn: "workspaces-bad-range", bad: "update -w a", fixture: "workspaces", good: "update -w a"},
		{name: "uninstall -w", fixture: "workspaces", good: "uninstall -w a plain"},
		{name: "rebuild", badIn: "evil-in", bad: "rebuild", fixture: "native-in", good: "rebuild"},
		{name: "rebuild NAME", badIn: "evil-in", bad: "rebuild evil", fixture: "native-in", good: "rebuild native"},
		{name: "uninstall", badIn: "evil-lock", bad: "uninstall plain", fixture: "lock", good: "uninstall top"},
		{name: "uninstall -g", fixture: "global-bin", good: "uninstall -g cli"},
		{name: "prune", badIn: "evil-lock", bad: "prune", fixture: "lock", good: "prune"},
		{name: "edit", badIn: "evil-in", bad: "edit evil", fixture: "native-in", good: "edit native", env: []string{"EDITOR=true"}},
		{name: "patch", badIn: "evil-in", bad: "patch evil", npms: "12"},
		{name: "version -w", fixture: "workspaces-bad-range", bad: "version patch -w a --no-git-tag-version"},
		{name: "version -w good", fixture: "workspaces", good: "version patch -w a --no-git-tag-version"},
		{name: "pack SPEC", bad: "pack evil", good: "pack plain"},
		{name: "diff", bad: "diff --diff=evil@1.0.0 --diff=evil@1.0.1", good: "diff --diff=twice@1.0.0 --diff=twice@1.1.0"},
		{name: "cache add", bad: "cache add evil", good: "cache add plain"},
		{name: "publish SPEC", bad: "publish evil"},
		{name: "unknown command", bad: "frobnicate evil"},
	}
}

// straight pass through: npm at once, nothing checked.
func straightLines() []line {
	return []line{
		{name: "view", good: "view evil"}, {name: "view json", good: "view --json evil versions"}, {name: "outdated", fixture: "evil-old", good: "outdated"},
		{name: "ls", fixture: "evil-old", good: "ls"}, {name: "audit", fixture: "evil-old", good: "audit"}, {name: "run", good: "run hello"},
		{name: "test", good: "test"}, {name: "version", good: "version"}, {name: "-v", good: "-v"}, {name: "-v install", good: "-v install evil"},
		{name: "help", good: "install evil --help"}, {name: "config", good: "config get registry"}, {name: "pkg", good: "pkg get name"},
		{name: "init -y", good: "init -y"}, {name: "search", good: "search evil"}, {name: "explain", fixture: "old", good: "explain twice"},
		{name: "root", good: "root -g"}, {name: "pack own", good: "pack"}, {name: "fund", good: "fund"}, {name: "query", good: "query *"},
		{name: "cache ls", good: "cache ls"}, {name: "npx -v", npx: true, good: "-v"}, {name: "version patch", good: "version patch --no-git-tag-version"},
	}
}

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

// some are the ways that are tried: all where GPQ_ALL_WAYS is set, else one,
// which changes from line to line.
func some(ways map[string][]string, l line) map[string][]string {
	if os.Getenv("GPQ_ALL_WAYS") != "" {
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
			for _, l := range commandLines() {
				if l.npms != "" && !strings.Contains(l.npms, npm.major) {
					continue
				}
				t.Run(l.name, func(t *testing.T) {
					t.Parallel()
					s.bad(t, l)
					s.good(t, l)
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
