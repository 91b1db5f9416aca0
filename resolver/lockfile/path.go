package lockfile

import (
	"path"
	"strings"
)

// folderName is the name of the folder a path ends in, with its scope.
func folderName(p string) string {
	p = path.Clean("/" + p)
	base, dir := path.Base(p), path.Base(path.Dir(p))
	if base == "/" {
		return ""
	}
	if strings.HasPrefix(dir, "@") {
		return dir + "/" + base
	}
	return base
}

// judge sets what is wrong with an entry's place, and where it points. A fault
// found before stays.
func (r *reader) judge(e *Entry) {
	if e.Fault != "" || r.storeFolder(e) {
		return
	}
	if e.Link {
		e.Target = e.Resolved
		if e.Fault = r.linkFault(e); e.Fault != "" {
			return
		}
	}
	e.Outside = leaves(e.Path) || e.Link && leaves(e.Target)
	e.Fault = r.pathFault(e.Path)
	if e.Fault == "" && r.place().NameError(e.Name) != "" && inModules(e.Path) {
		e.Fault = "its name is none that a package may have"
	}
}

// storeFolder is whether an entry of the hidden lockfile is a folder of npm's
// store, in which a package lies beside what it depends on: nothing of its own.
func (r *reader) storeFolder(e *Entry) bool {
	_, key, ok := strings.Cut("/"+e.Path, "/node_modules/.store/")
	return ok && r.lock.File == Hidden && !e.Link && e.Version == "" && e.Resolved == "" && key != "" &&
		!strings.Contains(key, "/node_modules/") && r.pathFault(e.Path+"/node_modules/x") == ""
}

func (r *reader) linkFault(e *Entry) string {
	if e.Target == "" && e.Resolved == "" {
		e.Target = "" // the project itself
		return ""
	}
	e.Target = relPath(path.Clean("/"+r.o.Dir), path.Join("/", r.o.Dir, strings.ReplaceAll(e.Resolved, `\`, "/")))
	if strings.HasPrefix(e.Resolved, "/") {
		e.Target = relPath(path.Clean("/"+r.o.Dir), path.Clean(e.Resolved))
	}
	if e.Target != "" && r.lock.At(e.Target) == nil {
		return "a link to " + e.Target + ", which the file does not have"
	}
	if t := r.lock.At(e.Target); t != nil && t.Link {
		return "a link to a link"
	}
	return ""
}

// leaves says that a path leads out of the project.
func leaves(p string) bool { return p == ".." || strings.HasPrefix(p, "../") }

func inModules(p string) bool {
	return p == "node_modules" || strings.Contains("/"+p, "/node_modules/")
}

// pathFault says why a path is no place for a package: npm itself writes only
// clean, relative ones, of which the part in node_modules is a package's name.
func (r *reader) pathFault(p string) string {
	switch {
	case strings.HasPrefix(p, "/"), len(p) > 1 && p[1] == ':':
		return "its path is absolute"
	case strings.ContainsAny(p, "\\\x00"), path.Clean(p) != p, p == ".":
		return "its path is not a plain one"
	}
	before, rest, in := strings.Cut("/"+p, "/node_modules/")
	if strings.Contains(before+"/", "/../") && in && before == "" {
		return "its path is not a plain one"
	}
	for in {
		var name string
		name, rest, in = strings.Cut(rest, "/node_modules/")
		if strings.HasPrefix(name, ".store/") {
			name = strings.TrimPrefix(name, ".store/")
			if !in || name == "" || strings.Contains(name, "..") {
				return "its path is no package's place"
			}
			continue
		}
		if r.place().NameError(name) != "" {
			return "its path is no package's place"
		}
	}
	if strings.HasSuffix(p, "/node_modules") || p == "node_modules" {
		return "its path is no package's place"
	}
	return ""
}

// relPath is the way from one absolute path to another; "" to the same.
func relPath(from, to string) string {
	split := func(p string) []string { return strings.FieldsFunc(p, func(r rune) bool { return r == '/' }) }
	f, t := split(from), split(to)
	for len(f) > 0 && len(t) > 0 && f[0] == t[0] {
		f, t = f[1:], t[1:]
	}
	out := make([]string, 0, len(f)+len(t))
	for range f {
		out = append(out, "..")
	}
	return strings.Join(append(out, t...), "/")
}
