package shim

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Marker stands in the first lines of every script that gpq writes in npm's place, so that no gpq takes one for npm.
const Marker = "gpq-shim"

// World is the part of the outside that finding npm depends on.
type World struct {
	Env  []string // KEY=VALUE, the last of several counts
	Dir  string   // working directory, absolute
	Self string   // the file of this program; "" where unknown
	PID  int
	Args []string // npm's arguments, to tell a loop through a version manager from npm called by npm
}

// Tool is a real npm, npx or node.
type Tool struct {
	Name    string // npm, npx, node
	Path    string // as found, absolute
	Real    string // after all links
	Manager string // the version manager whose shim Path is (asdf, mise, volta, nodenv, proto, corepack), "" for none
	Version string // where it can be told without running it, else ""

	hops string
}

// Passed is a file on PATH that was not taken, and why.
type Passed struct{ Path, Why string }

// NotFoundError says that there is no real npm (or npx, node); exit code 127.
type NotFoundError struct {
	Name   string
	Given  string // the variable that named it, "" where PATH was searched
	Passed []Passed
}

func (e *NotFoundError) Error() string {
	if e.Given != "" {
		return fmt.Sprintf("%s names no %s that can be run: %s", e.Given, e.Name, e.Passed[0].Why)
	}
	return "no real " + e.Name + " on PATH"
}

// Hint says what to do.
func (e *NotFoundError) Hint() string {
	switch {
	case e.Given != "":
		return "set " + e.Given + " to the full path of the real " + e.Name
	case len(e.Passed) > 0:
		p := e.Passed[len(e.Passed)-1]
		return fmt.Sprintf("%s was passed over: %s. Install npm, or set GPQ_NPM to its full path", p.Path, p.Why)
	}
	if e.Name == "node" {
		return "install node: npm runs on it"
	}
	return "install npm, or set GPQ_" + strings.ToUpper(e.Name) + " to its full path"
}

// Find looks for the real npm or npx: what GPQ_NPM or GPQ_NPX names, else the first on PATH that is not gpq. Errors are of
// type *NotFoundError or *LoopError.
func Find(name string, w World) (Tool, error) {
	hops, tried, err := w.hops()
	if err != nil {
		return Tool{}, err
	}
	if key := "GPQ_" + strings.ToUpper(name); w.get(key) != "" {
		return w.given(name, key)
	}
	all, passed := w.candidates(name, tried)
	if len(all) == 0 && name == "npx" {
		all = w.besideNPM(tried)
	}
	if len(all) == 0 {
		return Tool{}, &NotFoundError{Name: name, Passed: passed}
	}
	t := all[0]
	if !t.direct() {
		t.hops = hops + "|" + t.Path
	}
	return t, nil
}

// FindAll is every real npm or npx on PATH, in order, and what was passed over.
func FindAll(name string, w World) ([]Tool, []Passed) { return w.candidates(name, nil) }

func (w World) given(name, key string) (Tool, error) {
	path := w.get(key)
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.Dir, path)
	}
	if why := w.refuse(path); why != "" {
		return Tool{}, &NotFoundError{Name: name, Given: key, Passed: []Passed{{path, why}}}
	}
	return newTool(name, path), nil
}

func (w World) candidates(name string, tried []string) (all []Tool, passed []Passed) {
	seen := map[string]bool{}
	for _, dir := range filepath.SplitList(w.get("PATH")) {
		path := filepath.Join(dir, name)
		if seen[path] {
			continue
		}
		seen[path] = true
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		why := w.refuse(path)
		switch {
		case !filepath.IsAbs(dir):
			why = "it lies in a relative folder of PATH"
		case strings.HasSuffix(filepath.ToSlash(dir), "node_modules/.bin"):
			why = "it comes with a project's packages"
		case contains(tried, path):
			why = "it led back to gpq"
		}
		if why != "" {
			passed = append(passed, Passed{path, why})
			continue
		}
		all = append(all, newTool(name, path))
	}
	return all, passed
}

// besideNPM is the npx in the folder of the real npm, or in its package.
func (w World) besideNPM(tried []string) []Tool {
	npms, _ := w.candidates("npm", tried)
	for _, n := range npms {
		for _, path := range []string{filepath.Join(filepath.Dir(n.Path), "npx"), filepath.Join(filepath.Dir(n.Real), "npx-cli.js")} {
			if w.refuse(path) == "" {
				return []Tool{newTool("npx", path)}
			}
		}
	}
	return nil
}

// refuse says why path cannot be the real one; "" where it can.
func (w World) refuse(path string) string {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "it leads nowhere"
	case err != nil:
		return "it cannot be read: " + err.Error()
	case !info.Mode().IsRegular():
		return "it is no file"
	case info.Mode().Perm()&0o111 == 0:
		return "it is not executable"
	}
	if self, err := os.Stat(w.Self); err == nil && os.SameFile(self, info) {
		return "it is gpq"
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "it cannot be read: " + err.Error()
	}
	if isOwnName(strings.TrimSuffix(filepath.Base(real), ".exe")) {
		return "it is gpq"
	}
	return ownFile(real)
}

// ownFile recognises gpq's scripts, and a copy of gpq under another name.
func ownFile(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "" // executable and not readable: it may be npm
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	switch {
	case n == 0:
		return "it is empty"
	case strings.HasPrefix(string(head), "#!"):
		if strings.Contains(string(head), Marker) {
			return "it is gpq's own script"
		}
		return ""
	}
	if info, err := buildinfo.Read(f); err == nil && strings.HasPrefix(info.Path, "gpq/cmd/") {
		return "it is gpq"
	}
	return ""
}

func newTool(name, path string) Tool {
	t := Tool{Name: name, Path: path, Real: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		t.Real = real
	}
	t.Manager = manager(t)
	if t.Manager == "" {
		t.Version = packageVersion(t.Real)
	}
	return t
}

// direct is npm's own script: nothing stands between it and npm.
func (t Tool) direct() bool { return t.Version != "" }

func (w World) get(key string) string {
	for i := len(w.Env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(w.Env[i], key+"="); ok {
			return v
		}
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// PackageDir is the folder of the npm package that the tool belongs to, "" where
// the tool is something else (a version manager's shim).
func (t Tool) PackageDir() string {
	if !t.direct() {
		return ""
	}
	return filepath.Dir(filepath.Dir(t.Real))
}

// isOwnName: gpq is one file, or two where it was installed (cmd/front).
func isOwnName(base string) bool { return base == "gpq" || base == "gpq-core" }
