package paritytest

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"

	"gpq/resolver/pick"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// richWorld is a world with all that a registry and a project may have beside
// plain dependencies. It is kept as a tree of ordered objects, so that it can
// be written as a case, and made smaller.
type richWorld struct {
	*world
	spices   map[string]bool
	registry orderedMap // ID → manifest
	tags     orderedMap // «NAME TAG» → version
	docs     orderedMap // name → further fields of the packument
	tarballs orderedMap // ID → file → text or object
	files    orderedMap // path → text or object
}

// spices are what a world may have; each has some of them, so that what goes
// wrong points at its cause.
func spices() []string {
	return []string{"bundles", "shrinkwraps", "times", "platforms", "tags", "missing", "ranges", "kinds", "peers",
		"folders", "root", "extensions", "workspaces", "yarn", "locks", "modules", "manifests"}
}

func newRichWorld(seed uint64) *richWorld {
	w := &richWorld{world: &world{r: rand.New(rand.NewPCG(seed, 11)), docs: map[string]*registry.Packument{}}, spices: map[string]bool{}}
	for _, s := range spices() {
		w.spices[s] = w.one(4)
	}
	if w.spices["yarn"] { // which also lends places to what others bundle: nobody fetches that
		w.spices["bundles"], w.spices["shrinkwraps"] = false, false
	}
	n := 4 + w.r.IntN(10)
	if w.one(6) {
		n += w.r.IntN(20)
	}
	w.fill(n)
	for _, name := range w.names {
		p := w.world.docs[name]
		for i, v := range p.Order {
			w.registry = append(w.registry, pair{name + "@" + v, w.release(p.Versions[v], i)})
		}
		w.tagsOf(p)
	}
	w.project()
	return w
}

// with is whether something of a kind happens here, once in so many times.
func (w *richWorld) with(spice string, in int) bool { return w.spices[spice] && w.one(in) }

func (w *richWorld) tagsOf(p *registry.Packument) {
	for _, tag := range []string{"latest", "next"} {
		if v := p.DistTags[tag]; v != "" {
			w.tags = append(w.tags, pair{p.Name + " " + tag, v})
		}
	}
	switch {
	case w.with("tags", 15):
		w.tags = w.tags.put(p.Name+" latest", "9.9.9")
	case w.with("tags", 10):
		w.tags = w.tags.put(p.Name+" latest", "-")
	case w.with("tags", 4):
		w.tags = w.tags.put(p.Name+" beta", w.pick("9.9.9", p.Order[0]))
	}
	if w.with("tags", 8) {
		v := w.pick(p.Order...)
		w.docs = append(w.docs, pair{p.Name, orderedMap{{"policyRestrictions", orderedMap{
			{"message", "no"}, {"versions", orderedMap{{v, orderedMap{{"name", p.Name}, {"version", v}}}}}}}}})
	}
}

// release is a manifest with what plain worlds do not have.
func (w *richWorld) release(m *registry.Manifest, nth int) orderedMap {
	o := manifestJSON(m).without("dist").without("name").without("version")
	deps := o.object("dependencies")
	w.oddDeps(&o, m)
	if len(deps) > 0 && w.with("bundles", 3) {
		o = w.bundles(o, m)
	}
	if len(deps) > 0 && w.with("shrinkwraps", 4) {
		o = o.put("_hasShrinkwrap", true)
		w.tarball(m, "npm-shrinkwrap.json", w.shrinkwrap(m))
	}
	if w.with("platforms", 5) {
		o = o.put("cpu", []any{w.pick("x64", "arm64", "!x64")})
	}
	if w.with("platforms", 6) {
		o = o.put("libc", []any{w.pick("glibc", "musl")})
	}
	if w.with("platforms", 6) {
		o = o.put("engines", orderedMap{{w.pick("npm", "node", "yarn"), w.pick(">=99", ">=10", "^4", "<11")}})
	}
	if w.with("missing", 60) {
		o = o.put("version", nil)
	}
	if w.spices["times"] && !w.one(15) {
		o = o.put("time", fmt.Sprintf("20%02d-%02d-1%dT00:00:00.000Z", 18+min(nth, 7), 1+w.r.IntN(12), w.r.IntN(10)))
	}
	return o
}

// oddDeps are dependencies in odd forms, and of two kinds at once.
func (w *richWorld) oddDeps(o *orderedMap, m *registry.Manifest) {
	set := func(kind, name, value string) {
		d := o.object(kind)
		*o = o.put(kind, d.put(name, value))
	}
	if w.with("missing", 8) {
		kind := "optionalDependencies"
		if w.one(20) {
			kind = w.pick("dependencies", "peerDependencies")
		}
		set(kind, w.pick("gone", "@gone/x"), w.pick("*", "^1.0.0"))
	}
	if len(m.Dependencies) > 0 {
		d := m.Dependencies[w.r.IntN(len(m.Dependencies))]
		if w.with("kinds", 4) {
			set(w.pick("optionalDependencies", "peerDependencies", "devDependencies"), d.Name, w.pick(d.Value, "*", "^2.0.0"))
		}
		if w.with("kinds", 4) {
			*o = o.put("acceptDependencies", orderedMap{{d.Name, w.pick("*", "1", "2", "^3.0.0")}})
		}
	}
	if w.with("ranges", 4) {
		name := w.needed()
		set(w.pick("dependencies", "optionalDependencies", "peerDependencies"), name, w.oddRange(name))
	}
	if w.with("peers", 6) {
		name := w.pick(w.names...)
		meta := o.object("peerDependenciesMeta")
		*o = o.put("peerDependenciesMeta", meta.put(name, orderedMap{{"optional", true}}))
	}
}

