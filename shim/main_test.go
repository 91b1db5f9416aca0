package shim

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gpq/shim/argv"
)

// TestMain is also gpq's stand-in: GPQ_TEST_AS=run runs the npm it finds as a child, become becomes it.
func TestMain(m *testing.M) {
	switch as := os.Getenv("GPQ_TEST_AS"); as {
	case "":
		os.Exit(m.Run())
	case "upper", "lower":
		os.Exit(map[string]func() int{"upper": asUpper, "lower": asLower}[as]())
	default:
		os.Exit(standIn(as))
	}
}

func standIn(as string) int {
	self, _ := os.Executable()
	dir, _ := os.Getwd()
	w := World{Env: os.Environ(), Dir: dir, Self: self, PID: os.Getpid(), Args: os.Args[1:]}
	npm, err := Find("npm", w)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpq:", err)
		return 127
	}
	if as == "become" {
		err := npm.Become(argv.Parse(os.Args[1:], argv.Options{NPM: npm.Version}), os.Environ())
		fmt.Fprintln(os.Stderr, "gpq:", err)
		return 1
	}
	r, err := npm.Run(context.Background(), Child{Args: os.Args[1:], Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Own: as == "run-own"})
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpq:", err)
		return 1
	}
	if r.Signal != 0 {
		EndBy(r.Signal)
	}
	return r.ExitCode()
}

func write(t *testing.T, path, content string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(path[:strings.LastIndex(path, "/")], 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, to, path string) string {
	t.Helper()
	if err := os.MkdirAll(path[:strings.LastIndex(path, "/")], 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakeNPM lays an npm package out under root and returns the folder with its link, as a node installation has it.
func fakeNPM(t *testing.T, root, version, script string) string {
	t.Helper()
	cli := write(t, root+"/lib/node_modules/npm/bin/npm-cli.js", script, 0o755)
	write(t, root+"/lib/node_modules/npm/bin/npx-cli.js", script, 0o755)
	write(t, root+"/lib/node_modules/npm/package.json", `{"name":"npm","version":"`+version+`"}`, 0o644)
	link(t, cli, root+"/bin/npm")
	return root + "/bin"
}

// standInCommand is this test binary as gpq, with PATH and more of an environment.
func standInCommand(t *testing.T, as, path string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"GPQ_TEST_AS=" + as, "PATH=" + path, "HOME=" + cmd.Dir}
	return cmd
}
