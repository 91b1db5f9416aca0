package paritytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"gpq/resolver/registry"
)

// world is a made-up registry, and a project in it.
type world struct {
	r     *rand.Rand
	names []string
	at    int // the package being made: it mostly needs later ones
	docs  map[string]*registry.Packument
	raw   map[string]any // what npm is given for docs, where it is not made of them
	url   string
	root  map[string]any
	// workspaces is how many the project has.
	workspaces int
}

func newWorld(seed uint64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 7)), docs: map[string]*registry.Packument{}}
	n := 5 + w.r.IntN(20)
	if w.one(4) {
		n += w.r.IntN(36)
	}
	w.fill(n)
	return w
}

// fill makes n packages, and a project.
func (w *world) fill(n int) {
	for i := range n {
		w.names = append(w.names, w.name(i))
	}
	for _, name := range w.names {
		w.docs[name] = w.packument(name)
	}
	for i, name := range w.names {
		w.at = i + 1
		p := w.docs[name]
		for _, v := range p.Order {
			p.Versions[v] = w.manifest(name, v)
		}
	}
	w.at = 0
	w.root = w.project()
}

func (w *world) one(in int) bool { return w.r.IntN(in) == 0 }

func (w *world) pick(list ...string) string { return list[w.r.IntN(len(list))] }

// name makes names whose order in English text is not that of their bytes.
func (w *world) name(i int) string {
	s := w.pick("a", "b", "c", "ab", "z") + strconv.Itoa(i)
	switch w.r.IntN(8) {
	case 0:
		return "@" + w.pick("s", "t-u") + "/" + s
	case 1:
		return s + w.pick("-", "_", ".") + "x"
	case 2:
		return s + "-" + w.pick("a.b", "c_d", "e-f")
	}
	return s
}

func (w *world) packument(name string) *registry.Packument {
	p := &registry.Packument{Name: name, Registry: "https://registry.invalid/", DistTags: map[string]string{}, Versions: map[string]*registry.Manifest{}}
	all := []string{"1.0.0", "1.1.0", "1.2.0", "2.0.0", "2.1.0", "2.1.1", "3.0.0", "3.0.1", "3.1.0-rc.1", "4.0.0-beta.2"}
	for _, v := range all {
		if w.one(2) || v == "1.0.0" && w.one(2) {
			p.Order = append(p.Order, v)
		}
	}
	if len(p.Order) == 0 {
		p.Order = []string{"1.0.0"}
	}
	for _, v := range p.Order {
		if !w.one(5) || p.DistTags["latest"] == "" {
			p.DistTags["latest"] = v
		}
	}
	if w.one(4) {
		p.DistTags["next"] = p.Order[len(p.Order)-1]
	}
	return p
}

func (w *world) manifest(name, version string) *registry.Manifest {
	m := &registry.Manifest{Name: name, Version: version}
	m.Dist.Tarball = fmt.Sprintf("https://registry.invalid/%s/-/x-%s.tgz", name, version)
	m.Dist.Integrity = "sha512-" + fmt.Sprintf("%x", name+version)
	m.Dependencies = w.deps(w.r.IntN(4))
	rare := &registry.Rare{}
	m.Rare = rare
	if w.one(5) {
		m.OptionalDependencies = w.deps(1 + w.r.IntN(2))
	}
	if w.one(3) {
		m.PeerDependencies = w.deps(1 + w.r.IntN(3))
		for _, d := range m.PeerDependencies {
			if w.one(3) {
				rare.PeerOptional = append(rare.PeerOptional, d.Name)
			}
		}
	}
	if w.one(12) {
		m.Deprecated = "old"
	}
	if w.one(12) {
		m.Engines = registry.Deps{{Name: "node", Value: w.pick(">=99", ">=10", "^4")}}
	}
	if w.one(14) {
		rare.OS = []string{w.pick("win32", "linux", "!linux", "darwin")}
	}
	return m
}

func (w *world) deps(n int) registry.Deps {
	var out registry.Deps
	for range n {
		name := w.needed()
		if _, has := out.Get(name); has {
			continue
		}
		out = append(out, registry.Dep{Name: name, Value: w.rng(name)})
	}
	if w.one(25) {
		out = append(out, registry.Dep{Name: "alias-" + w.pick("m", "n"), Value: "npm:" + w.pick(w.names...) + "@" + w.pick("*", "^1.0.0", "2")})
	}
	return out
}

