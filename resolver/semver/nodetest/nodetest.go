// Package nodetest asks the npm that is installed, in one node process, so
// that tests can hold our answers against its own. It is for tests alone.
package nodetest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// NPM is one npm on this machine.
type NPM struct {
	Dir     string // its package folder; dependencies are in node_modules below
	Version string
	node    string
}

// Major is the version's first number, as text.
func (n NPM) Major() string { return strings.SplitN(n.Version, ".", 2)[0] }

// Installed gives the npm on PATH, and those in the folders GPQ_EXTRA_NPMS lists
// (separated as PATH is). Without node or npm the test is skipped, or fails
// where GPQ_REQUIRE_NPM is 1.
func Installed(t testing.TB) []NPM {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "no node on PATH")
	}
	var dirs []string
	if bin, err := exec.LookPath("npm"); err == nil {
		if real, err := filepath.EvalSymlinks(bin); err == nil {
			dirs = append(dirs, filepath.Dir(filepath.Dir(real)))
		}
	}
	dirs = append(dirs, filepath.SplitList(os.Getenv("GPQ_EXTRA_NPMS"))...)
	var all []NPM
	for _, dir := range dirs {
		if n, ok := read(dir, node); ok {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		missing(t, "no npm on PATH")
	}
	return all
}

func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
		t.Fatalf("GPQ_REQUIRE_NPM=1 and %s", why)
	}
	t.Skipf("SKIPPED: %s; nothing was compared with the real npm", why)
}

func read(dir, node string) (NPM, bool) {
	b, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return NPM{}, false
	}
	var p struct{ Name, Version string }
	if json.Unmarshal(b, &p) != nil || p.Name != "npm" {
		return NPM{}, false
	}
	return NPM{Dir: dir, Version: p.Version, node: node}, true
}

// Run runs a script that sees «input», the value of in, and «need», which
// loads one of npm's own modules by name. What the script returns is decoded
// into out.
func (n NPM) Run(t testing.TB, script string, in, out any) {
	t.Helper()
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	const frame = `
const dir = process.argv[1]
const need = m => require(m.startsWith('.') ? dir + '/' + m : dir + '/node_modules/' + m)
let input = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const main = async () => {`
	const end = `
}
main().then(r => require('fs').writeFileSync(1, JSON.stringify(r)), e => { console.error(e); process.exit(1) })`
	cmd := exec.Command(n.node, "-e", frame+script+end, n.Dir)
	cmd.Stdin = bytes.NewReader(data)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(3*time.Minute, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	stop.Stop()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		t.Fatalf("node's answer: %v\n%.2000s", err, stdout.String())
	}
}
