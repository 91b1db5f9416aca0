package npmrc

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
)

func isFile(parts ...string) bool {
	info, err := os.Stat(filepath.Join(parts...))
	return err == nil && info.Mode().IsRegular()
}

func isDir(parts ...string) bool {
	info, err := os.Stat(filepath.Join(parts...))
	return err == nil && info.IsDir()
}

// findRoot is npm's way to its local prefix: --prefix, else the nearest folder
// upward with a package.json or a node_modules, or the root whose workspace
// that folder is.
func (l *loader) findRoot(global bool) {
	if it, ok := l.data[CLI]["prefix"]; ok && it.value.text != "" {
		l.Root = it.value.text
		return
	}
	alone := global || l.isFalse("workspaces") && l.Origin("workspaces").Layer == CLI
	for dir := l.o.Cwd; ; dir = filepath.Dir(dir) {
		manifest := isFile(dir, "package.json")
		switch {
		case l.Root == "" && (manifest || isDir(dir, "node_modules")):
			l.Root = dir
			if alone {
				return
			}
		case l.Root != "" && manifest && hasWorkspace(dir, l.Root):
			if isFile(l.Root, ".npmrc") {
				l.note("%s is ignored: it is a workspace's", filepath.Join(l.Root, ".npmrc"))
			}
			l.Workspace, l.Root = l.Root, dir
			return
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if l.Root == "" {
		l.Root = l.o.Cwd
	}
}

// hasWorkspace says whether a root's package.json has the folder for a
// workspace.
func hasWorkspace(root, dir string) bool {
	if !isFile(dir, "package.json") {
		return false
	}
	text, err := readFile(filepath.Join(root, "package.json"))
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return false
	}
	rel = filepath.ToSlash(rel)
	if strings.Contains("/"+rel+"/", "/node_modules/") {
		return false
	}
	return selects(workspacePatterns(text), rel)
}

// workspacePatterns reads "workspaces": […] or {"packages": […]}.
func workspacePatterns(manifest string) []string {
	var outer struct {
		Workspaces json.RawMessage `json:"workspaces"`
	}
	if json.Unmarshal([]byte(strings.TrimPrefix(manifest, "\uFEFF")), &outer) != nil {
		return nil
	}
	var patterns []string
	if json.Unmarshal(outer.Workspaces, &patterns) == nil {
		return patterns
	}
	var inner struct {
		Packages []string `json:"packages"`
	}
	if json.Unmarshal(outer.Workspaces, &inner) != nil {
		return nil
	}
	return inner.Packages
}

// selects goes through the patterns: the last one that fits decides, and one
// with a ! takes away.
func selects(patterns []string, rel string) bool {
	in := false
	for _, p := range patterns {
		bare := strings.TrimLeft(p, "!")
		negated := (len(p)-len(bare))%2 == 1
		bare = strings.Trim(strings.TrimPrefix(bare, "."), "/")
		for _, alternative := range braces(bare) {
			if globs(strings.Split(alternative, "/"), strings.Split(rel, "/")) {
				in = !negated
			}
		}
	}
	return in
}

// maxBraces bounds what one pattern may spread to.
const maxBraces = 256

// braces spreads {a,b}.
func braces(p string) []string {
	all := []string{p}
	for i := 0; i < len(all) && len(all) < maxBraces; {
		p := all[i]
		open := strings.IndexByte(p, '{')
		end := strings.IndexByte(p, '}')
		if open < 0 || end < open {
			i++
			continue
		}
		var spread []string
		for _, middle := range strings.Split(p[open+1:end], ",") {
			spread = append(spread, p[:open]+middle+p[end+1:])
		}
		all = append(all[:i], append(spread, all[i+1:]...)...)
	}
	return all
}

// globs matches a path by segments: * within one, ** over any number. at[j]
// says whether the pattern so far fits the first j segments of the name.
func globs(pattern, name []string) bool {
	at := make([]bool, len(name)+1)
	at[0] = true
	for _, p := range pattern {
		next := make([]bool, len(name)+1)
		for j := range next {
			if p == "**" {
				next[j] = at[j] || j > 0 && next[j-1]
			} else {
				next[j] = j > 0 && at[j-1] && segment(p, name[j-1])
			}
		}
		at = next
	}
	return at[len(name)]
}

func segment(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return err == nil && ok && (name[0] != '.' || pattern[0] == '.')
}
