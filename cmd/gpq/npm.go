package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gpq/prompt/report"
	"gpq/shim"
	"gpq/shim/argv"
)

// npm stands in npm's (or npx's) place for one command line: what fetches
// nothing becomes the real one at once, everything else is judged first.
func (p *process) npm(ctx context.Context, call shim.Call) int {
	world := p.shimWorld(call.Args)
	upper, nested := shim.AskUpper(world)
	if nested { // one of npm's own scripts calls npm: as strict as above, and GPQ_OFF may be a package's
		p.env = upper.Restore(p.env)
		world.Env = p.env
		call.Own.Strict = call.Own.Strict || upper.Strict
		call.Own.Off = false
	}
	tool, err := shim.Find(call.Name(), world)
	if err != nil {
		return p.fail(exitNoNPM, err, hintOf(err))
	}
	if call.Own.Off {
		p.say("off: npm runs unchecked, because GPQ_OFF is set")
		return p.settle(becameNot(tool.BecomeUnchecked(call.Args, p.env)))
	}
	cmd := call.Parse(tool, world, p.home())
	if cmd.MayFetch() && tool.Version == "" { // behind a version manager: ask it, and read again
		if v, err := shim.Learn(ctx, tool, world, p.cacheDir()); err == nil {
			known := tool
			known.Version = v.NPM
			cmd = call.Parse(known, world, p.home())
		}
	}
	if !cmd.MayFetch() {
		return p.settle(becameNot(tool.Become(cmd, p.env)))
	}
	if word, ok := meant(p.args, cmd); ok {
		p.say("neither gpq nor this npm has a command %q: is gpq %s meant?", report.Escape(cmd.Verb), word)
	}
	// Given back only where npm takes over: the hang-up that ended the question
	// may reach us while the refusal is being said, and must not outrun its code.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return p.judged(ctx, job{own: call.Own, cmd: cmd, tool: tool, upper: upper}, stop)
}

// meant is the word of gpq's own that was probably meant by a command nobody knows, where gpq was called by its own name.
func meant(args []string, cmd argv.Command) (string, bool) {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	if cmd.Class != argv.Unknown || cmd.Verb == "" || name == "npm" || name == "npx" || slices.Contains(args[1:], "npm") {
		return "", false
	}
	i := slices.IndexFunc(shim.OwnWords(), func(w string) bool { return near(cmd.Verb, w) })
	if i < 0 {
		return "", false
	}
	return shim.OwnWords()[i], true
}

// near says whether a letter more, less or other, or two that have changed places, is all that lies between two words.
func near(a, b string) bool {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// job is one npm command to be judged.
type job struct {
	own   argv.Own
	cmd   argv.Command
	tool  shim.Tool
	upper shim.Session // of the gpq above, where npm's own script called this one
}

// hintOf is what an error says can be done.
func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// becameNot: execve came back. A shell says 126 for what cannot be run.
func becameNot(err error) error { return &exitError{126, err, ""} }
