package shim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// gitRepo makes a repository with one commit of what is already in it.
func gitRepo(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT RUN: there is no git")
	}
	dir := t.TempDir()
	gitDo(t, dir, "init", "-q", "-b", "main")
	for name, text := range files {
		if to, link := strings.CutPrefix(text, "-> "); link {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gitDo(t, dir, "add", ".")
	gitDo(t, dir, "commit", "-q", "--allow-empty", "-m", "one")
	return dir
}

func gitDo(t *testing.T, dir string, words ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, words...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", words, err, out)
	}
	return strings.TrimSpace(string(out))
}

func testGit(t *testing.T) *Git {
	return &Git{World: World{Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}}, Dir: t.TempDir()}
}

// TestGit: the refs and the files of a commit, and nothing stays behind.
func TestGit(t *testing.T) {
	dir := gitRepo(t, map[string]string{"package.json": `{"name":"x"}`, "link": "-> package.json", "big": strings.Repeat("x", maxBlob+1)})
	head := gitDo(t, dir, "rev-parse", "HEAD")
	gitDo(t, dir, "update-ref", "refs/heads/--upload-pack=pwned", "HEAD")
	g := testGit(t)
	refs, err := g.Refs(t.Context(), "file://"+dir)
	if err != nil || !strings.Contains(string(refs), head+"\trefs/heads/main\n") {
		t.Errorf("%s, %v", refs, err)
	}
	got, err := g.Files(t.Context(), "file://"+dir, head, "", "package.json", "link", "none")
	if err != nil || len(got) != 1 || string(got["package.json"]) != `{"name":"x"}` {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := g.Files(t.Context(), "file://"+dir, head, "", "big"); err == nil {
		t.Error("too large a file is read")
	}
	if _, err := g.Files(t.Context(), "file://"+dir, strings.Repeat("0", 40), "refs/heads/main", "package.json"); err == nil {
		t.Error("another commit passes for the one asked for")
	}
	if left, _ := os.ReadDir(g.Dir); len(left) > 0 {
		t.Errorf("%d scratch folders left", len(left))
	}
}

// TestGitAddresses: what is no address of a repository that may be read starts no git at all.
func TestGitAddresses(t *testing.T) {
	g := testGit(t)
	for _, a := range []string{"", "--upload-pack=x", "ext::sh -c x", "ssh://git@h.test/x", "git@h.test:x", "git://h.test/x", "http://h.test/x",
		"file://host/x", "https:///x", "/x", "https://h.test/a\nb", "ftp://h.test/x"} {
		if _, err := g.Refs(t.Context(), a); err == nil || !strings.Contains(err.Error(), "only https") {
			t.Errorf("%q: %v", a, err)
		}
	}
	if _, err := g.Files(t.Context(), "https://h.test/x", "--x", ""); err == nil {
		t.Error("a flag passes for a commit")
	}
}

// TestGitBounds: a repository that hangs, and one that is too large, end; another's git is not run.
func TestGitBounds(t *testing.T) {
	dir := gitRepo(t, map[string]string{"package.json": "{}"})
	var listen net.ListenConfig
	l, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test's
	g := testGit(t)
	g.Limit = time.Second
	if _, err := g.Refs(t.Context(), fmt.Sprintf("http://%s/x", l.Addr())); err == nil || !strings.Contains(err.Error(), "in time") {
		t.Error(err)
	}
	planted := filepath.Join(t.TempDir(), "node_modules", ".bin")
	if err := os.MkdirAll(planted, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(planted, "git"), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	g.World.Env = []string{"PATH=" + planted}
	if _, err := g.Refs(t.Context(), "file://"+dir); err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Error(err)
	}
}

// TestGitHostile: a hundred thousand refs are read; a link, a folder or nothing
// as package.json, and a repository that grows beyond its size, give nothing.
func TestGitHostile(t *testing.T) {
	dir := gitRepo(t, map[string]string{"x": "y"})
	head := gitDo(t, dir, "rev-parse", "HEAD")
	var packed strings.Builder
	packed.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for i := range 100_000 {
		fmt.Fprintf(&packed, "%s refs/heads/b%06d\n", head, i)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git", "packed-refs"), []byte(packed.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	g := testGit(t)
	g.Limit = time.Minute
	if out, err := g.Refs(t.Context(), "file://"+dir); err != nil || strings.Count(string(out), "\n") < 100_000 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	for name, files := range map[string]map[string]string{
		"a link": {"package.json": "-> /etc/passwd"}, "none": {"a": "b"},
	} {
		dir := gitRepo(t, files)
		got, err := g.Files(t.Context(), "file://"+dir, gitDo(t, dir, "rev-parse", "HEAD"), "", "package.json")
		if err != nil || len(got) > 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "package.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	gitDo(t, dir, "mv", "x", "package.json/x")
	gitDo(t, dir, "commit", "-q", "-m", "two")
	got, err := g.Files(t.Context(), "file://"+dir, gitDo(t, dir, "rev-parse", "HEAD"), "", "package.json")
	if err != nil || len(got) > 0 {
		t.Errorf("a folder: %q, %v", got, err)
	}
}

// TestGitGrowth: a program that fills the scratch folder is ended.
func TestGitGrowth(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *ls-remote*) head -c 100000 /dev/zero > much; sleep 60;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	g := &Git{World: World{Env: []string{"PATH=" + bin + ":" + os.Getenv("PATH")}}, Dir: t.TempDir(), Size: 1000, Limit: 50 * time.Second}
	if _, err := g.Refs(t.Context(), "file:///x"); !errors.Is(err, errTooMuch) {
		t.Error(err)
	}
}
