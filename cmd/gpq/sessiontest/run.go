package sessiontest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// run is the command of that name.
func (h *Harness) run(ts *testscript.TestScript, args []string) error {
	if len(args) < 2 {
		return errors.New("run: want CODE COMMAND [ARG…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	state := syscall.WaitStatus(0)
	if exit != nil {
		state, _ = exit.Sys().(syscall.WaitStatus)
	}
	return expectCode(args[0], state)
}

// signals are those that scripts name.
var signals = map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM,
	"SIGHUP": syscall.SIGHUP, "SIGKILL": syscall.SIGKILL, "SIGQUIT": syscall.SIGQUIT, "SIGUSR1": syscall.SIGUSR1}

// expectCode compares how a command ended with what a script wants: a code, or
// the signal that ended it. A shell shows 128+n for a signal, and so do we.
func expectCode(want string, state syscall.WaitStatus) error {
	got := strconv.Itoa(state.ExitStatus())
	if state.Signaled() {
		if s, ok := signals[want]; ok && s == state.Signal() {
			return nil
		}
		got = strconv.Itoa(128 + int(state.Signal()))
	}
	if got == want {
		return nil
	}
	how := "exit code " + got
	if state.Signaled() {
		how = "ended by signal " + strings.ToLower(state.Signal().String()) + " (" + got + ")"
	}
	return fmt.Errorf("%s, want %s", how, want)
}

// environ is the script's environment, which testscript gives to commands
// alone: one writes it down.
func environ(ts *testscript.TestScript) ([]string, error) {
	f, err := os.CreateTemp(ts.Getenv("TMPDIR"), "environ-*")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Close(), ts.Exec("sh", "-c", `exec env -0 > "$0"`, f.Name())); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(f.Name())
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"), errors.Join(err, os.Remove(f.Name()))
}
