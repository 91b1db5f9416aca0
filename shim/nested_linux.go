package shim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// maxSession bounds what one gpq believes of another.
const maxSession = 32 << 20

// Upper answers the gpqs below for as long as this one runs npm.
type Upper struct {
	listener *net.UnixListener
	folder   string
	get      func() Session
	wait     sync.WaitGroup
}

// Answer begins to answer, at a socket in a folder of its own in dir; get is called for every question, possibly from several
// goroutines.
func Answer(dir string, get func() Session) (*Upper, error) {
	folder, err := os.MkdirTemp(dir, "gpq-") // only for this user: 0700
	if err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(folder, "s"), Net: "unix"})
	if err != nil {
		return nil, errors.Join(err, os.Remove(folder))
	}
	u := &Upper{listener: l, folder: folder, get: get}
	u.wait.Go(u.serve)
	return u, nil
}

// Env is what npm's environment needs for it.
func (u *Upper) Env() []string { return []string{sessionKey + "=" + u.listener.Addr().String()} }

// Close ends it.
func (u *Upper) Close() error {
	err := u.listener.Close()
	u.wait.Wait()
	return errors.Join(err, os.RemoveAll(u.folder))
}

func (u *Upper) serve() {
	for {
		c, err := u.listener.AcceptUnix()
		if err != nil {
			return
		}
		u.wait.Go(func() { u.answer(c) })
	}
}

func (u *Upper) answer(c *net.UnixConn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second)) //nolint:forbidigo // a deadline of the kernel's, no time that decides
	peer, err := peerOf(c)
	if err != nil || int(peer.Uid) != os.Getuid() {
		return
	}
	s := u.get()
	sort.Strings(s.Cleared)
	_ = json.NewEncoder(c).Encode(s)
}

// AskUpper asks the gpq that runs the npm this gpq was called under. It answers false, and then nothing is known and everything
// is checked and asked, unless the one that answers is a process above this one that runs the very same program: what an
// environment variable says is not believed.
func AskUpper(w World) (Session, bool) {
	path := w.get(sessionKey)
	if path == "" || w.Self == "" || w.PID == 0 {
		return Session{}, false
	}
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "unix", path)
	if err != nil {
		return Session{}, false
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second)) //nolint:forbidigo // as above
	conn, ok := c.(*net.UnixConn)
	if !ok {
		return Session{}, false
	}
	peer, err := peerOf(conn)
	if err != nil || int(peer.Uid) != os.Getuid() || !above(int(peer.Pid), w.PID) || !sameProgram(int(peer.Pid), w.Self) {
		return Session{}, false
	}
	b, err := io.ReadAll(io.LimitReader(c, maxSession))
	var s Session
	if err != nil || json.Unmarshal(b, &s) != nil {
		return Session{}, false
	}
	sort.Strings(s.Cleared)
	return s, true
}

func peerOf(c *net.UnixConn) (*unix.Ucred, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	var cred *unix.Ucred
	var inner error
	err = raw.Control(func(fd uintptr) { cred, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	return cred, errors.Join(err, inner)
}

// above is whether process pid is a parent, or a parent's parent, … of process of.
func above(pid, of int) bool {
	for range 256 {
		of = parentOf(of)
		if of == pid {
			return pid > 1
		}
		if of <= 1 {
			return false
		}
	}
	return false
}

// parentOf reads the kernel's line on a process; its name may hold spaces and brackets, so the last bracket counts.
func parentOf(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

func sameProgram(pid int, self string) bool {
	theirs, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return false
	}
	ours, err := os.Stat(self)
	return err == nil && os.SameFile(theirs, ours)
}
