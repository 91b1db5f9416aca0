//go:build unix

package shim

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"gpq/shim/argv"
)

func TestBecomeRefuses(t *testing.T) {
	d := real(t)
	bin := fakeNPM(t, d, "11.0.0", sh+"echo ran\n")
	out, err := standInCommand(t, "become", bin, "install", "x").CombinedOutput()
	if err == nil || strings.Contains(string(out), "ran") || !strings.Contains(string(out), ErrMayFetch.Error()) {
		t.Errorf("%v: %s", err, out)
	}
	if err := (Tool{Path: "/bin/true", Name: "npm"}).Become(argv.Command{}, nil); !errors.Is(err, ErrMayFetch) {
		t.Errorf("the zero command: %v", err)
	}
}

func TestBecomeKeepsAll(t *testing.T) {
	d := real(t)
	bin := fakeNPM(t, d, "11.0.0", sh+"cat; echo \"[$1][$2][$3]\" >&2; exit 7\n")
	cmd := standInCommand(t, "become", bin+":/usr/bin:/bin", "run", "a b", "")
	cmd.Stdin = strings.NewReader("in")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 || out.String() != "in" || errs.String() != "[run][a b][]\n" {
		t.Errorf("%v %q %q", err, out.String(), errs.String())
	}
}

func TestRunExit(t *testing.T) {
	d := real(t)
	for script, want := range map[string]string{"exit 0": "exit 0", "exit 3": "exit 3", "kill -TERM $$": "signal terminated", "kill -INT $$": "signal interrupt", "kill -KILL $$": "signal killed", "kill -QUIT $$": "exit 131"} {
		bin := fakeNPM(t, d+"/"+strings.ReplaceAll(script, " ", "_"), "11.0.0", sh+script+"\n")
		cmd := standInCommand(t, "run", bin, "install")
		_ = cmd.Run()
		status := cmd.ProcessState.Sys().(syscall.WaitStatus)
		got := "exit " + itoa(status.ExitStatus())
		if status.Signaled() {
			got = "signal " + status.Signal().String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", script, got, want)
		}
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// started runs a stand-in without a terminal whose npm prints "ready" and then waits.
func started(t *testing.T, as, script string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	bin := fakeNPM(t, real(t), "11.0.0", sh+script+"\necho ready; while :; do sleep 0.05; done\n")
	cmd := standInCommand(t, as, bin+":/usr/bin:/bin", "install")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return cmd, r
}

// TestSignalToGpqAlone: signals sent to gpq reach npm, and gpq ends as npm does.
func TestSignalToGpqAlone(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd, _ := started(t, "run", "")
		_ = cmd.Process.Signal(s)
		_ = cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != s {
			t.Errorf("%v: ended with %v", s, cmd.ProcessState)
		}
	}
	cmd, r := started(t, "run", "trap 'echo caught; exit 9' TERM")
	_ = cmd.Process.Signal(syscall.SIGTERM)
	rest, _ := io.ReadAll(r)
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 9 || string(rest) != "caught\n" {
		t.Errorf("npm's own handling: %v, %q", cmd.ProcessState, rest)
	}
}

// TestKilled: npm does not outlive a gpq that is killed.
func TestKilled(t *testing.T) {
	if dieWithParent() == nil {
		t.Skip("SKIPPED: this system cannot bind a child's life to its parent's")
	}
	cmd, r := started(t, "run", "trap 'echo told; exit' TERM")
	_ = cmd.Process.Kill()
	if line, err := r.ReadString('\n'); line != "told\n" {
		t.Errorf("%q, %v", line, err)
	}
	_ = cmd.Wait()
}

// terminal runs a stand-in as the leader of a terminal of its own.
func terminal(t *testing.T, as, script string) (*exec.Cmd, *os.File, func(string) string) {
	t.Helper()
	bin := fakeNPM(t, real(t), "11.0.0", sh+script)
	cmd := standInCommand(t, as, bin+":/usr/bin:/bin", "install")
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Skip("SKIPPED: no pseudo-terminal: ", err)
	}
	t.Cleanup(func() { _ = tty.Close(); _ = cmd.Process.Kill() })
	until := screen(t, tty)
	return cmd, tty, until
}

