//go:build unix

package shim

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Held is an npm that stands ready: node is there and has read npm's files, and npm's program has not begun. It goes on
// where Run is given it, or never. It is for one goroutine.
type Held struct {
	cmd    *exec.Cmd
	env    []string
	folder string
	word   *os.File // what npm is called with is written here
	begun  *os.File // a byte comes where npm begins
	ended  chan error
}

// Hold starts node for an npm that will be run with c's folder and streams, by Run or not at all; command is npm's name of
// what it will do. It gives nil where that cannot be had, as behind a version manager: Run then does all of it.
func (t Tool) Hold(w World, command string, c Child) *Held {
	node, ok := t.script(w)
	if !ok || !loadsFrom(c.Dir) {
		return nil
	}
	h := &Held{env: t.environ(c.Env), ended: make(chan error, 1)}
	file, ends, err := h.furnish()
	if err == nil {
		h.cmd = exec.Command(node.Path, "--require", file, t.Path, command) //nolint:gosec,noctx // the node that npm's first line names; Drop and run end it
		h.cmd.Args[0], h.cmd.Env, h.cmd.Dir, h.cmd.ExtraFiles = "node", h.env, c.Dir, ends
		h.cmd.Stdin, h.cmd.Stdout, h.cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
		h.cmd.SysProcAttr = dieWithParent()
		err = h.start()
	}
	for _, f := range ends {
		_ = f.Close()
	}
	if err != nil {
		h.clear()
		return nil
	}
	return h
}

// furnish writes the script, for this run alone, and makes the two pipes; ends are node's of them.
func (h *Held) furnish() (file string, ends []*os.File, err error) {
	if h.folder, err = os.MkdirTemp("", "gpq-"); err != nil {
		return "", nil, err
	}
	file = filepath.Join(h.folder, "held.cjs")
	if err = os.WriteFile(file, heldScript, 0o600); err != nil {
		return "", nil, err
	}
	in, word, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	h.word = word
	begun, out, err := os.Pipe()
	if err != nil {
		return "", []*os.File{in}, err
	}
	h.begun = begun
	return file, []*os.File{in, out}, nil
}

func (h *Held) start() error {
	started, cmd := make(chan error, 1), h.cmd
	go func() {
		// The parent-death signal belongs to the thread that starts the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			h.ended <- cmd.Wait()
		}
	}()
	return <-started
}

// Drop ends an npm that will not be run. Of one that was run, and of nil, there is nothing to end.
func (h *Held) Drop() {
	if h == nil || h.cmd == nil {
		return
	}
	_ = h.cmd.Process.Kill()
	_, _ = result(h.cmd, <-h.ended)
	h.clear()
}

func (h *Held) clear() {
	h.cmd = nil
	for _, f := range []*os.File{h.word, h.begun} {
		_ = f.Close()
	}
	_ = os.RemoveAll(h.folder)
}

// run lets npm begin, and waits for its end. It is false where npm did not begin, and nothing has come of it.
func (h *Held) run(ctx context.Context, c Child, f *feeder) (Result, bool, error) {
	if h == nil || h.cmd == nil {
		return Result{}, false, nil
	}
	told := newWord(c.Args, h.env, c.Env)
	if told == nil {
		h.Drop()
		return Result{}, false, nil
	}
	f.child = h.cmd.Process
	stop := f.begin(ctx)
	go func() {
		_, _ = h.word.Write(told) // where node is gone, no byte comes
		_ = h.word.Close()
	}()
	begun, _ := h.begun.Read(make([]byte, 1))
	res, err := result(h.cmd, <-h.ended)
	stop()
	h.clear()
	return res, begun == 1 || res.Signal != 0, err
}
