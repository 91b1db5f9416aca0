package lockfile

import (
	"path"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

// upgrade makes entries of a file of version 1, which nests its
// «dependencies» and says only in part what each is.
func (r *reader) upgrade(top value) {
	root := Entry{Name: top.get("name").str(), Version: top.get("version").str(), Line: 1}
	r.lock.Root = &root
	r.nested("", top)
	r.sortRequires()
}

// runs notes what the entry at a path says to run.
func (l *Lock) runs(path, what string) {
	if e := l.At(path); e != nil && what != "" {
		e.Runs = what
	}
}

func (r *reader) nested(loc string, v value) {
	for _, m := range v.get("dependencies").members {
		at := "node_modules/" + m.name // not cleaned: a name that climbs must show
		if loc != "" {
			at = loc + "/" + at
		}
		if m.kind != '{' {
			r.note(m.offset, m.name, "no object: left out")
			continue
		}
		e := r.fromV1(at, m.name, r.v1(m.value))
		r.lock.runs(e.Path, runs(m.value))
		below := e.Path
		if e.Link {
			below = e.Resolved
		}
		r.nested(below, m.value)
	}
}

// place is where old specs are read.
func (r *reader) place() spec.Place {
	return spec.Place{Dir: path.Clean("/" + r.o.Dir), NPM: r.o.NPM}
}

// v1 is an entry of version 1.
type v1 struct {
	version, from, resolved, integrity string
	optional, dev, bundled             bool
	requires                           registry.Deps
	line                               int
}

func (r *reader) v1(v value) v1 {
	return v1{
		version: v.get("version").str(), from: v.get("from").str(), resolved: v.get("resolved").str(), integrity: v.get("integrity").str(),
		optional: v.get("optional").truthy(), dev: v.get("dev").truthy(), bundled: v.get("bundled").truthy(),
		requires: r.deps(v.get("requires")), line: r.line(v.offset),
	}
}

// specOf reads what an entry of version 1 is; its version may be a version, a
// URL, a path or an alias.
func (r *reader) specOf(name string, v v1) spec.Spec {
	version, from, resolved := v.version, v.from, v.resolved
	if version != "" {
		s := spec.Resolve(name, version, r.place())
		if s.Kind == spec.Opaque {
			return spec.Resolve(name, version, r.place())
		}
		if v.integrity != "" || s.Kind == spec.Git {
			return s
		}
	}
	if from != "" {
		s := spec.Resolve(name, from, r.place())
		switch {
		case s.Kind == spec.Opaque:
			return spec.Resolve(name, version, r.place())
		case s.Registry() && version != "":
			return spec.Resolve(name, version, r.place())
		case resolved == "":
			return s
		}
	}
	if resolved != "" {
		if s := spec.Resolve(name, resolved, r.place()); s.Kind != spec.Opaque {
			return s
		}
	}
	return spec.Resolve(name, version, r.place())
}

func (r *reader) fromV1(loc, name string, v v1) Entry {
	s := r.specOf(name, v)
	if s.Kind == spec.Directory {
		return r.linkFromV1(loc, name, s, v)
	}
	e := Entry{
		Path: loc, Line: v.line, Folder: folderName(loc), requires: v.requires,
		Optional: v.optional, Dev: v.dev, Integrity: v.integrity,
	}
	if v.version != "" && v.integrity == "" && s.Kind == spec.Git {
		e.Resolved = r.repository(s)
		return r.keep(e)
	}
	if v.version != "" && v.integrity == "" && s.Registry() {
		e.Version = v.version
	}
	switch {
	case s.Registry():
		e.Resolved = v.resolved
	case s.Kind == spec.File:
		e.Resolved = "file:" + relPath(r.place().Dir, s.Where)
	case s.Kind != spec.Opaque:
		e.Resolved = s.Where
	default:
		e.Fault = "cannot be read: " + s.Err
	}
	e.inferVersion(name, s)
	e.InBundle = v.bundled
	return r.keep(e)
}

// inferVersion does what it can where version 1 has no plain version.
func (e *Entry) inferVersion(name string, s spec.Spec) {
	if e.Version != "" {
		return
	}
	switch s.Kind {
	case spec.File, spec.Remote:
		tgzName, version := VersionFromTarball(s.Name, s.Where)
		if version == "" {
			tgzName, version = VersionFromTarball(s.Name, e.Resolved)
		}
		e.Version = version
		if version != "" && tgzName != name {
			e.Name = tgzName
		}
	case spec.Alias:
		e.Name, e.Version = s.Sub.Name, s.Sub.Range
	case spec.Version:
		e.Version = s.Range
	default:
	}
}

// linkFromV1 makes the link and, where it is not there yet, its target.
func (r *reader) linkFromV1(loc, name string, s spec.Spec, v v1) Entry {
	target := relPath(r.place().Dir, s.Where)
	e := r.keep(Entry{Path: loc, Line: v.line, Folder: folderName(loc), Link: true, Resolved: target})
	if target != "" && r.lock.At(target) == nil {
		v.version = "" // that is the link's
		r.fromV1(target, name, v)
	}
	return e
}

func (r *reader) keep(e Entry) Entry {
	e.HasResolved, e.HasIntegrity = e.Resolved != "", e.Integrity != ""
	if e.Name == "" {
		e.Name = e.Folder
	}
	r.lock.put(e)
	return e
}

// repository is how npm writes a git dependency down.
func (r *reader) repository(s spec.Spec) string {
	h := s.Repo.Host
	switch {
	case h == nil:
		return s.SaveSpec
	case h.Auth != "" || !r.o.before(12) && h.Default == "https":
		return "git+" + strings.TrimPrefix(h.HTTPS(true), "git+")
	}
	return h.SSHURL(true)
}

// sortRequires tells each entry's requires apart: what is optional where the
// one that asks is not, is an optional dependency of it.
func (r *reader) sortRequires() {
	for i := range r.lock.Entries {
		e := &r.lock.Entries[i]
		for _, d := range e.requires {
			to := r.lock.Find(e.Path, d.Name)
			switch {
			case to != nil && to.Optional && !e.Optional:
				e.OptionalDependencies = append(e.OptionalDependencies, d)
			case to != nil && to.Dev && !e.Dev:
				e.DevDependencies = append(e.DevDependencies, d)
			default:
				e.Dependencies = append(e.Dependencies, d)
			}
		}
		e.requires = nil
	}
}

// Find gives the entry that a package at path reaches by a name, as node looks
// it up: in node_modules beside it, and in every folder above.
func (l *Lock) Find(from, name string) *Entry {
	for dir := from; ; {
		at := "node_modules/" + name
		if dir != "" {
			at = dir + "/" + at
		}
		if e := l.At(at); e != nil {
			return e
		}
		if dir == "" {
			return nil
		}
		dir = dir[:max(strings.LastIndexByte(dir, '/'), 0)]
	}
}

// VersionFromTarball reads name and version off a tarball's URL or path, as
// registries name them; name is the dependency's, for where the URL has none.
// Both are "" where it does not look like one.
func VersionFromTarball(name, tarball string) (string, string) {
	base := path.Base(tarball)
	if !strings.HasSuffix(base, ".tgz") {
		return "", ""
	}
	if strings.HasPrefix(tarball, "http:/") || strings.HasPrefix(tarball, "https:/") {
		before, _, _ := strings.Cut(tarball, "?")
		before, _, _ = strings.Cut(before, "#")
		if pre, after, ok := cutLast(before, "/-/"); ok && after == base {
			_, pre, _ = cutLast(pre, "/-/")
			return versionFromBase(base, pre)
		}
	}
	return versionFromBase(base, name)
}

// cutLast cuts around the last sep; without one, all of s is after it.
func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

func versionFromBase(base, full string) (string, string) {
	full = strings.NewReplacer("%2f", "/", "%2F", "/").Replace(full)
	scope, name, _ := cutLast(full, "/")
	_, scope, _ = cutLast(scope, "/")
	if name == "" || !strings.HasPrefix(base, name+"-") {
		return "", ""
	}
	version := semver.Valid(base[len(name)+1:len(base)-len(".tgz")], false)
	if version == "" {
		return "", ""
	}
	if strings.HasPrefix(scope, "@") {
		name = scope + "/" + name
	}
	return name, version
}
