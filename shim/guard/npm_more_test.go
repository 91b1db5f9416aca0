package guard

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver"
	"gpq/resolver/registrytest"
)

// each runs a test with every npm.
func each(t *testing.T, test func(t *testing.T, npm []string)) {
	t.Helper()
	for version, npm := range npms(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			test(t, npm)
		})
	}
}

// What was not cleared is not installed, and npm says why.
func TestRefusedInstall(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: func(_ context.Context, p resolver.Package) error {
			if p.Name == "twice" {
				return errors.New("published two hours ago by nobody we know")
			}
			return nil
		}})
		_, p := pair(t, npm, h)
		_, said, err := p.run("install", "top")
		if err == nil {
			t.Fatal("npm installed it")
		}
		for _, want := range []string{"E403", "gpq: twice@", "published two hours ago by nobody we know"} {
			if !strings.Contains(said, want) {
				t.Errorf("npm does not say %q:\n%s", want, said)
			}
		}
		if strings.Contains(said, h.secret) {
			t.Logf("npm shows the secret of a run that is over:\n%s", said)
		}
		if h.Counts().Refused == 0 || h.no[0].Package.Name != "twice" {
			t.Errorf("refusals: %+v", h.no)
		}
	})
}

func TestExec(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: everything})
		plain, guarded := pair(t, npm, h)
		for _, args := range [][]string{
			{"exec", "--yes", "cli", "--", "--registry=mine", "x"},
			{"exec", "--yes", "--package=cli@1.0.0", "-c", "cli y"},
			{"exec", "--yes", "--registry=" + h.fake.URL, "--", "cli", "z"},
		} {
			a, b := plain.must(args...), guarded.must(args...)
			if a != b || !strings.Contains(b, "cli says plain@") {
				t.Errorf("%v: %q, want %q", args, b, a)
			}
		}
		if h.Counts().Tarballs == 0 {
			t.Error("the guard was not asked")
		}
	})
}

func TestGlobal(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: everything})
		plain, guarded := pair(t, npm, h)
		for _, p := range []*place{plain, guarded} {
			p.must("install", "-g", "cli", "top@1.0.0", "--prefix="+filepath.Join(p.dir, "global"))
		}
		equal(t, plain, guarded)
	})
}

// An install script that runs npm gets the guard too.
func TestNestedNpm(t *testing.T) {
	const nested = `Runs npm at install.
-- packument --
name: nested
manifest:
  scripts: {postinstall: "npm install --no-save --prefix inner plain && npm install --no-save --prefix inner twice || npm config get registry > failed.txt"}
`
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{sources: []string{"../../testdata/registry", nested}, admit: func(_ context.Context, p resolver.Package) error {
			if p.Name == "twice" {
				return errors.New("not this one")
			}
			return nil
		}})
		_, p := pair(t, npm, h)
		p.write("package.json", `{"name": "project", "allowScripts": {"nested": true}}`)
		p.must("install", "nested")
		if got := strings.TrimSpace(p.read("node_modules/nested/failed.txt")); got != h.URL() && got != strings.TrimSuffix(h.URL(), "/") {
			t.Errorf("registry inside: %q", got)
		}
		if text := p.read("node_modules/nested/inner/node_modules/plain/index.js"); !strings.Contains(text, "plain@1.1.0") {
			t.Errorf("installed inside: %s", text)
		}
		if len(h.no) == 0 || h.no[0].Package.Name != "twice" {
			t.Errorf("refusals: %+v", h.no)
		}
	})
}