// needed is a name to depend on: a later package, seldom any. Graphs full of
// cycles are ones on which npm itself does not end.
func (w *world) needed() string {
	if later := w.names[w.at:]; len(later) > 0 && !w.one(25) {
		return w.pick(later...)
	}
	return w.pick(w.names...)
}

// rng is a range that some version of the package meets, seldom any range.
func (w *world) rng(name string) string {
	if w.one(60) {
		return w.pick("^9.0.0", "next", "1.0.0 - 2.0.0", "beta", ">=4.0.0-beta.1", "x")
	}
	p := w.docs[name]
	v := w.pick(p.Order...)
	switch w.r.IntN(12) {
	case 0, 1:
		return w.pick("*", "*", "", "latest", "x")
	case 2, 3, 4, 5:
		return "^" + v
	case 6:
		return "~" + v
	case 7:
		return v
	case 8:
		return ">=" + v
	case 9:
		return v + " || " + w.pick(p.Order...)
	case 10:
		return "^" + v + " || ^" + w.pick(p.Order...)
	}
	return v[:1]
}

func object(deps registry.Deps) map[string]string {
	out := map[string]string{}
	for _, d := range deps {
		out[d.Name] = d.Value
	}
	return out
}

func (w *world) project() map[string]any {
	p := map[string]any{"name": "project", "version": "1.0.0"}
	w.root = p
	p["dependencies"] = object(w.deps(1 + w.r.IntN(5)))
	if w.one(3) {
		p["devDependencies"] = object(w.deps(1 + w.r.IntN(3)))
	}
	if w.one(6) {
		p["optionalDependencies"] = object(w.deps(1 + w.r.IntN(2)))
	}
	if w.one(8) {
		p["peerDependencies"] = object(w.deps(1 + w.r.IntN(2)))
	}
	if w.one(5) {
		p["overrides"] = w.overrides(0)
	}
	return p
}

func (w *world) rootDeps() (map[string]string, []string) {
	deps, _ := w.root["dependencies"].(map[string]string)
	var names []string
	for _, n := range w.names {
		if deps[n] != "" {
			names = append(names, n)
		}
	}
	return deps, names
}

func (w *world) overrides(depth int) map[string]any {
	out := map[string]any{}
	for range 1 + w.r.IntN(2) {
		key := w.pick(w.names...)
		if deps, _ := w.rootDeps(); deps[key] != "" && depth == 0 && !w.one(8) {
			continue
		}
		if w.one(4) {
			key += "@" + w.pick("^1.0.0", "2", "<3")
		}
		switch {
		case depth < 2 && w.one(3):
			o := w.overrides(depth + 1)
			if w.one(2) {
				o["."] = w.pick(w.docs[nameOnly(key)].Order...)
			}
			out[key] = o
		case w.one(8):
			if _, names := w.rootDeps(); len(names) > 0 {
				out[key] = "$" + w.pick(names...)
			}
		default:
			out[key] = w.pick(w.docs[nameOnly(key)].Order...)
			if w.one(3) {
				out[key] = w.rng(nameOnly(key))
			}
		}
	}
	return out
}

func nameOnly(key string) string {
	if i := strings.LastIndexByte(key, '@'); i > 0 {
		return key[:i]
	}
	return key
}

// Packument implements tree.Source.
func (w *world) Packument(_ context.Context, name string) (*registry.Packument, error) {
	if p := w.docs[name]; p != nil {
		return p, nil
	}
	return nil, &registry.Error{Kind: registry.ErrNotFound, What: name, Host: "registry.invalid", Status: 404}
}

// json is the world as the registry would write it.
func (w *world) json() map[string]any {
	if w.raw != nil {
		return w.raw
	}
	out := map[string]any{}
	for name, p := range w.docs {
		versions := orderedMap{}
		for _, v := range p.Order {
			versions = append(versions, pair{v, manifestJSON(p.Versions[v])})
		}
		out[name] = orderedMap{{"name", name}, {"dist-tags", p.DistTags}, {"versions", versions}}
	}
	return out
}
