package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// unpacker unpacks archives with npm's own code, and tells what npm acts on.
const unpacker = `
const [npm, dir] = process.argv.slice(1), fs = require('fs'), path = require('path')
const pacote = require(path.join(npm, 'node_modules/pacote'))
let fail = () => {}
process.on('uncaughtException', e => fail(e)) // npm's unpacking throws where nobody catches
process.on('unhandledRejection', e => fail(e))
const text = f => { try { return fs.readFileSync(f, 'latin1') } catch { return '' } }
;(async () => {
  const out = {}
  for (const file of fs.readdirSync(dir).filter(f => f.endsWith('.tgz'))) {
    const to = path.join(dir, file + '.d')
    try {
      await new Promise((done, stop) => {
        fail = stop
        setTimeout(stop, 10000) // and sometimes it never ends
        pacote.extract('file:' + path.join(dir, file), to, { cache: path.join(dir, 'cache') }).then(done, stop)
      })
      out[file] = { package: text(to + '/package.json'), gyp: text(to + '/binding.gyp'), shrinkwrap: text(to + '/npm-shrinkwrap.json') }
    } catch { out[file] = { failed: true } }
  }
  fs.writeFileSync(path.join(dir, 'out.json'), JSON.stringify(out))
  process.exit(0)
})()
`

type unpacked struct {
	Package, Gyp, Shrinkwrap string
	Failed                   bool
}

// TestArchivesAsNPM: of every archive that gpq reads, npm unpacks what gpq has
// read. GPQ_ARCHIVES says how many archives of random odds are tried.
func TestArchivesAsNPM(t *testing.T) {
	npm, node := npmFolder(t)
	dir := t.TempDir()
	for i, cases := range []map[string]string{twoMeanings(), oneMeaning(), randomArchives(t)} {
		for name, text := range cases {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, " ", name, ".tgz")), zipped(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", unpacker, npm, dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := os.ReadFile(filepath.Join(dir, "out.json")) //nolint:gosec // made here
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]unpacked
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	read := 0
	for name, want := range all {
		c, err := ReadTarball(filepath.Join(dir, name))
		if err != nil || want.Failed {
			continue
		}
		read++
		if string(c.PackageJSON) != want.Package || string(c.Shrinkwrap) != want.Shrinkwrap || !c.Gypfile && want.Gyp != "" {
			t.Errorf("%s: npm unpacks %+v, gpq reads %s %s %v", name, want, c.PackageJSON, c.Shrinkwrap, c.Gypfile)
		}
	}
	if read < len(oneMeaning()) {
		t.Errorf("only %d of %d archives were read", read, len(all))
	}
}

func npmFolder(t *testing.T) (npm, node string) {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	npm = filepath.Dir(filepath.Dir(path))
	if err == nil {
		_, err = os.Stat(filepath.Join(npm, "node_modules/pacote"))
	}
	if err == nil {
		node, err = exec.LookPath("node")
	}
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal("no npm to compare with:", err)
		}
		t.Skip("SKIPPED: no npm to compare with:", err)
	}
	return npm, node
}

// randomArchives have odd bytes at places that matter, the same at each run
// unless more of them are asked for.
func randomArchives(t *testing.T) map[string]string {
	n, seed := 60, uint64(1)
	if asked, err := strconv.Atoi(os.Getenv("GPQ_ARCHIVES")); err == nil {
		n, seed = asked, rand.Uint64()
		t.Log("seed", seed)
	}
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // for tests
	out := map[string]string{}
	for i := range n {
		var b strings.Builder
		b.WriteString([]string{good, bad}[r.IntN(2)])
		for range 1 + r.IntN(3) {
			b.WriteString(randomEntry(r))
		}
		b.WriteString([]string{good, bad, ""}[r.IntN(3)] + ended)
		out[fmt.Sprint(i)] = b.String()
	}
	return out
}

const oddBytes = "\x00\x01\n 01279xgLKS\x80\xff/"

func randomEntry(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	name := func() string {
		return one(top, "package/x", "package/binding.gyp", "package/npm-shrinkwrap.json", "package/d/", "./package.json", "p//package.json", "pé/package.json", top+"/")
	}
	var e string
	switch r.IntN(6) {
	case 0:
		key := one("path", "path", "size", "linkpath", "mtime", "comment", "SCHILY.xattr.x", "type")
		e = rawPAX("xxxgX"[r.IntN(5)], key, one(name(), "512", fmt.Sprint(len(run)), "a\nb", "x"))
	case 1:
		e = rawEntry("l", "LLKN"[r.IntN(4)], name()+one("\x00", "", "\n"), nil)
	default:
		e = rawEntry(name(), "00000\x00512"[r.IntN(9)], one(shown, run, ""), nil)
	}
	if r.IntN(2) == 0 {
		return e
	}
	b := (*[tarBlock]byte)(bytes.Clone([]byte(e[:tarBlock])))
	for range 1 + r.IntN(2) {
		at := []int{124 + r.IntN(12), 156, 157, 257 + r.IntN(8), 345, 475, 476, 136, 508, r.IntN(24), r.IntN(tarBlock)}[r.IntN(11)]
		b[at] = oddBytes[r.IntN(len(oddBytes))]
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", checksum(b)))
	return string(b[:]) + e[tarBlock:]
}
