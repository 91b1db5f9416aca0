package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"gpq/checks/attest/attesttest"
	"gpq/resolver/registrytest"
)

// npmUnderTest is one real npm, and a folder with links to it and to gpq.
type npmUnderTest struct {
	version string
	bin     string // npm and npx
	links   string // npm and npx that are gpq
	major   string
}

// realNPMs are the npm on PATH, and those GPQ_EXTRA_NPMS lists: package
// folders, as PATH lists them.
func realNPMs(t *testing.T) []npmUnderTest {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") != "" {
			t.Fatal("no npm on PATH")
		}
		t.Skip("NOT RUN: no npm on PATH")
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	dirs := append([]string{filepath.Dir(filepath.Dir(real))}, filepath.SplitList(os.Getenv("GPQ_EXTRA_NPMS"))...)
	var all []npmUnderTest
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		n := npmUnderTest{bin: t.TempDir(), links: t.TempDir()}
		for _, name := range []string{"npm", "npx"} {
			link(t, filepath.Join(dir, "bin", name+"-cli.js"), filepath.Join(n.bin, name))
			link(t, gpqUnderTest(t), filepath.Join(n.links, name))
		}
		link(t, gpqUnderTest(t), filepath.Join(n.links, "gpq"))
		out, err := exec.Command(filepath.Join(n.bin, "npm"), "--version").Output()
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		n.version = strings.TrimSpace(string(out))
		n.major, _, _ = strings.Cut(n.version, ".")
		all = append(all, n)
	}
	return all
}

