package guard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"gpq/resolver"
	"gpq/resolver/registrytest"
)

// npms are the real npms to test with: the one on PATH, and those that
// GPQ_EXTRA_NPMS lists (npm's files, or the folders of npm's package, as in
// PATH).
func npms(t *testing.T) map[string][]string {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal("no npm on PATH, and GPQ_REQUIRE_NPM=1")
		}
		t.Skip("NO NPM ON PATH: nothing is tested against the real npm")
	}
	all := map[string][]string{}
	for i, p := range append([]string{path}, filepath.SplitList(os.Getenv("GPQ_EXTRA_NPMS"))...) {
		if cli := filepath.Join(p, "bin", "npm-cli.js"); exists(cli) {
			p = cli
		}
		command := []string{p}
		if strings.HasSuffix(p, ".js") {
			command = []string{"node", p}
		}
		out, err := exec.CommandContext(t.Context(), command[0], append(command[1:], "--version")...).Output()
		if err != nil {
			t.Fatalf("%s --version: %v", p, err)
		}
		all[fmt.Sprintf("%d-npm-%s", i, strings.TrimSpace(string(out)))] = command
	}
	if len(all) == 1 {
		t.Log("GPQ_EXTRA_NPMS names no other npm: only the one on PATH is tested")
	}
	return all
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// place is a folder with its own home, cache and settings, and one npm.
type place struct {
	t     *testing.T
	npm   []string
	dir   string
	env   []string
	guard *Guard // nil: plain npm
}

// newPlace makes a place whose .npmrc has these lines.
func newPlace(t *testing.T, npm []string, npmrc ...string) *place {
	t.Helper()
	root := t.TempDir()
	p := &place{t: t, npm: npm, dir: filepath.Join(root, "project")}
	p.write("package.json", `{"name": "project", "version": "1.0.0"}`+"\n")
	rc := filepath.Join(root, "npmrc")
	lines := append([]string{"audit=false", "fund=false", "update-notifier=false", "fetch-retries=0"}, npmrc...)
	if err := os.WriteFile(rc, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(strings.ToLower(e), "npm_") {
			p.env = append(p.env, e)
		}
	}
	p.env = append(p.env, "HOME="+root, "npm_config_userconfig="+rc, "npm_config_globalconfig="+rc+"-global",
		"npm_config_cache="+filepath.Join(root, "cache"), "npm_config_prefix="+filepath.Join(root, "global"))
	return p
}

func (p *place) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// run runs npm and gives its standard output and everything it said.
func (p *place) run(args ...string) (stdout, all string, err error) {
	p.t.Helper()
	env := p.env
	if p.guard != nil {
		args, env = p.guard.Args(args), p.guard.Env(env)
	}
	c := exec.CommandContext(p.t.Context(), p.npm[0], append(p.npm[1:len(p.npm):len(p.npm)], args...)...)
	c.Dir, c.Env = p.dir, env
	var out bytes.Buffer
	var both shared
	c.Stdout, c.Stderr = io.MultiWriter(&out, &both), &both
	err = c.Run()
	return out.String(), both.text.String(), err
}

// shared is written to by both of os/exec's goroutines.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *shared) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

// must runs npm, which must succeed.
func (p *place) must(args ...string) string {
	p.t.Helper()
	out, all, err := p.run(args...)
	if err != nil {
		p.t.Fatalf("npm %s: %v\n%s", strings.Join(args, " "), err, all)
	}
	return out
}

// tree is everything in the project folder: path, mode, content.
func (p *place) tree(folder string) string {
	p.t.Helper()
	var lines []string
	root := filepath.Join(p.dir, folder)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			content, err = os.Readlink(path)
		case info.Mode().IsRegular():
			var data []byte
			data, err = os.ReadFile(path)
			content = fmt.Sprintf("%q", data)
		}
		name, _ := filepath.Rel(root, path)
		lines = append(lines, fmt.Sprintf("%s %v %s", name, info.Mode(), content))
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// pair is the same place twice: plain npm, and npm behind a guard.
func pair(t *testing.T, npm []string, h *house, npmrc ...string) (plain, guarded *place) {
	t.Helper()
	npmrc = append([]string{"registry=" + h.fake.URL}, npmrc...)
	plain, guarded = newPlace(t, npm, npmrc...), newPlace(t, npm, npmrc...)
	guarded.guard = h.Guard
	return plain, guarded
}

