package tree

import (
	"path"
	"strings"

	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

// upgradeV1 makes the «packages» of a lockfile of version 1, which nests
// «dependencies», as npm does.
func upgradeV1(lock *Object, dir string) *Object {
	u := &upgrade{dir: dir, packages: &Object{values: map[string]any{}}}
	u.walk("", "", lock)
	u.sortRequires()
	return u.packages
}

type upgrade struct {
	dir      string
	packages *Object
}

func (u *upgrade) walk(loc, name string, lock *Object) {
	meta := u.meta(loc, name, lock)
	if meta.truthy("link") {
		loc = meta.str("resolved")
	}
	kids := lock.object("dependencies")
	for _, kid := range kids.Keys() {
		at := "node_modules/" + kid
		if loc != "" {
			at = loc + "/" + at
		}
		if o := kids.object(kid); o != nil {
			u.walk(at, kid, o)
		}
	}
}

// meta makes one entry; the version of version 1 may be many things.
func (u *upgrade) meta(loc, name string, lock *Object) *Object {
	at := spec.Place{Dir: u.dir}
	version := lock.str("version")
	s := spec.Resolve(name, version, at)
	if r := lock.str("resolved"); version != "" && !s.Registry() && s.Kind == spec.Opaque && r != "" {
		s = spec.Resolve(name, r, at)
	}
	m := &Object{values: map[string]any{}}
	if s.Kind == spec.Directory && loc != "" {
		target := relpath(u.dir, s.Where)
		m.put("link", true)
		m.put("resolved", target)
		u.packages.put(loc, m)
		if _, has := u.packages.Get(target); !has {
			t := *lock
			t.values = map[string]any{}
			for k, v := range lock.values {
				if k != "version" {
					t.values[k] = v
				}
			}
			u.meta(target, name, &t)
		}
		return m
	}
	if r := lock.object("requires"); r != nil {
		m.put("requires", r)
	}
	for _, flag := range []string{"optional", "dev"} {
		if lock.truthy(flag) {
			m.put(flag, true)
		}
	}
	if loc == "" {
		m.put("name", lock.str("name"))
	}
	if i := lock.str("integrity"); i != "" {
		m.put("integrity", i)
	}
	u.place(m, name, lock, s)
	if lock.truthy("bundled") {
		m.put("inBundle", true)
	}
	u.packages.put(loc, m)
	return m
}

func (u *upgrade) place(m *Object, name string, lock *Object, s spec.Spec) {
	resolved := lock.str("resolved")
	switch {
	case s.Kind == spec.Git:
		m.put("resolved", lock.str("version"))
		return
	case s.Registry():
		if resolved != "" {
			m.put("resolved", resolved)
		}
	case s.Kind == spec.File:
		m.put("resolved", "file:"+relpath(u.dir, s.Where))
	case s.Where != "":
		m.put("resolved", s.Where)
	}
	switch s.Kind {
	case spec.Alias:
		m.put("name", s.Sub.Name)
		m.put("version", s.Sub.Range)
	case spec.Version:
		m.put("version", s.Range)
	case spec.Range, spec.Tag:
		if lock.str("integrity") == "" && lock.str("version") != "" {
			m.put("version", lock.str("version"))
		}
	case spec.File, spec.Remote:
		if n, v := versionFromTarball(name, s.Where); v != "" {
			m.put("version", v)
			if n != name {
				m.put("name", n)
			}
		}
	}
}

// versionFromTarball reads name and version off a tarball's file name.
func versionFromTarball(name, where string) (string, string) {
	base := path.Base(where)
	if !strings.HasSuffix(base, ".tgz") {
		return "", ""
	}
	short := path.Base(name)
	full := name
	if before, _, ok := strings.Cut(where, "/-/"); ok {
		short = path.Base(before)
		full = short
		if scope := path.Base(path.Dir(before)); strings.HasPrefix(scope, "@") {
			full = scope + "/" + short
		}
	}
	v, ok := strings.CutPrefix(strings.TrimSuffix(base, ".tgz"), short+"-")
	if !ok {
		return "", ""
	}
	return full, semver.Valid(v, false)
}

// sortRequires turns each entry's requires into dependencies, optional where
// the thing required is optional and the entry is not.
func (u *upgrade) sortRequires() {
	for _, loc := range u.packages.Keys() {
		m := u.packages.object(loc)
		req := m.object("requires")
		if loc == "" || req == nil {
			continue
		}
		for _, name := range req.Keys() {
			dep := u.resolve(loc, name)
			kind := "dependencies"
			switch {
			case dep.truthy("optional") && !m.truthy("optional"):
				kind = "optionalDependencies"
			case dep.truthy("dev") && !m.truthy("dev"):
				kind = "devDependencies"
			}
			if m.object(kind) == nil {
				m.put(kind, &Object{values: map[string]any{}})
			}
			m.object(kind).put(name, req.any(name))
		}
	}
}

func (u *upgrade) resolve(loc, name string) *Object {
	for p := loc; ; {
		at := "node_modules/" + name
		if p != "" {
			at = p + "/" + at
		}
		if m := u.packages.object(at); m != nil {
			return m
		}
		if p == "" {
			return nil
		}
		if i := strings.LastIndexByte(p, '/'); i >= 0 {
			p = p[:i]
		} else {
			p = ""
		}
	}
}