// screen reads a terminal; the function it returns waits for some text and returns what was seen until then.
func screen(t *testing.T, tty io.Reader) func(string) string {
	bytes := make(chan byte, 1<<16)
	go func() {
		defer close(bytes)
		for b := make([]byte, 256); ; {
			n, err := tty.Read(b)
			for _, c := range b[:n] {
				bytes <- c
			}
			if err != nil {
				return
			}
		}
	}()
	return func(want string) string {
		t.Helper()
		var seen strings.Builder
		for limit := time.After(10 * time.Second); !strings.Contains(seen.String(), want); {
			select {
			case c, ok := <-bytes:
				if !ok {
					t.Fatalf("waiting for %q: the terminal was closed, seen %q", want, seen.String())
				}
				seen.WriteByte(c)
			case <-limit:
				t.Fatalf("waiting for %q in vain, seen %q", want, seen.String())
			}
		}
		return seen.String()
	}
}

// TestCtrlC: npm gets the terminal's interrupt once, and its own answer to it stands.
func TestCtrlC(t *testing.T) {
	cmd, tty, until := terminal(t, "run", "n=0; trap 'n=$((n+1)); echo caught $n' INT; echo ready; i=0; while [ $i -lt 10 ]; do sleep 0.05; i=$((i+1)); done; echo done $n; exit 4\n")
	until("ready")
	_, _ = tty.WriteString("\x03")
	until("done 1")
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
	cmd, tty, until = terminal(t, "run", "echo ready; exec sleep 20\n")
	until("ready")
	_, _ = tty.WriteString("\x03")
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
}

// TestInterruptAlone: at a terminal too, an interrupt sent to gpq alone ends npm and gpq with it; not so what npx runs.
func TestInterruptAlone(t *testing.T) {
	cmd, _, until := terminal(t, "run", "echo ready; exec sleep 20\n")
	until("ready")
	_ = cmd.Process.Signal(syscall.SIGINT)
	begin := time.Now()
	_ = cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGINT || time.Since(begin) > 15*time.Second {
		t.Errorf("ended with %v after %v", cmd.ProcessState, time.Since(begin))
	}
	cmd, _, until = terminal(t, "run-own", "echo ready; sleep 1.5; echo served; exit 0\n")
	until("ready")
	_ = cmd.Process.Signal(syscall.SIGINT)
	until("served")
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
}

// TestSameGroup: npm is in gpq's process group and has the terminal.
func TestSameGroup(t *testing.T) {
	cmd, _, until := terminal(t, "run", "ps -o pgid= -p $$ | tr -d ' '; test -t 0 && test -t 1 && test -t 2 && echo terminal\n")
	seen := until("terminal")
	if !strings.Contains(seen, itoa(cmd.Process.Pid)) {
		t.Errorf("npm's process group is not gpq's (%d): %q", cmd.Process.Pid, seen)
	}
	_ = cmd.Wait()
}

// TestJobControl: under a shell with job control, Ctrl-Z stops both and fg continues both.
func TestJobControl(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash")
	}
	self, _ := os.Executable()
	d := real(t)
	bin := fakeNPM(t, d, "11.0.0", sh+"echo ready; i=0; while [ $i -lt 8 ]; do sleep 0.1; i=$((i+1)); done; echo finished\n")
	cmd := exec.Command(bash, "--norc", "--noprofile", "-i")
	cmd.Dir = d
	cmd.Env = []string{"GPQ_TEST_AS=run", "PATH=" + bin + ":/usr/bin:/bin", "HOME=" + d, "PS1=$ "}
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Skip("SKIPPED: no pseudo-terminal: ", err)
	}
	defer func() { _ = tty.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	until := screen(t, tty)
	_, _ = tty.WriteString(self + " install; echo code=$?\n")
	until("\nready")
	_, _ = tty.WriteString("\x1a")
	until("Stopped")
	_, _ = tty.WriteString("fg\n")
	until("finished")
}

// TestNohup: a hang-up that gpq was started to ignore is ignored by npm as well.
func TestNohup(t *testing.T) {
	d := real(t)
	bin := fakeNPM(t, d, "11.0.0", sh+"kill -HUP $$; echo alive\n")
	self, _ := os.Executable()
	cmd := exec.Command("/bin/sh", "-c", "trap '' HUP; exec "+self+" install")
	cmd.Env = []string{"GPQ_TEST_AS=run", "PATH=" + bin, "GOCOVERDIR=" + t.TempDir()} // a test binary with -cover complains without
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "alive\n" {
		t.Errorf("%v: %q", err, out)
	}
}