func (w *richWorld) oddRange(name string) string {
	v := w.pick(w.world.docs[name].Order...)
	if w.one(30) {
		return w.pick("beta", "nosuchtag", "next", ">"+v, "<"+v, "*-0")
	}
	return w.pick(" ^"+v+" ", "v"+v, "="+v, v[:3]+".x", "~>"+v, "<="+v, ">=1 <9", "1.x || 2.x || "+v,
		"npm:"+name+"@"+v, "npm:"+w.pick(w.names...), ">="+v+"-0", "latest")
}

// choose is the version that npm would choose, or any.
func (w *richWorld) choose(name, rng string) string {
	p := w.world.docs[name]
	if p == nil {
		return ""
	}
	if !w.one(8) {
		s := spec.Parse(name+"@"+rng, spec.Place{})
		if c, err := pick.Pick(p, s, pick.Options{}); err == nil && c.Name == name {
			return c.Version
		}
	}
	return w.pick(p.Order...)
}

func (w *richWorld) tarball(m *registry.Manifest, file string, content any) {
	id := m.Name + "@" + m.Version
	w.tarballs = w.tarballs.put(id, w.tarballs.object(id).put(file, content))
}

// bundles has the package bring some of its dependencies along.
func (w *richWorld) bundles(o orderedMap, m *registry.Manifest) orderedMap {
	var names []any
	for _, d := range m.Dependencies {
		if w.one(2) || len(names) == 0 {
			names = append(names, d.Name)
			w.bundle(m, "", d, 0)
		}
	}
	if w.one(10) {
		names = append(names, w.pick("nothere", w.pick(w.names...)))
	}
	if w.one(8) {
		w.bundle(m, "", registry.Dep{Name: w.pick(w.names...), Value: "*"}, 0)
	}
	switch w.r.IntN(10) {
	case 0:
		return o.put("bundleDependencies", true)
	case 1:
		return o.put("bundledDependencies", names)
	case 2:
		return o.put("bundleDependencies", false)
	}
	return o.put("bundleDependencies", names)
}

func (w *richWorld) bundle(m *registry.Manifest, under string, d registry.Dep, depth int) {
	v := w.choose(d.Name, d.Value)
	if v == "" || depth > 2 || w.one(12) {
		return
	}
	inner := w.world.docs[d.Name].Versions[v]
	at := under + "node_modules/" + d.Name
	w.tarball(m, at+"/package.json", manifestJSON(inner).without("dist"))
	for _, k := range inner.Dependencies {
		switch w.r.IntN(4) {
		case 0:
			w.bundle(m, at+"/", k, depth+1)
		case 1, 2:
			w.bundle(m, "", k, depth+1)
		}
	}
}

// shrinkwrap is a lockfile that a package brings along.
func (w *richWorld) shrinkwrap(m *registry.Manifest) any {
	root := orderedMap{{"name", m.Name}, {"version", m.Version}, {"dependencies", depsJSON(m.Dependencies)}}
	packages := orderedMap{{"", root}}
	for _, d := range m.Dependencies {
		packages = w.lockEntries(packages, "", d, 0)
	}
	if w.one(12) {
		packages = packages.put("node_modules/bogus", orderedMap{{"version", "1.0.0"}})
	}
	lock := orderedMap{{"name", m.Name}, {"version", m.Version}, {"lockfileVersion", 2 + w.r.IntN(2)}, {"requires", true}, {"packages", packages}}
	switch w.r.IntN(12) {
	case 0, 1:
		return mustObject(versionOneOf(text(lock)))
	case 2:
		return "not json"
	}
	return lock
}

// lockEntries lays d and what it needs below a lockfile's root.
func (w *richWorld) lockEntries(packages orderedMap, under string, d registry.Dep, depth int) orderedMap {
	v := w.choose(d.Name, d.Value)
	if v == "" || depth > 3 || len(packages) > 20 || w.one(15) {
		return packages
	}
	at := "node_modules/" + d.Name
	if has := packages.object(at); has != nil {
		if has.str("version") == v || under == "" {
			return packages
		}
		at = under + "node_modules/" + d.Name
	}
	m := w.world.docs[d.Name].Versions[v]
	e := orderedMap{{"version", v}, {"resolved", tarballAt(d.Name, v)}, {"integrity", "sha512-" + fmt.Sprintf("%x", d.Name+v)}}
	for _, k := range []string{"dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta", "engines", "os"} {
		if val := manifestJSON(m).get(k); val != nil {
			e = append(e, pair{k, val})
		}
	}
	if w.one(12) {
		e = e.put(w.pick("dev", "optional", "inBundle", "peer"), true)
	}
	packages = append(packages, pair{at, e})
	for _, k := range slices.Concat(m.Dependencies, m.OptionalDependencies) {
		if !strings.HasPrefix(k.Value, "npm:") {
			packages = w.lockEntries(packages, at+"/", k, depth+1)
		}
	}
	return packages
}

func tarballAt(name, version string) string {
	return "{registry}/" + name + "/-/" + path.Base(name) + "-" + version + ".tgz"
}
