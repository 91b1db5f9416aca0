package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"gpq/shim"
)

// Exit codes; npm's own come unchanged.
const (
	exitOK        = 0
	exitUsage     = 2
	exitRefused   = 3 // by policy, by --strict, or by the person asked
	exitUndecided = 4 // something required could not be looked up or read
	exitNoNPM     = 127
	exitPipe      = 128 + 13 // nobody reads any more: what a shell calls the end by SIGPIPE
)

// run is the whole program: words in, one exit code out.
func run(ctx context.Context, p process) int {
	// Who reads from a pipe may go: then the next write fails, and what is left behind is still cleared away. The signal, which
	// would end the process on the spot, is taken and dropped; npm gets it as ever.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	defer p.clearScratch()
	call, err := shim.ReadCall(p.args, p.env)
	switch {
	case err != nil:
		return p.fail(exitUsage, err, "")
	case call.NPM():
		return p.npm(ctx, call)
	default:
		return p.app(ctx, call)
	}
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
	var written *os.PathError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &written) && errors.Is(written, syscall.EPIPE):
		return exitPipe
	case errors.As(err, &told):
		return int(told)
	case errors.As(err, &coded):
		return p.fail(coded.code, coded.err, coded.hint)
	default:
		return p.fail(exitUndecided, err, "")
	}
}
