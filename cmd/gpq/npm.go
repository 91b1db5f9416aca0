package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"gpq/shim"
	"gpq/shim/argv"
)

// npm stands in npm's (or npx's) place for one command line: what fetches
// nothing becomes the real one at once, everything else is judged first.
func (p *process) npm(ctx context.Context, own argv.Own, words []string, npx bool) int {
	name := "npm"
	if npx {
		name = "npx"
	}
	tool, err := shim.Find(name, p.shimWorld(words))
	if err != nil {
		return p.fail(exitNoNPM, err, hintOf(err))
	}
	cmd := argv.Parse(words, argv.Options{
		NPM: tool.Version, Npx: npx, Dir: p.dir, Home: p.home(), Env: p.env, InWorkspace: p.inWorkspace,
	})
	if own.Off {
		p.say("off: npm runs unchecked, because GPQ_OFF is set")
		return p.settle(becameNot(tool.BecomeUnchecked(words, p.env)))
	}
	if !cmd.MayFetch() {
		return p.settle(becameNot(tool.Become(cmd, p.env)))
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return p.judged(ctx, own, cmd, tool, stop)
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

// inWorkspace says whether the working folder lies below a package.json that
// has workspaces: then npm may install for commands that else do not.
func (p *process) inWorkspace() bool {
	for dir := filepath.Dir(p.dir); ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err == nil && strings.Contains(string(text), `"workspaces"`) {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}
