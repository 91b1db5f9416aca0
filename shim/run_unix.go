//go:build unix

package shim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Child is how npm is to be run while gpq stays.
type Child struct {
	Args []string // npm's words
	Env  []string
	Dir  string // "" is gpq's own
	// The streams are handed to npm as they are.
	Stdin, Stdout, Stderr *os.File
	// Own says that what runs under npm may have ends of its own for Ctrl-C (npx server): then an interrupt from the
	// terminal is left to it, however long it takes.
	Own bool
	// Held is what stands ready for this run, nil where nothing does.
	Held *Held
}

// Result is how npm ended. The zero value is an exit with 0; look at the error first.
type Result struct {
	Code   int            // exit code, where Signal is 0
	Signal syscall.Signal // that ended it
}

// ExitCode is npm's own code, or 128+n where signal n ended it.
func (r Result) ExitCode() int {
	if r.Signal != 0 {
		return 128 + int(r.Signal)
	}
	return r.Code
}

// Run runs the real npm as a child in gpq's own process group and waits for its end. What the terminal sends (Ctrl-C, Ctrl-\,
// Ctrl-Z, a new window size) reaches npm by itself; signals sent to gpq alone are passed on. An end of ctx is SIGTERM to
// npm, and SIGKILL ten seconds later. The error is about starting it only.
func (t Tool) Run(ctx context.Context, c Child) (Result, error) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, heard()...)
	defer signal.Stop(signals)
	c.Env = t.environ(c.Env)
	f := &feeder{own: c.Own, signals: signals}
	if res, ran, err := c.Held.run(ctx, c, f); ran || err != nil {
		return res, err
	}
	// The parent-death signal belongs to the thread that starts the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(t.Path, c.Args...) //nolint:noctx // ctx is obeyed with a signal, below
	cmd.Args[0] = t.Name
	cmd.Env, cmd.Dir = c.Env, c.Dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("cannot run %s: %w", t.Path, err)
	}
	f.child = cmd.Process
	stop := f.begin(ctx)
	err := cmd.Wait()
	stop()
	return result(cmd, err)
}

func result(cmd *exec.Cmd, err error) (Result, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, err
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return Result{Signal: status.Signal()}, nil
	}
	return Result{Code: cmd.ProcessState.ExitCode()}, nil
}

// passedOn leaves SIGTSTP out: the terminal and the shell stop the whole group, and a Go program that has once listened for
// it can no longer be stopped by it.
var passedOn = []os.Signal{
	syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGCONT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH,
}

// heard are the signals to pass on, but for those that gpq was started to ignore (nohup): npm inherits that.
func heard() []os.Signal {
	var list []os.Signal
	for _, s := range passedOn {
		if !signal.Ignored(s) {
			list = append(list, s)
		}
	}
	return list
}

// feeder passes signals on to a child.
type feeder struct {
	child   *os.Process
	own     bool
	signals chan os.Signal
}

// begin feeds until stop is called.
func (f *feeder) begin(ctx context.Context) (stop func()) {
	done, fed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(fed)
		f.feed(ctx, done)
	}()
	return func() { close(done); <-fed }
}

func (f *feeder) feed(ctx context.Context, done <-chan struct{}) {
	var late, kill <-chan time.Time
	stop := ctx.Done()
	for {
		select {
		case <-done:
			return
		case <-stop:
			stop, kill = nil, time.After(10*time.Second)
			_ = f.child.Signal(syscall.SIGTERM)
		case <-kill:
			_ = f.child.Kill()
		case <-late:
			// A terminal's interrupt would have ended npm by now: this one was meant for gpq alone.
			_ = f.child.Signal(syscall.SIGINT)
		case s := <-f.signals:
			if f.pass(s) {
				late = time.After(time.Second)
			}
		}
	}
}

// pass handles one signal. It says whether to look again whether an interrupt has reached npm.
func (f *feeder) pass(s os.Signal) (again bool) {
	switch s {
	case syscall.SIGINT, syscall.SIGQUIT:
		if foreground() { // the terminal sends these to npm as well
			return s == syscall.SIGINT && !f.own
		}
	case syscall.SIGWINCH:
		if foreground() {
			return false
		}
	}
	_ = f.child.Signal(s)
	return false
}

// foreground is whether gpq's process group has the terminal.
func foreground() bool {
	fd, err := syscall.Open("/dev/tty", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = syscall.Close(fd) }()
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == syscall.Getpgrp()
}

// EndBy ends gpq by a signal that ended npm, so that the caller's shell sees what it would have seen of npm. It returns
// where that cannot be done; the exit code is then 128+n.
func EndBy(s syscall.Signal) {
	switch s {
	case syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGKILL, syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM:
		signal.Reset(s)
		_ = syscall.Kill(syscall.Getpid(), s)
		time.Sleep(100 * time.Millisecond)
	default:
	}
}
