package main

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Altered implements checks.Disk.
func (l *larder) Altered(ctx context.Context, p resolver.Package, at resolver.Laid) ([]string, error) {
	r, err := l.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	sums, err := registry.FileSums(r)
	if err != nil {
		return nil, err
	}
	dir := filepath.FromSlash(at.Folder)
	if !filepath.IsAbs(dir) {
		root := l.request.Dir
		if real, err := filepath.EvalSymlinks(root); err == nil {
			root = real
		}
		dir = filepath.Join(root, dir)
	}
	c := &comparison{dir: dir, within: at.Within, sums: sums, seen: map[string]bool{}}
	for _, s := range at.Scripts {
		c.named("", fileWords(s.Value))
	}
	if at.Gyp {
		c.gyps()
	}
	out := make([]string, 0, len(c.altered))
	for _, name := range c.altered {
		out = append(out, at.Folder+"/"+name)
	}
	return out, nil
}

// comparison follows what npm would run in a folder, from file to file, as long
// as it is what was published.
type comparison struct {
	dir, within string
	sums        map[string][sha256.Size]byte
	seen        map[string]bool
	altered     []string
}

const maxRun = 16 << 20 // bytes of a file that is compared

// fileWords are what could be a file's name in a command.
func fileWords(command string) []string {
	return strings.FieldsFunc(command, func(r rune) bool { return strings.ContainsRune(" \t\n\r\"'`()[]{}<>|&;,=$*?!\\", r) })
}

// asked finds the files that a file loads by a path.
func asked(text []byte) []string {
	loads := regexp.MustCompile("(?:require|import|from)\\s*\\(?\\s*[\"'`](\\.{1,2}/[^\"'`\\s]{1,200})[\"'`]")
	var out []string
	for _, m := range loads.FindAllSubmatch(text, 500) {
		out = append(out, string(m[1]))
	}
	return out
}

// named looks at files by their names, each as node would find it: what was not
// published and is found first is run in place of what was.
func (c *comparison) named(from string, names []string) {
	for _, name := range names {
		name = path.Join(from, name)
		var before []string
		for _, ending := range []string{"", ".js", ".cjs", ".mjs", ".json", ".node", "/index.js", "/index.json", "/index.node"} {
			at := name + ending
			if _, published := c.sums[path.Join(c.within, at)]; published {
				c.file(at)
				c.planted(before...)
				before = nil
				continue
			}
			before = append(before, at)
			if slices.Contains([]string{".js", ".cjs", ".mjs"}, path.Ext(at)) {
				c.planted(at)
			}
		}
	}
}

// planted takes down which of these files, which the tarball does not have, are
// there all the same.
func (c *comparison) planted(names ...string) {
	for _, name := range names {
		if strings.HasPrefix(name, "build/") || path.Ext(name) == ".node" { // compiled here
			continue
		}
		if _, there := c.read(name); there && !slices.Contains(c.altered, name) {
			c.altered = append(c.altered, name)
		}
	}
}

// file compares a published file, where it is there, and then what it asks for.
func (c *comparison) file(name string) {
	if c.seen[name] {
		return
	}
	c.seen[name] = true
	text, there := c.read(name)
	switch {
	case !there:
	case sha256.Sum256(text) != c.sums[path.Join(c.within, name)]:
		c.altered = append(c.altered, name)
	default:
		c.named(path.Dir(name), asked(text))
	}
}

// read reads a file of the package's own, if it is there. Its package.json is
// compared by what it says.
func (c *comparison) read(name string) ([]byte, bool) {
	if !filepath.IsLocal(filepath.FromSlash(name)) || name == "package.json" || strings.HasPrefix(name, "node_modules/") {
		return nil, false
	}
	return readFile(filepath.Join(c.dir, filepath.FromSlash(name)))
}

// gyps compares what node-gyp reads.
func (c *comparison) gyps() {
	for name := range c.sums {
		name, ok := strings.CutPrefix(name, strings.TrimPrefix(c.within+"/", "/"))
		if ok && slices.Contains([]string{".gyp", ".gypi"}, path.Ext(name)) {
			c.file(name)
		}
	}
	slices.Sort(c.altered)
}

// readFile reads a file of node_modules that is one, and no larger than any is.
func readFile(name string) ([]byte, bool) {
	if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
		return nil, false
	}
	f, err := os.Open(name) // #nosec G304 -- below node_modules
	if err != nil {
		return nil, false
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxRun))
	return text, err == nil
}
