package paritytest

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
	"gpq/resolver/store"
)

// looseCase is a project with tarballs that are in no registry. In all texts
// OTHER is a registry that nobody has configured, used for its tarballs alone.
// What ends in .tgz is made into a tarball of a package.json; more files of it
// stand behind a «!».
type looseCase struct {
	files map[string]string
	args  []string // of npm install
}

func looseCases() map[string]looseCase {
	deps := func(s string) string { return `{"name":"p","version":"1.0.0","dependencies":` + s + `}` }
	return map[string]looseCase{
		"a file": {map[string]string{"package.json": deps(`{"thing":"file:thing.tgz"}`),
			"thing.tgz": `{"name":"thing","version":"1.0.0","dependencies":{"top":"^1.0.0"},"optionalDependencies":{"platform-elsewhere":"*"}}`}, nil},
		"a file by hand": {map[string]string{"package.json": deps(`{}`),
			"sub/thing.tgz": `{"name":"@s/thing","version":"1.0.0","dependencies":{"plain":"1.0.0"}}`}, []string{"./sub/thing.tgz"}},
		"under another name": {map[string]string{"package.json": deps(`{"plain":"file:thing.tgz","top":"*"}`),
			"thing.tgz": `{"name":"thing","version":"7.0.0"}`}, nil},
		"a file in a file": {map[string]string{"package.json": deps(`{"thing":"file:a/thing.tgz"}`),
			"a/thing.tgz": `{"name":"thing","version":"1.0.0","dependencies":{"inner":"file:./inner.tgz"}}`,
			"a/inner.tgz": `{"name":"inner","version":"2.0.0","dependencies":{"plain":"*"}}`}, nil},
		"in a workspace": {map[string]string{"package.json": `{"name":"p","version":"1.0.0","workspaces":["w/*"]}`,
			"w/one/package.json": `{"name":"one","version":"1.0.0","dependencies":{"thing":"file:../../thing.tgz"}}`,
			"w/two/package.json": `{"name":"two","version":"1.0.0","dependencies":{"thing":"file:../../thing2.tgz"}}`,
			"thing.tgz":          `{"name":"thing","version":"1.0.0","dependencies":{"plain":"*"}}`,
			"thing2.tgz":         `{"name":"thing","version":"1.0.0"}`}, nil},
		"no version": {map[string]string{"package.json": deps(`{"thing":"file:thing.tgz"}`),
			"thing.tgz": `{"name":"thing","dependencies":{"plain":"*"}}`}, nil},
		"dev, and peers": {map[string]string{"package.json": `{"name":"p","version":"1.0.0","devDependencies":{"thing":"file:thing.tgz"}}`,
			"thing.tgz": `{"name":"thing","version":"1.0.0","peerDependencies":{"plain":"1.0.0"}}`}, nil},
		"bundled": {map[string]string{"package.json": deps(`{"thing":"file:thing.tgz"}`),
			"thing.tgz": `{"name":"thing","version":"1.0.0","dependencies":{"plain":"*","top":"*"},"bundleDependencies":["plain"]}` +
				`!node_modules/plain/package.json!{"name":"plain","version":"1.0.0"}`}, nil},
		"overridden": {map[string]string{"package.json": `{"name":"p","version":"1.0.0","dependencies":{"top":"*"},"overrides":{"plain":"file:thing.tgz"}}`,
			"thing.tgz": `{"name":"plain","version":"9.0.0"}`}, nil},
		"by URL": {map[string]string{"package.json": deps(`{"thing":"OTHERtop/-/top-1.0.0.tgz","plain":"*"}`)}, nil},
		"by URL, by hand": {map[string]string{"package.json": deps(`{}`)},
			[]string{"OTHERtop/-/top-1.0.0.tgz"}},
		"by URL from a file": {map[string]string{"package.json": deps(`{"thing":"file:thing.tgz"}`),
			"thing.tgz": `{"name":"thing","version":"1.0.0","dependencies":{"deep":"OTHERtop/-/top-1.0.0.tgz","plain":"1.0.0"}}`}, nil},
	}
}

