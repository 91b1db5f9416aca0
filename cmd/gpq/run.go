package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"gpq/shim/argv"
)

// Exit codes; npm's own come unchanged.
const (
	exitOK        = 0
	exitUsage     = 2
	exitRefused   = 3 // by policy, by --strict, or by the person asked
	exitUndecided = 4 // something required could not be looked up or read
	exitNoNPM     = 127
)

// ownVerbs are gpq's own commands; everything else is npm's.
var ownVerbs = [...]string{
	"approve", "baseline", "check", "checks", "completion", "demo", "doctor", "help", "policy", "report", "shim", "verify",
}

// run is the whole program: words in, one exit code out.
func run(ctx context.Context, p process) int {
	env, err := argv.FromEnv(p.env)
	if err != nil {
		return p.fail(exitUsage, err, "")
	}
	name := strings.TrimSuffix(filepath.Base(p.args[0]), ".exe")
	words := p.args[1:]
	if name != "npm" && name != "npx" && len(words) > 0 && (words[0] == "npm" || words[0] == "npx") {
		name, words = words[0], words[1:]
	}
	if name == "npm" || name == "npx" {
		return p.npm(ctx, env, words, name == "npx")
	}
	flags, rest, err := argv.Split(words)
	if err != nil {
		return p.fail(exitUsage, err, "")
	}
	own := flags.Over(env)
	if verb := firstWord(rest); verb == "" && allOwn(rest) || isOwn(verb) {
		return p.app(ctx, own, rest)
	}
	return p.npm(ctx, own, rest, false)
}

// firstWord is the verb where it stands first; gpq's own commands take their
// flags behind them.
func firstWord(words []string) string {
	if len(words) == 0 || strings.HasPrefix(words[0], "-") {
		return ""
	}
	return words[0]
}

func isOwn(verb string) bool {
	for _, v := range ownVerbs {
		if v == verb {
			return true
		}
	}
	return false
}

// allOwn: no words at all, or a lone question about gpq itself.
func allOwn(words []string) bool {
	if len(words) == 0 {
		return true
	}
	switch words[0] {
	case "--help", "-h", "--version", "-v":
		return len(words) == 1
	}
	return false
}

// exitError carries an exit code through code that returns errors.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usagef(hint string, err error) error { return &exitError{exitUsage, err, hint} }

// settle turns an error into the words and the exit code of the process; what
// carries no code of its own could not be decided.
func (p *process) settle(err error) int {
	var coded *exitError
	var told quiet
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &told):
		return int(told)
	case errors.As(err, &coded):
		return p.fail(coded.code, coded.err, coded.hint)
	default:
		return p.fail(exitUndecided, err, "")
	}
}