// A scope's own registry, with credentials, and the lockfile's own hosts.
func TestScopesAndHosts(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		own := registrytest.New(t, registrytest.Options{Token: "theirs"}, "Private.\n-- packument --\nname: \"@My_Corp/thing\"\n",
			"Private too.\n-- packument --\nname: \"@corp/thing\"\nmanifest: {dependencies: {\"@my_corp/thing\": \"*\", plain: \"*\"}}\n",
			"And this.\n-- packument --\nname: \"@my_corp/thing\"\n")
		h := build(t, plan{admit: everything, scopes: map[string]string{"@corp": own.URL, "@my_corp": own.URL},
			fake: registrytest.Options{Token: "theirs"}})
		host := func(url string) string { return strings.TrimPrefix(url, "http:") }
		lines := []string{"@corp:registry=" + own.URL, "@my_corp:registry=" + own.URL,
			host(own.URL) + ":_authToken=theirs", host(h.fake.URL) + ":_authToken=theirs"}
		plain, guarded := pair(t, npm, h, lines...)
		own.ClearLog()
		for _, p := range []*place{plain, guarded} {
			p.must("install", "@corp/thing")
		}
		equal(t, plain, guarded)
		var lock struct {
			Packages map[string]struct{ Resolved string }
		}
		if err := json.Unmarshal([]byte(guarded.read("package-lock.json")), &lock); err != nil {
			t.Fatal(err)
		}
		if got := lock.Packages["node_modules/@my_corp/thing"].Resolved; !strings.HasPrefix(got, own.URL) {
			t.Errorf("resolved: %s", got)
		}
		for _, p := range []*place{plain, guarded} {
			p.must("ci")
		}
		equal(t, plain, guarded)
	})
}

// A lockfile whose URLs point at a host that only the checks can reach: npm
// asks the guard all the same.
func TestForeignHosts(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: everything})
		_, p := pair(t, npm, h)
		p.must("install", "top")
		lock := strings.ReplaceAll(p.read("package-lock.json"), h.fake.URL, "https://registry.npmjs.org/")
		p.write("package-lock.json", lock)
		again := newPlace(t, npm, "registry="+h.fake.URL)
		again.guard = h.Guard
		again.write("package.json", p.read("package.json"))
		again.write("package-lock.json", lock)
		h.fake.ClearLog()
		again.must("ci")
		if got := again.read("package-lock.json"); got != lock {
			t.Error("the lockfile was changed")
		}
		if len(h.fake.Log("*.tgz")) != 0 {
			t.Error("npm went round the guard")
		}
	})
}

// Proxies, other registries and offline settings of the user's must not lead
// npm round the guard.
func TestSettingsOfTheUser(t *testing.T) {
	dead := "http://127.0.0.1:1/"
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: everything})
		p := newPlace(t, npm, "registry="+dead, "proxy="+dead, "https-proxy="+dead, "noproxy=example.com",
			"offline=true", "replace-registry-host=never", "@scope:registry="+dead)
		h.opts.Scopes = []string{"@scope"}
		p.guard = h.Guard
		p.env = append(p.env, "HTTP_PROXY="+dead, "https_proxy="+dead, "NO_PROXY=", "NPM_CONFIG_REGISTRY="+dead,
			"npm_config_noproxy=example.org", "npm_config_replace_registry_host=npmjs")
		p.write(".npmrc", "registry="+dead+"\noffline=true\n")
		p.must("install", "top")
		p.must("install", "plain@1.0.0", "--proxy="+dead, "--reg="+dead)
	})
}

// npm's cache must not fill with documents under addresses that are good for
// one run, and must have the tarballs.
func TestCache(t *testing.T) {
	each(t, func(t *testing.T, npm []string) {
		h := build(t, plan{admit: everything})
		_, p := pair(t, npm, h)
		p.must("install", "top")
		list := p.must("cache", "ls")
		for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
			if !strings.HasSuffix(line, ".tgz") {
				t.Errorf("npm's cache has %s", line)
			}
		}
		before := h.Counts().Tarballs
		again := build(t, plan{admit: everything})
		p.guard = again.Guard
		p.write("package.json", `{"name": "project", "dependencies": {"plain": "1.1.0"}}`)
		p.must("install", "--no-package-lock")
		if before == 0 || again.Counts().Tarballs != 0 {
			t.Errorf("tarballs asked for: %d, then %d", before, again.Counts().Tarballs)
		}
	})
}