// TestLoose compares what is planned of tarballs that are in no registry, and
// of what they bring, with npm's own lockfiles: first without one, then with
// npm's.
func TestLoose(t *testing.T) {
	for _, n := range npms(t) {
		for name, c := range looseCases() {
			t.Run("npm"+n.major()+"/"+name, func(t *testing.T) {
				t.Parallel()
				n.loose(t, c)
			})
		}
	}
}

func (n npm) loose(t *testing.T, c looseCase) {
	reg := registrytest.New(t, registrytest.Options{}, "../../testdata/registry")
	other := registrytest.New(t, registrytest.Options{}, "../../testdata/registry")
	dir := filepath.Join(t.TempDir(), "p")
	for name, text := range c.files {
		layLoose(t, filepath.Join(dir, name), strings.ReplaceAll(text, "OTHER", other.URL))
	}
	layLoose(t, filepath.Join(dir, ".npmrc"), "registry="+reg.URL+"\nallow-remote=all\n")
	args := slices.Clone(c.args)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "OTHER", other.URL)
	}
	planned := n.planned(t, reg, dir, args)
	cmd := exec.Command("node", append([]string{n.cli, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund",
		"--cache=" + filepath.Join(t.TempDir(), "c")}, args...)...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm: %v\n%s", err, out)
	}
	lock := lockedLoose(t, dir)
	differ(t, "without a lockfile", lock, planned)
	differ(t, "with npm's lockfile", lock, n.planned(t, reg, dir, nil))
}

// planned lists our plan as a lockfile has it.
func (n npm) planned(t *testing.T, reg *registrytest.Server, dir string, args []string) map[string]string {
	t.Helper()
	kept, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	client := registry.New(fetch.New(fetch.Options{Store: kept}), registry.Options{Default: reg.URL, Store: kept})
	plan, err := resolver.New(resolver.Settings{Source: client, RegistryOf: client.RegistryFor}).Resolve(t.Context(), resolver.Request{
		Dir: dir, Cwd: dir, Specs: args, Options: resolver.Options{AllowRemote: "all",
			Platform: resolver.Platform{OS: "linux", CPU: "x64", Libc: "glibc", Node: n.node, NPM: n.version}}})
	if err != nil {
		t.Fatal(err)
	}
	if plan.Failure != nil || len(plan.Unresolved) > 0 {
		t.Errorf("failure %v, unresolved %+v", plan.Failure, plan.Unresolved)
	}
	out := map[string]string{}
	for _, it := range plan.Items {
		for _, at := range it.Places {
			out[at] = fmt.Sprintf("%s@%s %s %s", it.Name, it.Version, it.Tarball, it.Integrity)
		}
	}
	return out
}

func lockedLoose(t *testing.T, dir string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Name, Version, Resolved, Integrity string
			Link                               bool
		}
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for at, e := range lock.Packages {
		if e.Link || !strings.Contains(at, "node_modules/") {
			continue
		}
		if e.Name == "" {
			e.Name = nameOf(at)
		}
		out[at] = fmt.Sprintf("%s@%s %s %s", e.Name, e.Version, e.Resolved, e.Integrity)
	}
	return out
}

func differ(t *testing.T, what string, npm, gpq map[string]string) {
	t.Helper()
	places := maps.Clone(npm)
	maps.Copy(places, gpq)
	for _, at := range slices.Sorted(maps.Keys(places)) {
		if npm[at] != gpq[at] {
			t.Errorf("%s: %s:\nnpm has %q\nwe have %q", what, at, npm[at], gpq[at])
		}
	}
	if len(npm) == 0 {
		t.Errorf("%s: npm has nothing", what)
	}
}

// layLoose writes a file; a tarball as looseCase has it.
func layLoose(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(file, ".tgz") {
		_, err := f.WriteString(text)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	parts := append([]string{"package.json"}, strings.Split(text, "!")...)
	for i := 0; i+1 < len(parts); i += 2 {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Name: "package/" + parts[i], Mode: 0o644, Size: int64(len(parts[i+1])), Typeflag: tar.TypeReg}))
		_, e := w.Write([]byte(parts[i+1]))
		err = errors.Join(err, e)
	}
	if err = errors.Join(err, w.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}
