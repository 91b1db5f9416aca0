package shim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Git reads repositories with the system's git, without a working tree: no hook, filter, submodule or large file of theirs
// is used. Nobody is asked for a password, and none is taken from a helper. The zero value reads nothing.
type Git struct {
	World World         // PATH and the user's own settings
	Dir   string        // absolute: where scratch folders may be made
	Limit time.Duration // for one repository; 0 is 15 seconds
	Size  int64         // bytes that one may take on the disk; 0 is 256 MiB
}

// GitFiles are what was asked for of a commit, by path; what is not there, or is no ordinary file, is left out.
type GitFiles map[string][]byte

// Bounds of what is read of a repository.
const (
	maxRefs = 32 << 20
	maxBlob = 4 << 20
)

// ErrGitSilent says that a repository was given up waiting for.
var ErrGitSilent = errors.New("git gave no answer in time")

var (
	errNoGit   = errors.New("git is not installed")
	errTooMuch = errors.New("the repository is too large to be looked into")
)

// Refs is what git ls-remote says of a repository: lines of a commit and a name.
func (g *Git) Refs(ctx context.Context, address string) ([]byte, error) {
	var out []byte
	err := g.within(ctx, address, func(r *gitRun) (err error) {
		out, err = r.git(maxRefs, "ls-remote", "--", address)
		return err
	})
	return out, err
}

// Files fetches one commit and reads files of it. ref is a name that stands for the commit, for hosts that give no other; it
// may be "".
func (g *Git) Files(ctx context.Context, address, commit, ref string, paths ...string) (GitFiles, error) {
	if !isObject(commit) {
		return nil, fmt.Errorf("%q is no commit", commit)
	}
	files := GitFiles{}
	err := g.within(ctx, address, func(r *gitRun) error {
		if err := r.fetch(address, commit, ref); err != nil {
			return err
		}
		for _, path := range paths {
			data, ok, err := r.blob(commit, path)
			if err != nil {
				return err
			}
			if ok {
				files[path] = data
			}
		}
		return nil
	})
	return files, err
}

func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// gitScheme is the one protocol that git may speak for an address; "" where gpq does not have it asked.
func gitScheme(address string) string {
	u, err := url.Parse(address)
	if err != nil || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return ""
	}
	switch loopback := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost"; {
	case u.Scheme == "https" && u.Host != "", u.Scheme == "http" && loopback, u.Scheme == "file" && u.Host == "":
		return u.Scheme
	}
	return ""
}

// within makes an empty repository for one question, and takes it away again.
func (g *Git) within(ctx context.Context, address string, do func(*gitRun) error) (err error) {
	scheme := gitScheme(address)
	if scheme == "" {
		return errors.New("only https:// repositories, and those of this machine, are read before the question")
	}
	program := g.program()
	if program == "" {
		return errNoGit
	}
	dir, err := os.MkdirTemp(g.Dir, ".git-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(ctx, orElse(g.Limit, 15*time.Second))
	defer cancel()
	r := &gitRun{ctx: ctx, program: program, dir: dir, env: g.environ(dir, scheme)}
	if _, err := r.git(1<<10, "init", "--quiet", "--bare", "--template="); err != nil {
		return err
	}
	watch := r.watch(cancel, orElse(g.Size, 256<<20))
	err = do(r)
	if watch() {
		return errTooMuch
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrGitSilent, context.Cause(ctx))
	}
	return err
}

func orElse[T int64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// program is the git on PATH; none that lies among packages.
func (g *Git) program() string {
	for _, dir := range filepath.SplitList(g.World.get("PATH")) {
		if !filepath.IsAbs(dir) || slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), "node_modules") {
			continue
		}
		path := filepath.Join(dir, "git")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// environ keeps the user's own settings of git (proxies, certificates, other addresses), and nothing that would have it use
// another repository, run another program or speak another protocol.
func (g *Git) environ(dir, scheme string) []string {
	var env []string
	for _, kv := range g.World.Env {
		key, _, _ := strings.Cut(kv, "=")
		own := strings.HasPrefix(key, "GIT_SSL_") || key == "GIT_CONFIG_GLOBAL" || key == "GIT_CONFIG_SYSTEM" || key == "GIT_CONFIG_NOSYSTEM"
		if !strings.HasPrefix(key, "GIT_") && key != "SSH_ASKPASS" || own {
			env = append(env, kv)
		}
	}
	return append(env, "GIT_DIR="+dir, "GIT_ALLOW_PROTOCOL="+scheme, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "SSH_ASKPASS=true",
		"GIT_SSH_COMMAND=false", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LFS_SKIP_SMUDGE=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}

// gitRun is git in one scratch repository.
type gitRun struct {
	ctx     context.Context //nolint:containedctx // lives as long as one question
	program string
	dir     string
	env     []string
}

func (r *gitRun) git(limit int, words ...string) ([]byte, error) {
	args := []string{"-c", "credential.helper=", "-c", "core.hooksPath=/dev/null", "-c", "core.askPass=true", "-c", "core.fsmonitor=false",
		"-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.recurseSubmodules=false", "-c", "fetch.fsckObjects=true",
		"-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=15"}
	cmd := exec.CommandContext(r.ctx, r.program, append(args, words...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.dir, r.env, time.Second
	ownGroup(cmd)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{w: &out, left: limit + 1}, &limited{w: &errs, left: 1 << 12}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", words[0], err, withoutLogins(firstLine(errs.String())))
	}
	if out.Len() > limit {
		return nil, errTooMuch
	}
	return out.Bytes(), nil
}

// withoutLogins takes what stands before an @ out of the addresses in a text.
func withoutLogins(s string) string {
	return regexp.MustCompile(`://[^/@\s']*@`).ReplaceAllString(s, "://***@")
}

// fetch gets one commit, by itself or by a name for it.
func (r *gitRun) fetch(address, commit, ref string) error {
	words := []string{"fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", address}
	_, err := r.git(1<<10, append(words, commit)...)
	if err != nil && ref != "" && r.ctx.Err() == nil {
		_, err = r.git(1<<10, append(words, ref)...)
	}
	return err
}

// blob is an ordinary file of a commit.
func (r *gitRun) blob(commit, path string) ([]byte, bool, error) {
	line, err := r.git(1<<12, "ls-tree", "-z", "-l", commit, "--", path)
	if err != nil {
		return nil, false, err
	}
	f := strings.Fields(string(line))
	if len(f) < 5 || !strings.HasPrefix(f[0], "100") || f[1] != "blob" || !isObject(f[2]) {
		return nil, false, nil
	}
	if size, err := strconv.ParseInt(f[3], 10, 64); err != nil || size > maxBlob {
		return nil, false, fmt.Errorf("%s: larger than %d bytes", path, maxBlob)
	}
	data, err := r.git(maxBlob, "cat-file", "blob", f[2])
	return data, err == nil, err
}

// watch ends everything where the repository grows beyond its size; what it gives says whether that was so.
func (r *gitRun) watch(cancel context.CancelFunc, most int64) func() bool {
	var wg sync.WaitGroup
	done := make(chan struct{})
	grown := false
	wg.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if folderSize(r.dir) > most {
				grown = true
				cancel()
				return
			}
		}
	})
	return func() bool {
		close(done)
		wg.Wait()
		return grown
	}
}

func folderSize(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // git took it away meanwhile
		}
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
		return nil
	})
	return size
}
