package paritytest

import (
	"strings"
)

// A state is what a project has on disk when a command runs.
type state struct {
	name  string
	files orderedMap
	times orderedMap
}

func (s state) put(at string, v any) state {
	s.files = s.files.put(at, v)
	return s
}

const (
	rootFile   = "project/package.json"
	lockFile   = "project/package-lock.json"
	hiddenFile = "project/node_modules/.package-lock.json"
)

// states are what may have become of a project since npm made ans of it.
func (w *richWorld) state(ans answer) state {
	lock := mustObject(ans.Lock)
	s := state{name: "locked", files: w.files}
	switch {
	case w.with("locks", 2):
		s = w.editedLock(s, lock)
	case w.with("modules", 2), w.one(8):
		s = w.nodeModules(s, ans)
	default:
		s = s.put(lockFile, lock)
	}
	if s.files.get(lockFile) != nil {
		// Beside a lockfile of npm's own a yarn.lock only tells where bundled
		// packages are from, which nobody fetches.
		s.files = s.files.without("project/yarn.lock")
	}
	if w.with("manifests", 2) {
		s = w.editedRoot(s)
	}
	return s
}

// editedLock is a lockfile that somebody, or an older npm, has had in hand.
func (w *richWorld) editedLock(s state, lock orderedMap) state {
	s.name = "edited lockfile"
	at := lockFile
	if w.one(8) {
		at = "project/npm-shrinkwrap.json"
	}
	for range 1 + w.r.IntN(3) {
		lock = lock.put("packages", w.editedPackages(lock.object("packages")))
	}
	switch w.r.IntN(14) {
	case 0, 1:
		return s.put(at, mustObject(versionOneOf(text(lock))))
	case 2:
		old := mustObject(versionOneOf(text(lock)))
		return s.put(at, lock.put("lockfileVersion", 2).put("dependencies", old.object("dependencies")))
	case 3:
		return s.put(at, strings.Replace(text(lock), "{", w.pick("", "{{", "<<<<<<< a\n{"), 1))
	case 4:
		return s.put(at, lock.without(w.pick("lockfileVersion", "packages", "requires", "name")))
	case 5:
		return s.put(at, lock.put("lockfileVersion", w.r.IntN(5)))
	}
	return s.put(at, lock)
}

func (w *richWorld) editedPackages(packages orderedMap) orderedMap {
	keys := packages.keys()
	if len(keys) < 2 {
		return packages
	}
	at := keys[1+w.r.IntN(len(keys)-1)]
	e := packages.object(at)
	name := e.str("name")
	if name == "" {
		name = nameOf(at)
	}
	switch w.r.IntN(16) {
	case 0, 1, 2:
		return packages.without(at)
	case 3, 4:
		if p := w.world.docs[name]; p != nil {
			v := w.pick(p.Order...)
			e = e.put("version", v).put("resolved", tarballAt(name, v))
		}
	case 5:
		e = e.put("version", w.pick("1.0.0", "2.0.0", "9.9.9"))
	case 6:
		e = e.without(w.pick("resolved", "integrity", "version", "dependencies", "peerDependencies"))
	case 7:
		e = e.put("resolved", "https://mirror.example/"+name+".tgz")
	case 8:
		e = e.put(w.pick("dev", "optional", "peer", "devOptional", "extraneous", "inBundle", "hasShrinkwrap"), true)
	case 9, 10:
		dep := w.pick(w.names...)
		kind := w.pick("dependencies", "optionalDependencies", "peerDependencies")
		e = e.put(kind, e.object(kind).put(dep, w.rng(dep)))
	case 11:
		return packages.put(at+"/node_modules/"+w.pick(w.names...), packages.object(keys[1+w.r.IntN(len(keys)-1)]))
	case 12:
		return packages.put("node_modules/"+w.pick("bogus", w.pick(w.names...)), e)
	case 13:
		return packages.put("", w.editedManifest(packages.object("")))
	case 14:
		return packages.without("")
	case 15:
		return packages.put("node_modules/linked", orderedMap{{"resolved", w.pick("nowhere", "packages/w0", "lib/thing")}, {"link", true}})
	}
	return packages.put(at, e)
}

// editedRoot changes what the project, or a workspace, asks for.
func (w *richWorld) editedRoot(s state) state {
	at := rootFile
	if w.workspaces > 0 && w.one(3) {
		at = "project/packages/w0/package.json"
	}
	p := s.files.object(at)
	if p == nil {
		return s
	}
	s.name += ", edited package.json"
	for range 1 + w.r.IntN(2) {
		p = w.editedManifest(p)
	}
	return s.put(at, p)
}

