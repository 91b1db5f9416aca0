package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// installer runs install.sh, or the text given in its place, with a clean home
// and nothing but the system's folders and Go's on PATH.
type installer struct {
	t          *testing.T
	root, home string
}

func newInstaller(t *testing.T) *installer {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: install.sh builds the whole program")
	}
	return &installer{t, moduleRoot(t), t.TempDir()}
}

func (i *installer) run(script string, args ...string) (string, error) {
	i.t.Helper()
	goBin, err := exec.LookPath("go")
	if err != nil {
		i.t.Fatal(err)
	}
	env := []string{"HOME=" + i.home, "PATH=" + filepath.Dir(goBin) + ":/usr/bin:/bin"}
	for _, key := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY", "GOSUMDB"} {
		out, err := exec.Command("go", "env", key).Output()
		if err != nil {
			i.t.Fatal(err)
		}
		if v := strings.TrimSpace(string(out)); v != "" && key != "GOFLAGS" {
			env = append(env, key+"="+v)
		}
	}
	cmd := exec.Command("/bin/sh", append([]string{script}, args...)...)
	cmd.Env, cmd.Dir = env, i.home
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (i *installer) files(dir string) []string {
	i.t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, err2 := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || err2 != nil {
		i.t.Fatal(err, err2)
	}
	return append(all, hidden...)
}

func TestInstallAndUninstall(t *testing.T) {
	i := newInstaller(t)
	script, dir := filepath.Join(i.root, "install.sh"), filepath.Join(i.home, ".local", "bin")
	rc := filepath.Join(i.home, ".bashrc")
	if err := os.WriteFile(rc, []byte("# mine, without a line end"), 0o640); err != nil {
		t.Fatal(err)
	}
	out, err := i.run(script, "--shims")
	if err != nil || !strings.Contains(out, "next:") || !strings.Contains(out, dir) || !strings.Contains(out, "./install.sh --uninstall   undo this") {
		t.Fatalf("install.sh: %v\n%s", err, out)
	}
	version, err := exec.Command(filepath.Join(dir, "gpq"), "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), "gpq version ") {
		t.Errorf("gpq --version: %q, %v", version, err)
	}
	if text, _ := os.ReadFile(rc); !bytes.Contains(text, []byte("gpq")) {
		t.Error("--shims left .bashrc alone")
	}
	if out, err := i.run(script, "--uninstall"); err != nil {
		t.Fatalf("--uninstall: %v\n%s", err, out)
	}
	if left := i.files(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if text, _ := os.ReadFile(rc); string(text) != "# mine, without a line end" {
		t.Errorf(".bashrc is now %q", text)
	}
}

// A copy of the script that was cut off anywhere before its last line does
// nothing at all.
func TestInstallCutOff(t *testing.T) {
	i := newInstaller(t)
	whole, err := os.ReadFile(filepath.Join(i.root, "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(i.home, "cut.sh")
	for _, part := range []int{10, 30, 50, 70, 90, 99} {
		if err := os.WriteFile(cut, whole[:len(whole)*part/100], 0o755); err != nil {
			t.Fatal(err)
		}
		out, _ := i.run(cut)
		if files := i.files(i.home); len(files) != 1 || strings.Contains(out, "building") {
			t.Errorf("cut at %d %%: %v\n%s", part, files, out)
		}
	}
}

func TestInstallRefuses(t *testing.T) {
	i := newInstaller(t)
	script := filepath.Join(i.root, "install.sh")
	lone := filepath.Join(i.home, "install.sh")
	text, err := os.ReadFile(script)
	if err == nil {
		err = os.WriteFile(lone, text, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ script, arg, want string }{
		{script, "--nonsense", "unknown word"}, {script, "--dir", "wants a folder"}, {lone, "--shims", "no checkout"},
	} {
		if out, err := i.run(c.script, c.arg); err == nil || !strings.Contains(out, c.want) {
			t.Errorf("%s: %v\n%s", c.arg, err, out)
		}
	}
}
