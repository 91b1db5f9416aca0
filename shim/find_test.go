package shim

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const sh = "#!/bin/sh\n"

func real(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFind(t *testing.T) {
	d := real(t)
	self := write(t, d+"/opt/gpq", "\x7fELF gpq", 0o755)
	bin := fakeNPM(t, d+"/node", "11.2.3", sh)
	link(t, self, d+"/links/npm")
	link(t, d+"/links/npm", d+"/links2/npm")
	write(t, d+"/old/gpq", "\x7fELF another", 0o755)
	link(t, d+"/old/gpq", d+"/oldlink/npm")
	write(t, d+"/script/npm", sh+"# "+Marker+"\nexec gpq npm \"$@\"\n", 0o755)
	write(t, d+"/dir/npm/x", "", 0o644)
	write(t, d+"/noexec/npm", sh, 0o644)
	link(t, d+"/nowhere", d+"/broken/npm")
	write(t, d+"/p/node_modules/.bin/npm", sh, 0o755)
	copied, _ := os.Executable()
	b, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d+"/hard/npm", "", 0o755)
	_ = os.Remove(d + "/hard/npm")
	if err := os.Link(self, d+"/hard/npm"); err != nil {
		t.Fatal(err)
	}
	_ = b
	path := strings.Join([]string{"", "rel", d + "/links", d + "/links2", d + "/oldlink", d + "/script", d + "/dir", d + "/noexec", d + "/broken", d + "/p/node_modules/.bin", d + "/hard", d + "/missing", bin}, ":")
	w := World{Env: []string{"PATH=/nothing", "PATH=" + path}, Dir: d, Self: self, PID: 7}
	npm, err := Find("npm", w)
	if err != nil {
		t.Fatal(err)
	}
	if npm.Path != bin+"/npm" || npm.Version != "11.2.3" || npm.Manager != "" || npm.hops != "" {
		t.Errorf("found %+v", npm)
	}
	_, passed := FindAll("npm", w)
	if len(passed) != 9 {
		t.Errorf("passed over %d: %v", len(passed), passed)
	}
	npx, err := Find("npx", w)
	if err != nil || npx.Path != d+"/node/lib/node_modules/npm/bin/npx-cli.js" || npx.Version != "11.2.3" {
		t.Errorf("npx beside npm: %+v, %v", npx, err)
	}
}

func TestFindNone(t *testing.T) {
	d := real(t)
	self := write(t, d+"/gpq", "\x7fELF", 0o755)
	link(t, self, d+"/links/npm")
	for name, env := range map[string]string{"none": "PATH=" + d, "only gpq": "PATH=" + d + "/links", "given": "GPQ_NPM=" + d + "/links/npm", "given nowhere": "GPQ_NPM=nowhere", "no path": "X=1"} {
		_, err := Find("npm", World{Env: []string{env}, Dir: d, Self: self})
		var none *NotFoundError
		if !errors.As(err, &none) || none.Hint() == "" || none.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	given := write(t, d+"/my/npm", sh, 0o755)
	if npm, err := Find("npm", World{Env: []string{"GPQ_NPM=my/npm"}, Dir: d, Self: self}); err != nil || npm.Path != given {
		t.Errorf("GPQ_NPM: %+v, %v", npm, err)
	}
}

func TestManagers(t *testing.T) {
	d := real(t)
	for dir, want := range map[string]string{"/.asdf/shims": "asdf", "/.local/share/mise/shims": "mise", "/.volta/bin": "volta", "/.nodenv/shims": "nodenv", "/.proto/shims": "proto", "/.nvm/versions/node/v20/bin": "", "/.local/state/fnm_multishells/1_2/bin": ""} {
		write(t, d+dir+"/npm", sh, 0o755)
		npm, err := Find("npm", World{Env: []string{"PATH=" + d + dir}})
		if err != nil || npm.Manager != want {
			t.Errorf("%s: manager %q, want %q (%v)", dir, npm.Manager, want, err)
		}
	}
	write(t, d+"/custom/npm", "#!/usr/bin/env bash\nexec /opt/x/asdf exec \"npm\" \"$@\"\n", 0o755)
	if npm, _ := Find("npm", World{Env: []string{"PATH=" + d + "/custom"}}); npm.Manager != "asdf" {
		t.Errorf("an asdf script elsewhere is not known: %+v", npm)
	}
}

// TestLoopByExec: a shim that looks along PATH and execs what it finds, gpq again; then the next npm is taken.
func TestLoopByExec(t *testing.T) {
	d := real(t)
	self, _ := os.Executable()
	link(t, self, d+"/gpq/npm")
	write(t, d+"/.asdf/shims/npm", sh+"echo shim; exec npm \"$@\"\n", 0o755)
	bin := fakeNPM(t, d+"/node", "11.0.0", sh+"echo real $# $GPQ_HOPS\n")
	out, err := standInCommand(t, "become", d+"/gpq:"+d+"/.asdf/shims:"+bin, "ls", "--depth=0").CombinedOutput()
	if err != nil || string(out) != "shim\nreal 2\n" {
		t.Errorf("%v: %s", err, out)
	}
	out, err = standInCommand(t, "become", d+"/gpq:"+d+"/.asdf/shims", "ls").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no real npm") {
		t.Errorf("a shim that leads nowhere: %v: %s", err, out)
	}
}

