//go:build unix

package shim

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const tellsAll = `#!/usr/bin/env node
const fs = require('fs')
fs.writeFileSync(process.env.OUT, JSON.stringify({argv: process.argv.slice(2), exec: process.execArgv, main: require.main === module,
  file: process.argv[1], a: process.env.A, b: process.env.B, c: process.env.C ?? null, held: Boolean(globalThis.held), command: globalThis.command,
  open: process.platform !== 'linux' ? [] : fs.readdirSync('/proc/self/fd').filter((n) => { try { return fs.readlinkSync('/proc/self/fd/' + n).startsWith('pipe:') && n > 2 && n < 5 } catch { return false } })}))
process.exit(7)
`

// held lays out an npm whose files say that they were read, and its node.
func held(t *testing.T, script string) (Tool, World, Child, string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: no node")
	}
	d := real(t)
	bin := fakeNPM(t, d, "11.0.0", script)
	write(t, d+"/lib/node_modules/npm/lib/npm.js", "globalThis.held = true; require('fs').writeFileSync(process.env.OUT + '.read', '')", 0o644)
	write(t, d+"/lib/node_modules/npm/lib/commands/install.js", "globalThis.command = 'install'", 0o644)
	env := []string{"PATH=" + bin + ":" + filepath.Dir(node) + ":/usr/bin:/bin", "HOME=" + d, "OUT=" + d + "/out", "A=before", "B=gone"}
	w := World{Env: env, Dir: d}
	npm, err := Find("npm", w)
	if err != nil {
		t.Fatal(err)
	}
	return npm, w, Child{Env: env, Dir: d, Stdout: os.Stdout, Stderr: os.Stderr}, d + "/out"
}

func text(file string) string {
	b, _ := os.ReadFile(file) //nolint:gosec // the test's own
	return string(b)
}

// TestHeldGoesOn: npm finds everything as if it had been started then.
func TestHeldGoesOn(t *testing.T) {
	npm, w, c, out := held(t, tellsAll)
	h := npm.Hold(w, "install", c)
	if h == nil {
		t.Fatal("not held")
	}
	process, folder := h.cmd.Process.Pid, h.folder
	c.Held, c.Args = h, []string{"install", "a b", "", "é\n"}
	c.Env = []string{w.Env[0], w.Env[1], w.Env[2], "A=after=all", "C=", "A=after"}
	res, err := npm.Run(context.Background(), c)
	want := `{"argv":["install","a b","","é\n"],"exec":[],"main":true,"file":"` + npm.Path + `","a":"after","c":"","held":true,"command":"install","open":[]}`
	if got := text(out); err != nil || res.Code != 7 || got != want {
		t.Errorf("%v %v\n got %s\nwant %s", res, err, got, want)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the script is left behind")
	}
	if syscall.Kill(process, 0) == nil {
		t.Error("still there")
	}
	h.Drop()
}

const worksBeside = `#!/usr/bin/env node
const { Worker } = require('worker_threads')
const w = new Worker("require('fs').writeFileSync(process.env.OUT, 'worked')", { eval: true })
w.on('exit', (code) => process.exit(code === 0 ? 7 : 8))
`

// TestHeldWorkers: a worker of npm's is not held once more.
func TestHeldWorkers(t *testing.T) {
	npm, w, c, out := held(t, worksBeside)
	c.Held, c.Args = npm.Hold(w, "install", c), []string{"install"}
	res, err := npm.Run(context.Background(), c)
	if got := text(out); err != nil || res.Code != 7 || got != "worked" {
		t.Errorf("%v %v %q", res, err, got)
	}
}

