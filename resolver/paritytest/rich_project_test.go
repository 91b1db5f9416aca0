package paritytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// project makes the project's files.
func (w *richWorld) project() {
	plain := w.projectFiles()
	for _, at := range slices.Sorted(maps.Keys(plain)) {
		w.files = w.files.put("project/"+at, mustObject(plain[at]))
	}
	root := w.files.object("project/package.json")
	if w.with("root", 6) {
		root = root.without(w.pick("name", "version"))
	}
	deps := root.object("dependencies")
	if w.with("folders", 1) {
		deps = w.folder(deps)
	}
	if w.with("ranges", 1) {
		name := w.needed()
		deps = deps.put(name, w.oddRange(name))
	}
	root = root.put("dependencies", deps)
	if w.with("root", 1) {
		root = w.rootExtra(root)
	}
	if w.with("extensions", 1) {
		root = root.put("packageExtensions", w.extensions())
	}
	w.files = w.files.put("project/package.json", root)
	if w.workspaces > 0 && w.with("workspaces", 1) {
		w.workspaceForms()
	}
	if w.with("yarn", 1) {
		w.files = w.files.put("project/yarn.lock", w.yarnLock())
	}
}

// folder has the project depend on a folder, in it or beside it.
func (w *richWorld) folder(deps orderedMap) orderedMap {
	p := orderedMap{{"name", w.pick("beside", "other-name")}, {"version", "1.0.0"}, {"dependencies", depsJSON(w.deps(2))}}
	if w.one(3) {
		p = p.put("peerDependencies", depsJSON(w.deps(1)))
	}
	if w.one(3) {
		p = p.put("devDependencies", depsJSON(w.deps(1)))
	}
	at := w.pick("outside/beside", "project/inner/beside", "project/.hidden/beside")
	spec := map[string]string{"outside/beside": "file:../outside/beside", "project/inner/beside": w.pick("file:inner/beside", "file:./inner/beside"),
		"project/.hidden/beside": "file:.hidden/beside"}[at]
	if !w.one(10) {
		w.files = w.files.put(at+"/package.json", p)
	}
	if w.one(3) {
		inner := orderedMap{{"name", "further"}, {"version", "1.0.0"}, {"dependencies", depsJSON(w.deps(1))}}
		w.files = w.files.put(at+"/further/package.json", inner)
		w.files = w.files.put(at+"/package.json", p.put("dependencies", p.object("dependencies").put("further", "file:./further")))
	}
	return deps.put("beside", spec)
}

func (w *richWorld) rootExtra(root orderedMap) orderedMap {
	keys := root.object("dependencies").keys()
	switch w.r.IntN(6) {
	case 0:
		return root.put("bundleDependencies", true)
	case 1:
		if len(keys) > 0 {
			return root.put("bundleDependencies", []any{w.pick(keys...)})
		}
	case 2:
		return root.put("engines", orderedMap{{"node", w.pick(">=99", ">=10")}, {"npm", "*"}})
	case 3:
		return root.put("peerDependenciesMeta", orderedMap{{w.pick(w.names...), orderedMap{{"optional", true}}}})
	case 4:
		if len(keys) > 0 {
			return root.put("acceptDependencies", orderedMap{{w.pick(keys...), "*"}})
		}
	case 5:
		return root.put("os", []any{w.pick("linux", "win32")})
	}
	return root
}

// extensions are npm 12's packageExtensions; older ones ignore them.
func (w *richWorld) extensions() orderedMap {
	out := orderedMap{}
	for range 1 + w.r.IntN(3) {
		name := w.pick(w.names...)
		key := name + w.pick("", "", "@^1.0.0", "@*", "@2")
		dep := w.needed()
		o := orderedMap{{w.pick("dependencies", "dependencies", "peerDependencies", "optionalDependencies"), orderedMap{{dep, w.rng(dep)}}}}
		if w.one(4) {
			o = orderedMap{{"peerDependencies", orderedMap{{dep, "*"}}}, {"peerDependenciesMeta", orderedMap{{dep, orderedMap{{"optional", true}}}}}}
		}
		out = out.put(key, o)
	}
	return out
}

// workspaceForms are the other ways to say which folders are workspaces.
func (w *richWorld) workspaceForms() {
	root := w.files.object("project/package.json")
	switch w.r.IntN(8) {
	case 0:
		root = root.put("workspaces", orderedMap{{"packages", []any{"packages/*"}}})
	case 1:
		root = root.put("workspaces", []any{"packages/*", "!packages/w0"})
	case 2:
		root = root.put("workspaces", []any{"packages/w0", "./packages/w1/", "packages/nothere"})
	case 3:
		w.files = w.files.put("project/packages/w0/deeper/package.json", orderedMap{{"name", "deeper"}, {"version", "1.0.0"},
			{"dependencies", depsJSON(w.deps(2))}})
		root = root.put("workspaces", []any{"packages/**"})
	}
	w.files = w.files.put("project/package.json", root)
	if w.one(3) { // a workspace that some package asks for by its name
		at := fmt.Sprintf("project/packages/w%d/package.json", w.r.IntN(w.workspaces))
		p := w.files.object(at)
		name := w.pick(w.names...)
		w.files = w.files.put(at, p.put("name", name).put("version", w.pick(w.world.docs[name].Order...)))
	}
}

// yarnLock has versions for what packages ask for.
func (w *richWorld) yarnLock() string {
	var b strings.Builder
	b.WriteString("# yarn lockfile v1\n\n")
	seen := map[string]bool{}
	stanza := func(name, rng string) {
		v := w.choose(name, rng)
		if v == "" || seen[name+"@"+rng] || w.one(4) || strings.ContainsAny(rng, ":\"") {
			return
		}
		seen[name+"@"+rng] = true
		fmt.Fprintf(&b, "\n%q:\n  version %q\n", name+"@"+rng, v)
		switch w.r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "  resolved %q\n", strings.Replace(tarballAt(name, v), "{registry}", "https://registry.yarnpkg.com", 1)+"#0000000000000000000000000000000000000000")
		case 1:
			fmt.Fprintf(&b, "  resolved %q\n", tarballAt(name, v))
		}
		if w.one(30) {
			b.WriteString("  integrity sha512-0000\n")
		}
	}
	for _, at := range w.files.keys() {
		if o := w.files.object(at); o != nil {
			for _, d := range o.object("dependencies") {
				stanza(d.key, fmt.Sprint(d.value))
			}
		}
	}
	for _, p := range w.registry {
		m, _ := p.value.(orderedMap)
		for _, d := range m.object("dependencies") {
			if w.one(2) {
				stanza(d.key, fmt.Sprint(d.value))
			}
		}
	}
	return b.String()
}
