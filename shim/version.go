package shim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"gpq/shim/argv"
)

// Versions are of the npm and the node that will run. They decide which packages npm takes (engines) and how it reads its
// command line.
type Versions struct{ NPM, Node string }

// Learn finds the versions of npm and of the node it runs on: without running anything where a file says it, else by
// asking them once, remembered in cacheDir by the file's path, time, size and number; what a version manager chooses is
// asked anew, as it depends on the folder and changes. A script of somebody's own is not run for it where PATH has the npm
// that it most likely runs. cacheDir may be "".
func Learn(ctx context.Context, npm Tool, w World, cacheDir string) (Versions, error) {
	cache := openVersions(cacheDir)
	switch {
	case npm.direct():
		return beside(ctx, npm, w, cache)
	case npm.Manager != "":
		return askNPM(ctx, npm, w, cache)
	}
	for _, next := range behind(w) {
		if v, err := beside(ctx, next, w, cache); err == nil {
			return v, nil
		}
	}
	if v, err := askNPM(ctx, npm, w, cache); err == nil {
		return v, nil
	}
	return assumed(ctx, w, cache), ctx.Err()
}

// beside is the version that npm's own folder says, and that of its node.
func beside(ctx context.Context, npm Tool, w World, cache *versionCache) (Versions, error) {
	v := Versions{NPM: npm.Version}
	node, err := nodeOf(npm, w)
	if err != nil {
		return v, err
	}
	v.Node, err = askNode(ctx, node, w, cache)
	return v, err
}

func askNode(ctx context.Context, node Tool, w World, cache *versionCache) (string, error) {
	return cache.remember(node, func() (string, error) {
		out, err := ask(ctx, w, node, "--version")
		return strings.TrimPrefix(strings.TrimSpace(out), "v"), err
	})
}

// behind is every npm on PATH that is npm's own script: what somebody's script in front of it runs in the end.
func behind(w World) (all []Tool) {
	found, _ := FindAll("npm", w)
	for _, t := range found {
		if t.direct() {
			all = append(all, t)
		}
	}
	return all
}

// assumed stands for an npm that says nothing about itself: the newest that gpq knows, with the node on PATH. What npm does
// otherwise than foreseen, it is refused: a wrong guess costs a plan, not the protection.
func assumed(ctx context.Context, w World, cache *versionCache) Versions {
	known := argv.TableVersions()
	v := Versions{NPM: known[len(known)-1]}
	if node, err := nodeOf(Tool{}, w); err == nil {
		v.Node, _ = askNode(ctx, node, w, cache)
	}
	return v
}

// askNPM asks a shim, or an npm that is no npm-cli.js, for both versions at once.
func askNPM(ctx context.Context, npm Tool, w World, cache *versionCache) (Versions, error) {
	both, err := cache.remember(npm, func() (string, error) {
		out, err := ask(ctx, w, npm, "--versions", "--json")
		if err != nil {
			return "", err
		}
		var v struct{ NPM, Node string }
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.NPM == "" {
			return "", fmt.Errorf("%s --versions --json does not say its version", npm.Path)
		}
		return v.NPM + " " + v.Node, nil
	})
	v := Versions{}
	v.NPM, v.Node, _ = strings.Cut(both, " ")
	return v, err
}

// ask runs a tool for what it prints, at most ten seconds.
func ask(ctx context.Context, w World, t Tool, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.Path, args...)
	cmd.Dir, cmd.Env = w.Dir, t.environ(w.Env)
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{w: &out, left: 1 << 16}, &limited{w: &errs, left: 1 << 12}
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", t.Path, strings.Join(args, " "), err, firstLine(errs.String()))
	}
	return out.String(), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// limited drops what goes beyond.
type limited struct {
	w    io.Writer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	_, err := l.w.Write(p[:n])
	return len(p), err
}

// nodeOf is the node that npm's first line asks for: env's, along PATH, or one named in full.
func nodeOf(npm Tool, w World) (Tool, error) {
	line, _, _ := strings.Cut(firstBytes(npm.Real, 256), "\n")
	fields := strings.Fields(strings.TrimPrefix(line, "#!"))
	if len(fields) == 1 && filepath.IsAbs(fields[0]) && strings.HasPrefix(filepath.Base(fields[0]), "node") {
		return newTool("node", fields[0]), nil
	}
	for _, dir := range filepath.SplitList(w.get("PATH")) {
		path := filepath.Join(dir, "node")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 && filepath.IsAbs(path) {
			return newTool("node", path), nil
		}
	}
	return Tool{}, &NotFoundError{Name: "node"}
}

// FindNode is the node that this npm runs on.
func FindNode(npm Tool, w World) (Tool, error) { return nodeOf(npm, w) }

// versionCache is one small file of what files have said when asked.
type versionCache struct {
	file string
	seen map[string]string
}

func openVersions(dir string) *versionCache {
	c := &versionCache{seen: map[string]string{}}
	if dir == "" {
		return c
	}
	c.file = filepath.Join(dir, "versions.json")
	if b, err := os.ReadFile(c.file); err == nil && len(b) < 1<<16 {
		_ = json.Unmarshal(b, &c.seen)
	}
	if c.seen == nil {
		c.seen = map[string]string{}
	}
	return c
}

// remember is what a file says, from the cache if it is the same file still.
func (c *versionCache) remember(t Tool, ask func() (string, error)) (string, error) {
	id, ok := fileID(t.Real)
	if t.Manager != "" || !ok {
		return ask()
	}
	key := t.Path + " " + id
	if v := c.seen[key]; v != "" {
		return v, nil
	}
	v, err := ask()
	if err != nil {
		return "", err
	}
	if v == "" {
		return "", errors.New(t.Path + " prints no version")
	}
	c.save(key, v)
	return v, nil
}

// save keeps at most 64 answers. That it cannot be written is no error: it is asked again.
func (c *versionCache) save(key, v string) {
	if len(c.seen) >= 64 {
		c.seen = map[string]string{}
	}
	c.seen[key] = v
	b, err := json.Marshal(c.seen)
	if c.file == "" || err != nil {
		return
	}
	_ = writeAtomic(c.file, b)
}

func writeAtomic(file string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".versions-")
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
