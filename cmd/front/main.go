// Front is what install.sh puts into place as gpq: it becomes npm at once for
// what fetches nothing, and hands everything else to gpq-core beside it, which
// is the whole program.
//
// It is a program of its own because every package that is linked in costs time
// at each start, used or not: with the verifier of Sigstore bundles linked in,
// a start takes 6 ms, without it 2 (docs/adr/0004-front.md).
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"gpq/shim"
)

// core is the file beside this one that is the whole of gpq.
const core = "gpq-core"

func main() {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		fail(err)
	}
	becomeNPM(self)
	whole := filepath.Join(filepath.Dir(self), core)
	err = syscall.Exec(whole, os.Args, os.Environ()) //nolint:gosec // the file beside this one
	fail(fmt.Errorf("%s cannot be run: %w: install gpq again", whole, err))
}

// becomeNPM comes back where the whole of gpq is needed: for a line that may
// fetch, for gpq's own words, and for every error, which it words better.
func becomeNPM(self string) {
	dir, err := os.Getwd() // may be by way of a link
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return
	}
	call, err := shim.ReadCall(os.Args, os.Environ())
	if err != nil || !call.NPM() || call.Own.Off {
		return
	}
	world := shim.World{Env: os.Environ(), Dir: dir, Self: self, PID: os.Getpid(), Args: call.Args}
	tool, err := shim.Find(call.Name(), world)
	if err != nil {
		return
	}
	_ = tool.Become(call.Parse(tool, world, os.Getenv("HOME")), os.Environ())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gpq:", err)
	os.Exit(127)
}
