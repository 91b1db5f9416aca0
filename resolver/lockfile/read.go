package lockfile

import (
	"strconv"
	"strings"

	"gpq/resolver/registry"
)

// Read reads one lockfile of any version. name is one of this package's, and
// stands in errors. Its error is a *ParseError or a *VersionError.
func Read(name string, data []byte, o Options) (*Lock, error) {
	if len(data) > o.max() {
		return nil, &ParseError{File: name, Line: 1, Reason: "larger than " + strconv.Itoa(o.max()) + " bytes"}
	}
	d := &document{file: name, data: data}
	top, err := d.parse()
	if err != nil {
		return nil, err
	}
	if top.kind == 'n' {
		return nil, &ParseError{File: name, Line: 1, Reason: "no JSON object"}
	}
	l := &Lock{File: name, byPath: map[string]int{}}
	l.Version = top.get("lockfileVersion").integer()
	l.Ancient = l.Version < 2 && !top.get("requires").truthy()
	if !o.before(12) && l.Version > MaxVersion {
		return nil, &VersionError{File: name, Version: l.Version}
	}
	r := &reader{document: d, lock: l, o: o}
	switch packages := top.get("packages"); {
	case packages.kind == '{':
		r.packages(packages)
	case packages.truthy():
		return nil, &ParseError{File: name, Line: d.line(packages.offset), Reason: "packages is no object"}
	case top.get("dependencies").kind == '{':
		r.upgrade(top)
	}
	for i := range l.Entries {
		r.judge(&l.Entries[i])
	}
	l.Notes = append(l.Notes, d.notes...)
	return l, nil
}

type reader struct {
	*document
	lock *Lock
	o    Options
}

func (v value) integer() int {
	if v.kind != '0' {
		return 0
	}
	f, err := strconv.ParseFloat(v.text, 64)
	if err != nil || f != float64(int32(f)) {
		return 0
	}
	return int(f)
}

func (r *reader) packages(all value) {
	for _, m := range all.members {
		if m.kind != '{' {
			r.note(m.offset, m.name, "no object: left out")
			continue
		}
		e := r.entry(m.name, m.value)
		if m.name == "" {
			r.lock.Root = &e
			r.lock.PackageExtensionsHash = m.get("packageExtensionsHash").str()
			r.lock.NPMExtensionHash = m.get("npmExtensionHash").str()
			continue
		}
		r.lock.put(e)
	}
}

// put adds an entry; one at the same path is replaced where it stands.
func (l *Lock) put(e Entry) {
	if i, ok := l.byPath[e.Path]; ok {
		l.Entries[i] = e
		return
	}
	l.byPath[e.Path] = len(l.Entries)
	l.Entries = append(l.Entries, e)
}

func (r *reader) entry(path string, v value) Entry {
	e := Entry{
		Path: path, Line: r.line(v.offset), Folder: folderName(path), Name: v.get("name").str(),
		Version: v.get("version").str(), Resolved: v.get("resolved").str(), Integrity: v.get("integrity").str(),
		Link: v.get("link").truthy(), License: license(v.get("license")), Deprecated: deprecated(v.get("deprecated")),
		Engines: r.deps(v.get("engines")), AcceptDependencies: r.deps(v.get("acceptDependencies")),
		Dependencies: r.deps(v.get("dependencies")), DevDependencies: r.deps(v.get("devDependencies")),
		OptionalDependencies: r.deps(v.get("optionalDependencies")), PeerDependencies: r.deps(v.get("peerDependencies")),
		OS: v.get("os").list(), CPU: v.get("cpu").list(), Libc: v.get("libc").list(),
		Dev: v.get("dev").truthy(), Optional: v.get("optional").truthy(), Peer: v.get("peer").truthy(),
		DevOptional: v.get("devOptional").truthy(), Extraneous: v.get("extraneous").truthy(),
		InBundle: v.get("inBundle").truthy(), HasShrinkwrap: v.get("hasShrinkwrap").truthy(),
		HasInstallScript: v.get("hasInstallScript").truthy(), Patched: v.get("patched").truthy(),
		Extended:   v.get("packageExtensionsApplied").truthy() || v.get("npmExtensionApplied").truthy(),
		Workspaces: workspaces(v.get("workspaces")),
	}
	e.Runs = runs(v)
	e.HasResolved, e.HasIntegrity = e.Resolved != "", e.Integrity != ""
	if e.Name == "" {
		e.Name = e.Folder
	}
	e.bundles(v)
	e.Bin = r.bin(v.get("bin"), e.Name)
	for _, m := range v.get("peerDependenciesMeta").members {
		if m.get("optional").truthy() {
			e.PeerOptional = append(e.PeerOptional, m.name)
		}
	}
	return e
}

// runs gives the first script of an entry that npm would run for it.
func runs(v value) string {
	for _, event := range []string{"preinstall", "install", "postinstall", "prepare"} {
		if cmd := v.get("scripts").get(event); cmd.truthy() {
			return event + " «" + cmd.str() + "»"
		}
	}
	return ""
}

func (e *Entry) bundles(v value) {
	b := v.get("bundleDependencies")
	if b.kind == 0 {
		b = v.get("bundledDependencies")
	}
	e.BundleAll = b.kind == 't'
	e.Bundle = b.list()
	for _, m := range b.members {
		e.Bundle = append(e.Bundle, m.name)
	}
}

// deps are an object's strings; anything else in it is noted and left out.
func (r *reader) deps(v value) registry.Deps {
	var out registry.Deps
	for _, m := range v.members {
		if m.kind != '"' {
			r.note(m.offset, m.name, "no text where a version or range belongs: left out")
			continue
		}
		out = append(out, registry.Dep{Name: m.name, Value: m.text})
	}
	return out
}

func (r *reader) bin(v value, name string) registry.Deps {
	if s := v.str(); s != "" {
		return registry.Deps{{Name: name[strings.LastIndexByte(name, '/')+1:], Value: s}}
	}
	return r.deps(v)
}

func license(v value) string {
	if s := v.str(); s != "" {
		return s
	}
	return v.get("type").str()
}

// deprecated is the message; npm takes an empty one for none.
func deprecated(v value) string {
	if v.kind == 't' {
		return "true"
	}
	return v.str()
}

func workspaces(v value) []string {
	if v.kind == '{' {
		return v.get("packages").list()
	}
	return v.list()
}
