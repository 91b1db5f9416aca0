// Package prompt asks people: one question, on the terminal itself, default
// No. Standard input is never read, and no answer is ever No.
package prompt

import (
	"context"
	"os"
)

// Asker puts a yes-or-no question to a person. Anything but a clear yes —
// Ctrl-C, end of input, a closed terminal, a cancelled context — is false.
type Asker interface {
	Confirm(ctx context.Context, question string) bool
}

// Terminal is the controlling terminal, opened by gpq for itself.
type Terminal struct {
	file *os.File
	dumb bool
}

// Open opens the controlling terminal. It fails where there is none: in CI, in
// a daemon, behind setsid. One that is dumb is sent plain text alone.
func Open(dumb bool) (*Terminal, error) {
	f, err := os.OpenFile(terminalPath, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &Terminal{file: f, dumb: dumb}, nil
}

// Close gives the terminal back.
func (t *Terminal) Close() error { return t.file.Close() }

// Interactive says whether a question may be asked: standard error is a
// terminal and CI is not set. ci is the value of the environment's CI.
func Interactive(stderr *os.File, ci string) bool {
	if ci != "" && ci != "false" && ci != "0" {
		return false
	}
	return IsTerminal(stderr)
}