// TestHeldWithoutWord: npm never begins, whoever ends the wait.
func TestHeldWithoutWord(t *testing.T) {
	for name, end := range map[string]func(*Held){
		"dropped": (*Held).Drop,
		"no word": func(h *Held) { _ = h.word.Close(); <-h.ended; h.clear() },
		"half a word": func(h *Held) {
			_, _ = h.word.WriteString(`{"args":["install"],"set":{`)
			_ = h.word.Close()
			<-h.ended
			h.clear()
		},
	} {
		npm, w, c, out := held(t, tellsAll)
		c.Stderr, c.Stdout = nil, nil
		h := npm.Hold(w, "install", c)
		for range 1000 { // it has read npm's files, and could go on
			if _, err := os.Stat(out + ".read"); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		end(h)
		if _, err := os.Stat(out + ".read"); err != nil {
			t.Errorf("%s: npm's files were not read", name)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: npm ran", name)
		}
	}
}

// TestHeldGone: what ended before npm began is made up for, once.
func TestHeldGone(t *testing.T) {
	npm, w, c, out := held(t, tellsAll)
	h := npm.Hold(w, "install", c)
	_ = os.Remove(filepath.Join(h.folder, "held.cjs")) // node may or may not have read it
	_ = h.word.Close()
	c.Held, c.Args = h, []string{"install"}
	res, err := npm.Run(context.Background(), c)
	if got := text(out); err != nil || res.Code != 7 || !strings.Contains(got, `"held":false`) {
		t.Errorf("%v %v %s", res, err, got)
	}
}

// TestHeldInterrupted: a signal that ends node before npm began is how npm ended; it is not started for it.
func TestHeldInterrupted(t *testing.T) {
	npm, w, c, out := held(t, tellsAll)
	h := npm.Hold(w, "install", c)
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	c.Held, c.Args = h, []string{"install"}
	res, err := npm.Run(context.Background(), c)
	if err != nil || res.Signal != syscall.SIGTERM || text(out) != "" {
		t.Errorf("%v %v %s", res, err, text(out))
	}
}

// TestNotHeld: what is not plainly node with npm's own script is left to Run.
func TestNotHeld(t *testing.T) {
	npm, w, c, _ := held(t, tellsAll)
	beside := w
	beside.Env = append(w.Env[:len(w.Env):len(w.Env)], "NODE_OPTIONS=--require ./x.cjs")
	other := npm
	other.Version = ""
	shell, sw, sc, _ := held(t, sh+"exit 0\n")
	for name, h := range map[string]*Held{
		"more for node to load": npm.Hold(beside, "install", c), "no npm-cli.js": other.Hold(w, "install", c),
		"a shell's script": shell.Hold(sw, "install", sc), "a folder that is gone": npm.Hold(w, "install", Child{Env: c.Env, Dir: w.Dir + "/gone"}),
	} {
		if h != nil {
			t.Errorf("%s: held", name)
			h.Drop()
		}
	}
	var none *Held
	none.Drop()
}

// TestNotHeldBeyondABrokenFile: node reads the nearest package.json before any script that is put ahead, and ends with a stack
// trace where that is none. What it would stop at is not held; what is held goes on without a word.
func TestNotHeldBeyondABrokenFile(t *testing.T) {
	for manifest, want := range map[string]bool{"{}": true, `{"name":"a"}`: true, "[]": true, "": false, `{"name":`: false, "{\"a\":1}\x00": false} {
		npm, w, c, _ := held(t, tellsAll)
		c.Dir = real(t) + "/in/it"
		write(t, c.Dir+"/README", "", 0o644)
		write(t, filepath.Dir(c.Dir)+"/package.json", manifest, 0o644)
		said, err := os.Create(w.Dir + "/said")
		if err != nil {
			t.Fatal(err)
		}
		c.Stderr, c.Held, c.Args = said, npm.Hold(w, "install", c), []string{"install"}
		if got := c.Held != nil; got != want {
			t.Errorf("%q: held %v", manifest, got)
		}
		if res, err := npm.Run(context.Background(), c); err != nil || res.Code != 7 {
			t.Errorf("%q: %v %v", manifest, res, err)
		}
		if words := text(w.Dir + "/said"); words != "" {
			t.Errorf("%q: node says %s", manifest, words)
		}
		_ = said.Close()
	}
}

func TestWord(t *testing.T) {
	if w := newWord([]string{"a"}, []string{"A=1", "B=2"}, []string{"B=2", "C=3"}); string(w) != `{"args":["a"],"set":{"C":"3"},"unset":["A"]}` {
		t.Errorf("%s", w)
	}
	for _, bad := range [][2][]string{{{"\xff"}, nil}, {nil, {"A=\xff"}}, {nil, {"\xff=1"}}} {
		if w := newWord(bad[0], nil, bad[1]); w != nil {
			t.Errorf("%q: %s", bad, w)
		}
	}
	if w := newWord(nil, []string{"A=\xff"}, []string{"A=\xff"}); w == nil {
		t.Error("what stays is not told")
	}
}