// equal compares what two places have become.
func equal(t *testing.T, plain, guarded *place) {
	t.Helper()
	a, b := strings.Split(plain.tree("."), "\n"), strings.Split(guarded.tree("."), "\n")
	for i := 0; i < max(len(a), len(b)); i++ {
		x, y := "", ""
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			t.Fatalf("the folders differ:\nplain   %s\nguarded %s", x, y)
		}
	}
}

// clearedLike admits what stands in a lockfile, as if it had been checked.
func clearedLike(h *house) func(context.Context, resolver.Package) error {
	return func(_ context.Context, p resolver.Package) error {
		if artefact(h.fake, p.Name, p.Version) != p {
			return errors.New("no such artefact")
		}
		return nil
	}
}

// telling are the stories in which npms are known to differ: the others are
// told to the npm on PATH alone.
var telling = map[string]bool{"install": true, "ci": true, "unresolved": true, "flags": true, "update": true}

// What npm leaves behind must be the same, byte for byte, with and without a
// guard.
func TestSameAsPlainNpm(t *testing.T) {
	stories := map[string][][]string{
		"install":     {{"install", "top", "plugin", "native@1.0.0", "platform", "carrier"}},
		"alias":       {{"install", "other@npm:plain@1.0.0", "@scope/tool"}},
		"dev, exact":  {{"install", "-DE", "twice@next", "deep-a"}},
		"in steps":    {{"install", "top@1.0.0"}, {"install", "top@latest"}, {"uninstall", "top"}},
		"update":      {{"install", "twice@1.0.0", "plain@1.0.0", "--save-prefix=^"}, {"update"}},
		"dedupe":      {{"install", "side", "twice@2"}, {"dedupe"}},
		"no lockfile": {{"install", "top", "--no-package-lock"}},
		"lock only":   {{"install", "deep-a", "--package-lock-only"}, {"ci"}},
		"ci":          {{"install", "top", "--ignore-scripts"}, {"ci"}},
		"unresolved":  {{"install", "top", "--omit-lockfile-registry-resolved"}, {"ci", "--cache=fresh-cache"}, {"pack", "plain"}},
		"before":      {{"install", "twice", "--before=2999-01-01"}},
		"flags":       {{"install", "plain", "--registry=http://127.0.0.1:1/", "--offline", "--noproxy=x"}},
	}
	for version, npm := range npms(t) {
		for name, commands := range stories {
			for form, fake := range map[string]registrytest.Options{"short": {}, "full": {FullOnly: true}, "more": {AlsoShort: []string{"license"}}} {
				if form != "short" && name != "install" || !strings.HasPrefix(version, "0-") && !telling[name] {
					continue
				}
				t.Run(version+"/"+name+"/"+form, func(t *testing.T) {
					t.Parallel()
					h := build(t, plan{fake: fake, admit: everything})
					h.opts.Admit = clearedLike(h)
					plain, guarded := pair(t, npm, h)
					for _, args := range commands {
						guarded.must(args...)
						plain.must(withoutTraps(args)...)
					}
					for _, p := range []*place{plain, guarded} {
						_ = os.RemoveAll(filepath.Join(p.dir, "fresh-cache"))
					}
					equal(t, plain, guarded)
					if c := h.Counts(); c.Refused != 0 || c.Packuments == 0 && c.Tarballs == 0 {
						t.Errorf("counts %+v", c)
					}
				})
			}
		}
	}
}

// withoutTraps leaves out the flags that plain npm could not work with.
func withoutTraps(args []string) []string {
	var out []string
	for _, a := range args {
		if !strings.HasPrefix(a, "--registry=") && a != "--offline" && !strings.HasPrefix(a, "--noproxy") {
			out = append(out, a)
		}
	}
	return out
}
