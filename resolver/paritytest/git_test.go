package paritytest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
	"gpq/resolver/store"
	"gpq/shim"
)

// withGit is a registry, and repositories of this machine.
type withGit struct {
	*registry.Client
	*shim.Git
}

func (w withGit) Commit(ctx context.Context, address, commit, ref string) (*registry.Contents, error) {
	files, err := w.Files(ctx, address, commit, ref, "package.json")
	return &registry.Contents{PackageJSON: files["package.json"]}, err
}

// TestRepositories compares what is planned of git dependencies, and of what
// they bring, with npm's own lockfiles: first without one, then with npm's.
func TestRepositories(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT RUN: there is no git")
	}
	base := t.TempDir()
	inner := repositoryOf(t, filepath.Join(base, "inner"), `{"name":"inner","version":"2.0.0","dependencies":{"plain":"1.0.0"}}`)
	repositoryOf(t, filepath.Join(base, "outer"), `{"name":"outer","version":"1.0.0","dependencies":{"top":"^1.0.0","inner":"git+file://`+base+
		`/inner#v1"},"devDependencies":{"young":"*"},"scripts":{"test":"x"}}`)
	for _, n := range npms(t) {
		for name, asked := range map[string]string{
			"head":            `"outer":"git+file://BASE/outer"`,
			"branch":          `"outer":"git+file://BASE/outer#other","plain":"*"`,
			"tag":             `"inner":"git+file://BASE/inner#v1"`,
			"commit":          `"inner":"git+file://BASE/inner#` + inner + `"`,
			"under no name":   `"else":"git+file://BASE/inner#main"`,
			"scheme, no plus": `"inner":"git+file://BASE/inner/.git"`,
		} {
			t.Run("npm"+n.major()+"/"+name, func(t *testing.T) {
				t.Parallel()
				n.repositories(t, strings.ReplaceAll(asked, "BASE", base))
			})
		}
	}
}

func (n npm) repositories(t *testing.T, asked string) {
	reg := registrytest.New(t, registrytest.Options{}, "../../testdata/registry")
	dir := filepath.Join(t.TempDir(), "p")
	layLoose(t, filepath.Join(dir, "package.json"), `{"name":"p","version":"1.0.0","dependencies":{`+asked+`}}`)
	layLoose(t, filepath.Join(dir, ".npmrc"), "registry="+reg.URL+"\nallow-git=all\n")
	planned := n.plannedGit(t, reg, dir)
	cmd := exec.Command("node", n.cli, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund",
		"--cache="+filepath.Join(t.TempDir(), "c"))
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm: %v\n%s", err, out)
	}
	lock := lockedLoose(t, dir)
	for at, what := range lock { // npm may write a digest, which it never compares
		if i := strings.Index(what, " git+"); i >= 0 {
			lock[at] = what[:strings.LastIndexByte(what, ' ')+1]
		}
	}
	differ(t, "without a lockfile", lock, planned)
	differ(t, "with npm's lockfile", lock, n.plannedGit(t, reg, dir))
}

func (n npm) plannedGit(t *testing.T, reg *registrytest.Server, dir string) map[string]string {
	t.Helper()
	kept, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	client := registry.New(fetch.New(fetch.Options{Store: kept}), registry.Options{Default: reg.URL, Store: kept})
	from := withGit{client, &shim.Git{World: shim.World{Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}}, Dir: t.TempDir()}}
	plan, err := resolver.New(resolver.Settings{Source: from, RegistryOf: client.RegistryFor}).Resolve(t.Context(), resolver.Request{
		Dir: dir, Cwd: dir, Options: resolver.Options{AllowGit: "all",
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
			out[at] = it.Name + "@" + it.Version + " " + it.Tarball + " " + string(it.Integrity)
		}
	}
	return out
}

// repositoryOf makes a repository with a package.json, the branches main and
// other, and the tag v1. It gives its commit.
func repositoryOf(t *testing.T, dir, text string) string {
	t.Helper()
	layLoose(t, filepath.Join(dir, "package.json"), text)
	var out []byte
	for _, words := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "one"}, {"branch", "other"},
		{"tag", "-a", "-m", "one", "v1"}, {"rev-parse", "HEAD"}} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, words...)...)
		cmd.Dir = dir
		var err error
		if out, err = cmd.Output(); err != nil {
			t.Fatal(words, err)
		}
	}
	return strings.TrimSpace(string(out))
}
