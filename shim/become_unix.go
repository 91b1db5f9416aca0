//go:build unix

package shim

import (
	"errors"
	"fmt"
	"syscall"

	"gpq/shim/argv"
)

// ErrMayFetch refuses to become npm for a command that may fetch.
var ErrMayFetch = errors.New("this command may fetch packages: it must be checked first")

// Become replaces gpq by the real npm (or npx), with the same words: npm then has the terminal, the signals and the exit
// code to itself. It refuses a command that may fetch, with ErrMayFetch, and returns only with an error.
func (t Tool) Become(c argv.Command, env []string) error {
	if c.MayFetch() {
		return ErrMayFetch
	}
	return t.BecomeUnchecked(c.Args, env)
}

// BecomeUnchecked is Become for any words: for GPQ_OFF, and for what was cleared another way.
func (t Tool) BecomeUnchecked(args, env []string) error {
	words := append([]string{t.Name}, args...)
	err := syscall.Exec(t.Path, words, t.environ(env))
	if errors.Is(err, syscall.ENOEXEC) { // a script without a first line: what a shell does
		err = syscall.Exec("/bin/sh", append([]string{"sh", t.Path}, args...), t.environ(env))
	}
	return fmt.Errorf("cannot run %s: %w", t.Path, err)
}
