package sessiontest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// patience is how long one expectation, and then the end of the command, may
// take.
const patience = 40 * time.Second

// terminal is the command of that name.
func (h *Harness) terminal(ts *testscript.TestScript, args []string) error {
	code, size := "0", "24x80"
	var in, out, errs, raw string
	args, err := flags(args, map[string]*string{"code": &code, "size": &size, "in": &in, "out": &out, "err": &errs, "raw": &raw}, nil)
	if err != nil || len(args) < 2 {
		return errors.Join(err, errors.New("terminal: want SCRIPT COMMAND [ARG…]"))
	}
	script := ts.ReadFile(args[0])
	env, err := environ(ts)
	if err != nil {
		return err
	}
	c := &exec.Cmd{Path: look(args[1], ts.Getenv("PATH")), Args: args[1:], Env: env, Dir: ts.MkAbs(".")}
	for _, s := range []struct {
		name string
		open func(string) (*os.File, error)
		to   func(*os.File)
	}{{in, os.Open, func(f *os.File) { c.Stdin = f }}, {out, os.Create, func(f *os.File) { c.Stdout = f }}, {errs, os.Create, func(f *os.File) { c.Stderr = f }}} {
		if s.name == "" {
			continue
		}
		f, err := s.open(ts.MkAbs(s.name))
		if err != nil {
			return err
		}
		defer closing(f)
		s.to(f)
	}
	screen, state, err := onTerminal(c, size, script)
	if raw != "" {
		err = errors.Join(err, os.WriteFile(ts.MkAbs(raw), []byte(screen), 0o600))
	}
	if _, e := fmt.Fprint(ts.Stdout(), Plain(screen)); e != nil {
		return e
	}
	if err != nil {
		return err
	}
	return expectCode(code, state)
}

// look finds a command along a script's PATH.
func look(name, path string) string {
	if strings.Contains(name, "/") {
		return name
	}
	for _, dir := range filepath.SplitList(path) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return name
}

// onTerminal runs a command as the leader of a session whose terminal is a
// pseudo-terminal, plays the script on it, and gives what was shown and how the
// command ended.
func onTerminal(c *exec.Cmd, size, script string) (screen string, state syscall.WaitStatus, err error) {
	steps, err := parsePlay(script)
	if err != nil {
		return "", 0, err
	}
	var window pty.Winsize
	if _, err := fmt.Sscanf(size, "%dx%d", &window.Rows, &window.Cols); err != nil {
		return "", 0, fmt.Errorf("size %q: %w", size, err)
	}
	master, slave, err := open(window)
	if err != nil {
		return "", 0, err
	}
	defer closing(master)
	if err := start(c, slave); err != nil {
		return "", 0, err
	}
	show := newShow(master, window)
	failed := show.play(steps, c.Process)
	if failed != nil {
		_ = c.Process.Kill() // it may have ended
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // its code is in ProcessState
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		_ = c.Process.Kill() // it may have ended just now
		<-ended
		failed = errors.Join(failed, fmt.Errorf("it did not end within %v", patience))
	}
	show.drain()
	state, _ = c.ProcessState.Sys().(syscall.WaitStatus)
	return show.text(), state, failed
}

// open makes a pseudo-terminal of that size. Its master can be closed while it
// is read from: that is a hang-up.
func open(size pty.Winsize) (master, slave *os.File, err error) {
	first, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer closing(first)
	if err := pty.Setsize(first, &size); err != nil {
		return nil, nil, errors.Join(err, slave.Close())
	}
	// Closed on exec from its first moment: a child that another test starts just
	// now would keep the terminal open, and the hang-up would reach nobody.
	fd, err := unix.FcntlInt(first.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, nil, errors.Join(err, slave.Close())
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, nil, errors.Join(err, slave.Close(), syscall.Close(fd))
	}
	return os.NewFile(uintptr(fd), "terminal"), slave, nil
}

// start gives the command the terminal, wherever it has no file.
func start(c *exec.Cmd, slave *os.File) error {
	defer closing(slave)
	tty := -1
	if c.Stdin == nil {
		c.Stdin, tty = slave, 0
	}
	if c.Stdout == nil {
		c.Stdout, tty = slave, 1
	}
	if c.Stderr == nil {
		c.Stderr, tty = slave, 2
	}
	if tty < 0 {
		c.ExtraFiles, tty = []*os.File{slave}, 3
	}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: tty}
	// Tests under nohup ignore hang-ups; what they start on a terminal must not.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	return c.Start()
}

// closing closes a file of which nothing more is expected.
func closing(f *os.File) { _ = f.Close() }