func (w *richWorld) editedManifest(p orderedMap) orderedMap {
	kinds := []string{"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"}
	kind := w.pick(kinds...)
	deps := p.object(kind)
	name := w.pick(w.names...)
	if keys := deps.keys(); len(keys) > 0 && !w.one(3) {
		name = w.pick(keys...)
	}
	switch w.r.IntN(6) {
	case 0:
		return p.put(kind, deps.without(name))
	case 1:
		if w.world.docs[name] != nil {
			return p.put(kind, deps.put(name, w.rng(name)))
		}
	case 2:
		other := w.pick(kinds...)
		if v := deps.str(name); v != "" {
			p = p.put(kind, deps.without(name))
			return p.put(other, p.object(other).put(name, v))
		}
	case 3:
		return p.put("overrides", mustObject(line(w.overrides(0))))
	case 4:
		return p.without(w.pick("overrides", "workspaces", kind, "packageExtensions"))
	}
	return p.put("dependencies", p.object("dependencies").put(name, w.pick("*", "^1.0.0", "2")))
}

// nodeModules lays down what npm made, and changes it.
func (w *richWorld) nodeModules(s state, ans answer) state {
	s.name = "node_modules"
	lock := mustObject(ans.Lock)
	packages := lock.object("packages")
	for _, p := range packages {
		e, _ := p.value.(orderedMap)
		switch {
		case p.key == "" || !strings.Contains("/"+p.key, "/node_modules/"):
		case e.get("link") == true:
			up := strings.Repeat("../", strings.Count(p.key, "/"))
			s = s.put("project/"+p.key, "link:"+up+e.str("resolved"))
		default:
			s = s.put("project/"+p.key+"/package.json", w.installedManifest(p.key, e))
		}
	}
	switch w.r.IntN(4) {
	case 0: // none, or no longer
	case 1:
		s = s.put(hiddenFile, w.hidden(packages))
		s.times = s.times.put("project/node_modules/.package-lock.json", 100)
	case 2:
		s.name += ", hidden lockfile"
		s = s.put(hiddenFile, w.hidden(packages))
		s.times = s.times.put("project/node_modules/.package-lock.json", 100)
		return s
	case 3:
		s = s.put(hiddenFile, w.hidden(w.editedPackages(packages)))
		s.times = s.times.put("project/node_modules/.package-lock.json", w.r.IntN(2)*200-100)
	}
	for range w.r.IntN(3) {
		s = w.disturbed(s, packages)
	}
	return s
}

func (w *richWorld) hidden(packages orderedMap) orderedMap {
	return orderedMap{{"name", "project"}, {"lockfileVersion", 3}, {"requires", true}, {"packages", packages.without("")}}
}

func (w *richWorld) installedManifest(at string, e orderedMap) orderedMap {
	name := e.str("name")
	if name == "" {
		name = nameOf(at)
	}
	m := orderedMap{{"name", name}, {"version", e.get("version")}}
	if p := w.world.docs[name]; p != nil && p.Versions[e.str("version")] != nil {
		m = manifestJSON(p.Versions[e.str("version")]).without("dist")
	}
	return m
}

// disturbed is a node_modules that somebody has had in hand.
func (w *richWorld) disturbed(s state, packages orderedMap) state {
	at := "project/node_modules/" + w.pick(w.names...)
	if keys := packages.keys(); len(keys) > 1 && !w.one(4) {
		at = "project/" + keys[1+w.r.IntN(len(keys)-1)]
	}
	if !strings.Contains(at, "node_modules/") {
		return s
	}
	name := nameOf(at)
	if target, isText := s.files.get(at).(string); isText && strings.HasPrefix(target, "link:") {
		s.files = s.files.without(at)
		return s
	}
	file := at + "/package.json"
	switch w.r.IntN(8) {
	case 0, 1:
		s.files = s.files.without(file)
	case 2, 3:
		if p := w.world.docs[name]; p != nil {
			s = s.put(file, manifestJSON(p.Versions[w.pick(p.Order...)]).without("dist"))
		}
	case 4:
		s = s.put(file, w.pick("{", "", "[]", "null"))
	case 5:
		s = s.put(at+"/node_modules/"+w.pick("extra", "@ex/tra", w.pick(w.names...))+"/package.json", orderedMap{{"name", "extra"}, {"version", "1.0.0"}})
	case 6:
		s.files = s.files.without(file)
		if !w.under(s, at) {
			s = s.put("outside/real/package.json", orderedMap{{"name", name}, {"version", w.pick("1.0.0", "2.0.0")}, {"dependencies", depsJSON(w.deps(1))}})
			s = s.put(at, "link:"+strings.Repeat("../", strings.Count(at, "/"))+"outside/real")
		}
	case 7:
		if o := s.files.object(file); o != nil {
			s = s.put(file, o.put("_resolved", "https://mirror.example/x.tgz").put("_integrity", "sha512-00"))
		}
	}
	return s
}

// under is whether anything lies below a folder.
func (w *richWorld) under(s state, at string) bool {
	for _, k := range s.files.keys() {
		if strings.HasPrefix(k, at+"/") {
			return true
		}
	}
	return false
}