// gpqUnderTest is this very program, or the built one that GPQ_UNDER_TEST names.
func gpqUnderTest(t *testing.T) string {
	if f := os.Getenv("GPQ_UNDER_TEST"); f != "" {
		return f
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// shelf is the registry, and what all commands of one npm share.
type shelf struct {
	npmUnderTest
	registry *registrytest.Server
	dir      string
	env      []string
	fixtures map[string]string // folders to copy, by name
}

// recorder is loaded into every node: it notes which npm was started.
const recorder = `const a = process.argv
if (/np[mx]-cli\.js$|\/np[mx]$/.test(a[1] || '') && process.env.NPM_STARTS) require('fs').appendFileSync(process.env.NPM_STARTS, a.slice(1).join(' ') + '\n')
`

func newShelf(t *testing.T, npm npmUnderTest, opts registrytest.Options) *shelf {
	t.Helper()
	packages, err := registrytest.Load(filepath.Join("testdata", "commands"), filepath.Join("..", "..", "testdata", "registry"))
	if err != nil {
		t.Fatal(err)
	}
	opts.Packages = append(opts.Packages, packages...)
	world, err := attesttest.New("commands", time.Now().AddDate(-12, 0, 0), time.Now().AddDate(3, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	root, err := world.TrustedRoot()
	if err != nil {
		t.Fatal(err)
	}
	opts.Sign = world.Sign
	s := &shelf{npmUnderTest: npm, dir: t.TempDir(), fixtures: map[string]string{}}
	if s.registry, err = registrytest.Start(opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.registry.Close)
	write(t, filepath.Join(s.dir, "keys.json"), string(s.registry.Keys()))
	write(t, filepath.Join(s.dir, "root.json"), string(root))
	write(t, filepath.Join(s.dir, "record.cjs"), recorder)
	s.env = []string{
		"PATH=" + npm.bin + ":" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=xterm", "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
		"GPQ_CACHE_DIR=" + filepath.Join(s.dir, "gpq-cache"), "GPQ_CONFIG_DIR=" + filepath.Join(s.dir, "gpq-config"),
		"GPQ_TRUSTED_ROOT=" + filepath.Join(s.dir, "root.json"), "GPQ_REGISTRY_KEYS=" + filepath.Join(s.dir, "keys.json"), "GPQ_OSV_URL=" + s.registry.URL, "GPQ_DOWNLOADS_URL=" + s.registry.URL,
		"GPQ_RDAP_URL=", "GPQ_DNS_SERVER=", "NODE_OPTIONS=--require=" + filepath.Join(s.dir, "record.cjs"),
		"npm_config_globalconfig=" + filepath.Join(s.dir, "no-npmrc"),
	}
	return s
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// room is one machine's worth of folders, always at the same path: home,
// project and npm's global prefix.
type room struct {
	*shelf
	t     *testing.T
	dir   string
	extra []string
	cwd   string // below project
}

func (s *shelf) room(t *testing.T, fixture string, extra ...string) *room {
	t.Helper()
	r := &room{shelf: s, t: t, dir: filepath.Join(t.TempDir(), "w")}
	for _, kv := range extra {
		r.extra = append(r.extra, strings.ReplaceAll(kv, "{REGISTRY}", s.registry.URL))
	}
	r.reset(fixture)
	return r
}

// reset makes the folders what they were.
func (r *room) reset(fixture string) {
	r.t.Helper()
	if err := os.RemoveAll(r.dir); err != nil {
		r.t.Fatal(err)
	}
	if from := r.fixtures[fixture]; from != "" {
		if out, err := exec.Command("cp", "-a", from, r.dir).CombinedOutput(); err != nil {
			r.t.Fatalf("%v %s", err, out)
		}
	}
	for _, d := range []string{"home", "project", "global/lib", "global/bin"} {
		if err := os.MkdirAll(filepath.Join(r.dir, d), 0o755); err != nil {
			r.t.Fatal(err)
		}
	}
	write(r.t, filepath.Join(r.dir, "home", ".npmrc"), "registry="+r.registry.URL+"\naudit=false\nfund=false\nupdate-notifier=false\nfetch-retries=0\n")
}

func (r *room) at(names ...string) string { return filepath.Join(append([]string{r.dir}, names...)...) }

// ended is how a command ended.
type ended struct {
	code     int
	out, err string
}

func (e ended) String() string {
	return fmt.Sprintf("exit %d\n--stdout\n%s\n--stderr\n%s", e.code, e.out, e.err)
}

// run runs a command in the project's folder.
func (r *room) run(env []string, name string, words ...string) ended {
	r.t.Helper()
	cmd := exec.Command(name, words...)
	cmd.Dir = r.at("project", r.cwd)
	cmd.Env = append(append(append([]string{}, r.env...),
		"HOME="+r.at("home"), "MARK="+r.at("mark"), "NPM_STARTS="+r.at("starts"),
		"npm_config_prefix="+r.at("global"), "npm_config_cache="+r.at("home", "npm-cache")), append(r.extra, env...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 5 * time.Second
	timer := time.AfterFunc(100*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatalf("%s: %v", name, err)
	}
	return ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// plainAgent marks the requests of an npm that is not behind gpq.
const plainAgent = "npm_config_user_agent=plain"

// npm runs the real one.
func (r *room) npm(words ...string) ended {
	r.t.Helper()
	return r.run([]string{plainAgent}, filepath.Join(r.bin, "npm"), words...)
}

// starts are the npms that were started.
func (r *room) starts() string {
	text, _ := os.ReadFile(r.at("starts"))
	return string(text)
}

func (r *room) marked() bool {
	_, err := os.Stat(r.at("mark"))
	return err == nil
}

// passing says how long things took, and which run it was.
var passing = regexp.MustCompile(`in \d+(\.\d+)? ?(ms|s|m)\b|\d{4}-\d\d-\d\dT[\d_:.]+Z`)

func timeless(s string) string { return passing.ReplaceAllString(s, "…") }

// snapshot is everything that lies in project, global prefix and npx's cache.
func (r *room) snapshot() map[string]string {
	r.t.Helper()
	all := map[string]string{}
	for _, part := range []string{"project", "global", "home/npm-cache/_npx"} {
		root := r.at(part)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			name, err := filepath.Rel(r.dir, path)
			if err != nil {
				return err
			}
			all[name], err = describe(path, d)
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return all
}

func describe(path string, d fs.DirEntry) (string, error) {
	info, err := d.Info()
	if err != nil {
		return "", err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		to, err := os.Readlink(path)
		return "-> " + to, err
	case info.Mode().IsRegular():
		data, err := os.ReadFile(path)
		if len(data) > 3000 {
			return fmt.Sprintf("%v %d bytes %x", info.Mode(), len(data), sha256.Sum256(data)), err
		}
		return fmt.Sprintf("%v %s", info.Mode(), data), err
	}
	return info.Mode().String(), nil
}

// differences between two snapshots, for people.
func differences(want, got map[string]string) string {
	names := map[string]bool{}
	for n := range want {
		names[n] = true
	}
	for n := range got {
		names[n] = true
	}
	var lines []string
	for n := range names {
		if want[n] != got[n] {
			lines = append(lines, fmt.Sprintf("%s:\n  want %.400s\n  got  %.400s", n, want[n], got[n]))
		}
	}
	sort.Strings(lines)
	if len(lines) > 4 {
		lines = append(lines[:4], fmt.Sprintf("… and %d more", len(lines)-4))
	}
	return strings.Join(lines, "\n")
}
