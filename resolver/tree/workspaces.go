package tree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// mapWorkspaces finds the project's workspaces and makes edges to them.
func (b *builder) mapWorkspaces(root *Node) error {
	if b.opt.NoDisk || b.opt.Global {
		return nil
	}
	t := root.Target()
	if t.pkg.BadWorkspaces {
		return &Failure{Code: "EWORKSPACESCONFIG", Message: filepath.Join(t.path, "package.json") + ": workspaces must be a list"}
	}
	list, err := findWorkspaces(t.path, t.pkg.Workspaces, &b.coll)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		t.setWorkspaces(list)
		if root != t {
			root.workspaces = list
		}
	}
	return nil
}

// patterns tells the folders to look for from those to leave out. A later
// pattern takes back an earlier exclusion of the same.
func patterns(raw []string) (want, not []string) {
	for _, p := range raw {
		bangs := len(p) - len(strings.TrimLeft(p, "!"))
		p = strings.TrimPrefix(strings.TrimLeft(p[bangs:], "/"), "./")
		p = strings.TrimLeft(p, "/")
		if bangs%2 == 1 {
			not = append(not, p)
			continue
		}
		kept := not[:0:0]
		for _, n := range not {
			if !globMatch(n, p) {
				kept = append(kept, n)
			}
		}
		not = kept
		want = append(want, p)
	}
	left := want[:0:0]
	for _, p := range want {
		if !matchesAny(not, p) {
			left = append(left, p)
		}
	}
	return left, not
}

func matchesAny(globs []string, s string) bool {
	for _, g := range globs {
		if globMatch(strings.TrimSuffix(g, "/"), s) {
			return true
		}
	}
	return false
}

func findWorkspaces(dir string, raw []string, coll *collator) ([]workspace, error) {
	want, not := patterns(raw)
	if len(want) == 0 {
		return nil, nil
	}
	var out []workspace
	byName := map[string]string{}
	for _, p := range want {
		found := globDirs(dir, p)
		sort.Slice(found, func(i, j int) bool { return coll.compare(found[i], found[j]) < 0 })
		for _, f := range found {
			if matchesAny(not, f) {
				continue
			}
			at := path.Join(dir, f)
			pkg, err := ReadPackage(at)
			if errors.Is(err, os.ErrNotExist) || isNotDir(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			name := pkg.Name
			if name == "" {
				name = nameFromFolder(at)
			}
			if was, dup := byName[name]; dup {
				if was != at {
					return nil, &Failure{Code: "EDUPLICATEWORKSPACE", Message: "two workspaces are named " + name + ": " + was + " and " + at}
				}
				continue
			}
			byName[name] = at
			out = append(out, workspace{name, at})
		}
	}
	return out, nil
}

func isNotDir(err error) bool {
	var e *fs.PathError
	return errors.As(err, &e) && e.Err.Error() == "not a directory"
}

// globDirs are the folders below dir that match, without node_modules.
func globDirs(dir, pattern string) []string {
	seen := map[string]bool{}
	var out []string
	for _, p := range expandBraces(pattern, 0) {
		w := &globWalk{dir: dir, found: func(f string) {
			if f != "" && !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}}
		w.walk("", split(path.Clean(p)), 0)
	}
	return out
}

type globWalk struct {
	dir   string
	found func(string)
	steps int
}

const maxGlobSteps = 100_000

func (w *globWalk) walk(at string, parts []string, depth int) {
	w.steps++
	if w.steps > maxGlobSteps || depth > 40 {
		return
	}
	if len(parts) == 0 {
		w.found(at)
		return
	}
	head, rest := parts[0], parts[1:]
	if head == "**" {
		w.walk(at, rest, depth+1)
	}
	if !strings.ContainsAny(head, "*?[") {
		next := path.Join(at, head)
		if st, err := os.Stat(filepath.Join(w.dir, next)); err == nil && st.IsDir() && head != "node_modules" {
			w.walk(next, rest, depth+1)
		}
		return
	}
	entries, err := os.ReadDir(filepath.Join(w.dir, at))
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		if name == "node_modules" || strings.HasPrefix(name, ".") && !strings.HasPrefix(head, ".") || !w.isDir(at, e, head) {
			continue
		}
		next := path.Join(at, name)
		if head == "**" {
			w.walk(next, parts, depth+1)
		} else if ok, _ := path.Match(head, name); ok {
			w.walk(next, rest, depth+1)
		}
	}
}

// isDir follows links, but not under «**».
func (w *globWalk) isDir(at string, e fs.DirEntry, head string) bool {
	if e.IsDir() {
		return true
	}
	if e.Type()&fs.ModeSymlink == 0 || head == "**" {
		return false
	}
	st, err := os.Stat(filepath.Join(w.dir, at, e.Name()))
	return err == nil && st.IsDir()
}

// globMatch is whether s matches a pattern of folders.
func globMatch(pattern, s string) bool {
	for _, p := range expandBraces(pattern, 0) {
		if matchParts(split(p), split(s), 0) {
			return true
		}
	}
	return false
}

func matchParts(p, s []string, depth int) bool {
	if depth > 200 {
		return false
	}
	if len(p) == 0 {
		return len(s) == 0
	}
	if p[0] == "**" {
		if matchParts(p[1:], s, depth+1) {
			return true
		}
		return len(s) > 0 && !strings.HasPrefix(s[0], ".") && matchParts(p, s[1:], depth+1)
	}
	if len(s) == 0 {
		return false
	}
	ok, _ := path.Match(p[0], s[0])
	return ok && matchParts(p[1:], s[1:], depth+1)
}

// expandBraces spells {a,b} out.
func expandBraces(p string, depth int) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 || depth > 6 {
		return []string{p}
	}
	level, start := 0, open+1
	var parts []string
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '{':
			level++
		case ',':
			if level == 1 {
				parts = append(parts, p[start:i])
				start = i + 1
			}
		case '}':
			if level--; level > 0 {
				continue
			}
			parts = append(parts, p[start:i])
			if len(parts) < 2 {
				return []string{p}
			}
			var out []string
			for _, m := range parts {
				out = append(out, expandBraces(p[:open]+m+p[i+1:], depth+1)...)
			}
			return out
		}
	}
	return []string{p}
}
