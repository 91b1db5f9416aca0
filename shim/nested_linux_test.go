package shim

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asUpper and asLower are what the stand-in does for these tests: the one answers and runs a child, the other asks.
func asUpper() int {
	dir, _ := os.MkdirTemp("", "")
	u, err := Answer(dir, func() Session {
		return Session{Cleared: []string{"b@1 sha512-b", "a@1 sha512-a"}, Strict: true, Env: map[string]string{"npm_config_registry": "https://true.example/"}}
	})
	if err != nil {
		return 1
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Env = append(append(os.Environ(), "GPQ_TEST_AS=lower"), u.Env()...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	if u.Close() != nil {
		return 1
	}
	left, _ := filepath.Glob(dir + "/*")
	_ = os.Remove(dir)
	return len(left)
}

func asLower() int {
	self, _ := os.Executable()
	s, ok := AskUpper(World{Env: os.Environ(), Self: self, PID: os.Getpid()})
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"ok": ok, "strict": s.Strict, "a": s.Permits("a", "1", "sha512-a"), "other": s.Permits("a", "1", "sha512-x"), "none": s.Permits("a", "1", "")})
	return 0
}

func TestAskUpper(t *testing.T) {
	self, _ := os.Executable()
	for name, words := range map[string][]string{"child": {self}, "grandchild": {"/bin/sh", "-c", "sh -c '" + self + "; true'; true"}} {
		cmd := exec.Command(self, words...)
		cmd.Env = append(os.Environ(), "GPQ_TEST_AS=upper")
		out, err := cmd.Output()
		want := `{"a":true,"none":false,"ok":true,"other":false,"strict":true}`
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

// TestAskImpostor: neither a socket of somebody else, nor of a process that is not above, nor of another program is believed.
func TestAskImpostor(t *testing.T) {
	self, _ := os.Executable()
	u, err := Answer(t.TempDir(), func() Session { return Session{Strict: true} })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = u.Close() }()
	if _, ok := AskUpper(World{Env: u.Env(), Self: self, PID: os.Getpid()}); ok {
		t.Error("a process believes itself")
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), "GPQ_TEST_AS=lower"), u.Env()...)
	if out, _ := cmd.Output(); !strings.Contains(string(out), `"ok":true`) {
		t.Errorf("the test proves nothing: its own child does not believe it: %s", out)
	}
	other := filepath.Join(t.TempDir(), "gpq")
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, b, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(other)
	cmd.Env = append(append(os.Environ(), "GPQ_TEST_AS=lower"), u.Env()...)
	if out, _ := cmd.Output(); !strings.Contains(string(out), `"ok":false`) {
		t.Errorf("another program is believed: %s", out)
	}
	fake, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = fake.Close() }()
	cmd = exec.Command("/bin/sh", "-c", self+"; true")
	cmd.Env = append(os.Environ(), "GPQ_TEST_AS=lower", "GPQ_SESSION=/nowhere")
	if out, _ := cmd.Output(); !strings.Contains(string(out), `"ok":false`) {
		t.Errorf("nobody is believed: %s", out)
	}
}

func TestRestore(t *testing.T) {
	s := Session{Env: map[string]string{"npm_config_registry": "https://r/", "npm_config_noproxy": ""}}
	got := strings.Join(s.Restore([]string{"A=1", "npm_config_registry=http://127.0.0.1:1/x/", "npm_config_noproxy=127.0.0.1", "GPQ_SESSION=/s"}), " ")
	if got != "A=1 npm_config_registry=https://r/" {
		t.Errorf("restored: %s", got)
	}
}