// TestLoopByChild: the same through children, where the process number does not tell.
func TestLoopByChild(t *testing.T) {
	d := real(t)
	self, _ := os.Executable()
	link(t, self, d+"/gpq/npm")
	write(t, d+"/.volta/bin/npm", sh+"echo shim; npm \"$@\"\n", 0o755)
	out, err := standInCommand(t, "run", d+"/gpq:"+d+"/.volta/bin", "ls").CombinedOutput()
	if err == nil || strings.Count(string(out), "shim") != maxHops+1 || !strings.Contains(string(out), "leads back to gpq") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestHopsOfAnotherCall(t *testing.T) {
	w := World{Dir: "/a", PID: 5, Args: []string{"ci"}}
	next, _, err := w.hops()
	if err != nil {
		t.Fatal(err)
	}
	w.Env = []string{hopsKey + "=" + next + "|/s/npm"}
	if _, tried, _ := w.hops(); len(tried) != 1 {
		t.Error("the same process does not know what it tried")
	}
	for i, other := range []World{{Dir: "/b", PID: 5, Args: w.Args}, {Dir: "/a", PID: 5}, {Dir: "/a", PID: 6, Args: w.Args}} {
		other.Env = w.Env
		if _, tried, err := other.hops(); len(tried) != 0 || err != nil {
			t.Errorf("%d: another call is taken for a loop: %v", i, err)
		}
	}
	w.Env = []string{hopsKey + "=junk|x", "npm_lifecycle_event=a"}
	if next, tried, err := w.hops(); err != nil || len(tried) > 0 || !strings.HasPrefix(next, "5:1:") {
		t.Errorf("junk: %s %v %v", next, tried, err)
	}
}

func TestLearn(t *testing.T) {
	d := real(t)
	asked := d + "/asked"
	bin := fakeNPM(t, d+"/node", "11.2.3", "#!/usr/bin/env node\n")
	node := write(t, bin+"/node", sh+"echo x >> "+asked+"\necho v22.1.0\n", 0o755)
	w := World{Env: []string{"PATH=" + bin + ":/usr/bin:/bin"}, Dir: d}
	npm, err := Find("npm", w)
	if err != nil {
		t.Fatal(err)
	}
	times := func() int { b, _ := os.ReadFile(asked); return len(b) / 2 }
	for range 3 {
		v, err := Learn(context.Background(), npm, w, d+"/cache")
		if err != nil || v != (Versions{"11.2.3", "22.1.0"}) {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	if times() != 1 {
		t.Errorf("node was asked %d times, want once", times())
	}
	write(t, node, sh+"echo x >> "+asked+"\necho v24.10.0\n", 0o755)
	if v, _ := Learn(context.Background(), npm, w, d+"/cache"); v.Node != "24.10.0" {
		t.Errorf("a changed node is not asked: %+v", v)
	}
	write(t, d+"/cache/versions.json", "{", 0o600)
	if v, err := Learn(context.Background(), npm, w, d+"/cache"); err != nil || v.Node != "24.10.0" {
		t.Errorf("a broken cache: %+v, %v", v, err)
	}
}

// TestLearnManaged: what a version manager's shim leads to is asked each time, for both versions at once.
func TestLearnManaged(t *testing.T) {
	d := real(t)
	write(t, d+"/.volta/bin/npm", sh+"test \"$*\" = '--versions --json' && cat version\n", 0o755)
	w := World{Env: []string{"PATH=" + d + "/.volta/bin:/usr/bin:/bin"}, Dir: d}
	npm, err := Find("npm", w)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		write(t, d+"/version", `{"npm":"1`+strconv.Itoa(i)+`.0.0","node":"2`+strconv.Itoa(i)+`.0.0"}`, 0o644)
		v, err := Learn(context.Background(), npm, w, d+"/cache")
		if err != nil || v.NPM != "1"+strconv.Itoa(i)+".0.0" || v.Node != "2"+strconv.Itoa(i)+".0.0" {
			t.Errorf("%+v, %v", v, err)
		}
	}
	write(t, d+"/version", `{}`, 0o644)
	if _, err := Learn(context.Background(), npm, w, ""); err == nil {
		t.Error("no version is no error")
	}
}

// TestLearnWrapped: a script of somebody's own is not run for its version where PATH has the npm behind it; where it has
// none, the script is asked; one that says nothing does not stop anything.
func TestLearnWrapped(t *testing.T) {
	d := real(t)
	wrapper := write(t, d+"/own/npm", sh+"echo ran >> ran\ntest -f version && read -r line < version && echo \"$line\"\nexit 0\n", 0o755)
	bin := fakeNPM(t, d+"/node", "11.2.3", sh)
	write(t, bin+"/node", sh+"echo v22.1.0\n", 0o755)
	learn := func(path string) Versions {
		t.Helper()
		w := World{Env: []string{"GPQ_NPM=" + wrapper, "PATH=" + path + ":/usr/bin:/bin"}, Dir: d}
		npm, err := Find("npm", w)
		if err != nil {
			t.Fatal(err)
		}
		w.Env[1] = "PATH=" + path // the tools of this machine out of sight
		v, err := Learn(context.Background(), npm, w, "")
		if err != nil {
			t.Errorf("with %s: %v", path, err)
		}
		return v
	}
	if v := learn(bin); v != (Versions{"11.2.3", "22.1.0"}) {
		t.Errorf("with an npm behind it: %+v", v)
	}
	if _, err := os.Stat(d + "/ran"); err == nil {
		t.Error("the script was run for its version")
	}
	if v := learn(d + "/empty"); v.NPM == "" || v.Node != "" {
		t.Errorf("of a silent script: %+v", v)
	}
	write(t, d+"/version", `{"npm":"10.1.0","node":"20.1.0"}`+"\n", 0o644)
	if v := learn(d + "/empty"); v != (Versions{"10.1.0", "20.1.0"}) {
		t.Errorf("of a script that says its version: %+v", v)
	}
}

func TestRealNPM(t *testing.T) {
	w := World{Env: os.Environ(), Dir: t.TempDir()}
	npm, err := Find("npm", w)
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: no npm on PATH: ", err)
	}
	v, err := Learn(context.Background(), npm, w, t.TempDir())
	if err != nil || v.NPM == "" || v.Node == "" {
		t.Errorf("%+v: %+v, %v", npm, v, err)
	}
	t.Logf("%s is npm %s on node %s", npm.Path, v.NPM, v.Node)
}
