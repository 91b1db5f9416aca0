//go:build !unix

package shim

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"

	"gpq/shim/argv"
)

// ErrMayFetch refuses to become npm for a command that may fetch.
var ErrMayFetch = errors.New("this command may fetch packages: it must be checked first")

// ErrUnsupported is what this system does not offer.
var ErrUnsupported = errors.New("a process cannot become another here: run it as a child")

// Become always fails here: with ErrMayFetch, or with ErrUnsupported.
func (t Tool) Become(c argv.Command, env []string) error {
	if c.MayFetch() {
		return ErrMayFetch
	}
	return ErrUnsupported
}

// BecomeUnchecked always fails here, with ErrUnsupported.
func (t Tool) BecomeUnchecked(_, _ []string) error { return ErrUnsupported }

// Child is how npm is to be run while gpq stays.
type Child struct {
	Args, Env             []string
	Dir                   string
	Stdin, Stdout, Stderr *os.File
	Own                   bool
	Held                  *Held
}

// Result is how npm ended.
type Result struct {
	Code   int
	Signal syscall.Signal
}

// ExitCode is npm's own code.
func (r Result) ExitCode() int { return r.Code }

// Run runs the real npm as a child and waits for its end.
func (t Tool) Run(ctx context.Context, c Child) (Result, error) {
	cmd := exec.CommandContext(ctx, t.Path, c.Args...)
	cmd.Env, cmd.Dir = t.environ(c.Env), c.Dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, err
	}
	return Result{Code: cmd.ProcessState.ExitCode()}, nil
}

// EndBy does nothing here.
func EndBy(syscall.Signal) {}
