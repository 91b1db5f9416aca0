package paritytest

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver/tree"
)

// A laidCase begins with what npm itself has laid down: its steps are commands
// in one folder, of which those that lay are carried out.
type laidCase struct {
	files map[string]string
	steps []laidStep
}

type laidStep struct {
	name           string
	options, build map[string]any
	lay            bool              // npm carries it out; else npm and gpq are compared
	remove         []string          // files to take away first
	files          map[string]string // to write first
	at             string            // the folder; «project» where none is named
}

// TestLaid compares trees that begin with what npm has laid down, in any of its
// strategies, with and without its records of it, and with links of npm link.
// GPQ_LAID=all tries all cases, and takes minutes.
func TestLaid(t *testing.T) {
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			a := startArborist(t, n)
			for name, c := range laidCases() {
				if a.npm.major() == "10" && (strings.HasSuffix(name, "wanted") || strings.Contains(name, "without a lockfile")) && strings.HasPrefix(name, "linked") {
					continue // npm 10 does not go by its record of a store
				}
				if !strings.HasPrefix(name, "npm") && os.Getenv("GPQ_LAID") == "" {
					continue
				}
				t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) { c.run(t, a) })
			}
		})
	}
}

const laidRegistry = `
a@1.0.0 {"dependencies":{"b":"^1.0.0","@s/c":"^1.0.0"}}
a@1.1.0 {"dependencies":{"b":"^1.0.0","@s/c":"^1.0.0"}}
a@2.0.0 {"dependencies":{"b":"^2.0.0"}}
b@1.0.0
b@1.1.0
b@2.0.0
@s/c@1.0.0 {"dependencies":{"b":"^2.0.0"}}
d@1.0.0 {"peerDependencies":{"b":"^1.0.0"}}
e@1.0.0 {"optionalDependencies":{"f":"^1.0.0"},"dependencies":{"a":"^1.0.0"}}
f@1.0.0
f@1.1.0
x@1.0.0 {"dependencies":{"b":"^1.0.0"}}
x@1.1.0 {"dependencies":{"b":"^2.0.0"}}
`

func (c laidCase) run(t *testing.T, a *arborist) {
	s := openShop(t)
	w, err := readRegistry(laidRegistry, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := c.files
	for _, st := range c.steps {
		for _, f := range st.remove {
			if err := os.RemoveAll(filepath.Join(dir, f)); err != nil {
				t.Fatal(err)
			}
		}
		if st.at == "" {
			st.at = "project"
		}
		if files == nil {
			files = st.files
		}
		q := question{Dir: dir, At: st.at, Files: files, World: w.json(), Registry: s.url, Options: orEmpty(st.options), Build: orEmpty(st.build), Reify: st.lay}
		_, npm, never := a.askWithin(t, q, 10*patience)
		files = nil
		if never || st.lay && npm.failed != "" {
			t.Fatalf("%s: %v %s", st.name, never, npm.output)
		}
		if st.lay {
			continue
		}
		o := base(a.npm, filepath.Join(dir, st.at))
		scene{name: st.name, options: st.options, build: st.build}.ours(&o)
		gpq := ours(o, tree.Deps{Source: w, Picker: newPicker(a.npm), Contents: s})
		if strings.Contains(npm.output, "buildLegacyLockfile") {
			continue // npm has built its tree, and cannot write it down
		}
		plainStore(npm)
		plainStore(gpq)
		report(t, st.name, npm, gpq)
		if testing.Verbose() {
			t.Logf("%s: %s %v", st.name, npm.failed, npm.layout)
		}
	}
}

// plainStore leaves out what is nothing of its own: a store's folders, what npm
// has for flags of what lies in them, and folders elsewhere that nothing needs.
func plainStore(w want) {
	for at, what := range w.layout {
		if strings.HasPrefix(at, "../") && strings.HasSuffix(what, " extraneous") {
			delete(w.layout, at) // npm 10 remembers where a link led
			delete(w.origin, at)
		}
		if !strings.Contains(at, "/.store/") {
			continue
		}
		if w.layout[at], _, _ = strings.Cut(what, " "); strings.Contains(what, "@ ") || strings.HasSuffix(what, "@") {
			delete(w.layout, at)
			delete(w.origin, at)
		}
	}
}

// laying has npm install what files say, in that strategy.
func laying(strategy string, options map[string]any) laidStep {
	return laidStep{name: "laid", options: with(options, "installStrategy", strategy), lay: true}
}

// commands are what is then asked, with these options.
func commands(options map[string]any) (out []laidStep) {
	all := map[string]any{"all": true}
	for _, c := range []struct {
		name  string
		build map[string]any
	}{{"nothing", nil}, {"add", map[string]any{"add": []string{"a@2"}}}, {"add what is there", map[string]any{"add": []string{"b"}}},
		{"add a peer's", map[string]any{"add": []string{"d"}}}, {"remove", map[string]any{"rm": []string{"e"}}}, {"update", map[string]any{"update": all}},
		{"update b", map[string]any{"update": map[string]any{"names": []string{"b", "f"}}}}, {"pruned", map[string]any{"pruned": true}}} {
		for _, strategy := range []string{"hoisted", "linked", "nested", "shallow"} {
			out = append(out, laidStep{name: c.name + ", " + strategy, options: with(options, "installStrategy", strategy), build: c.build})
		}
	}
	return out
}

// The project that is laid down, and what it becomes then.
const laidProject = `{"name":"p","version":"1.0.0","dependencies":{"e":"^1.0.0","b":"1.0.0","al":"npm:f@1.0.0"},"devDependencies":{"d":"*"}}`
const laidWider = `{"name":"p","version":"1.0.0","dependencies":{"e":"^1.0.0","b":"^1.0.0","al":"npm:f@^1.0.0"},"devDependencies":{"d":"*"}}`
const hidden = "project/node_modules/.package-lock.json"

func laidCases() map[string]laidCase {
	out := map[string]laidCase{}
	wider := map[string]string{"project/package.json": laidWider}
	mono := map[string]string{"project/package.json": `{"name":"p","version":"1.0.0","workspaces":["w/*"],"dependencies":{"v":"*","b":"^1.0.0"}}`,
		"project/w/u/package.json": `{"name":"u","version":"1.0.0","dependencies":{"a":"^1.0.0","v":"^1.0.0"}}`,
		"project/w/v/package.json": `{"name":"v","version":"1.0.0","dependencies":{"b":"^2.0.0"},"devDependencies":{"f":"*"}}`}
	for _, strategy := range []string{"linked", "hoisted"} {
		for name, gone := range map[string][]string{"": nil, " without a lockfile": {"project/package-lock.json"},
			" without any record": {"project/package-lock.json", hidden}, " without what is laid": {"project/node_modules"}} {
			lay := laying(strategy, nil)
			first := append([]laidStep{lay, {name: "before", remove: gone, options: map[string]any{"installStrategy": strategy}}}, commands(nil)...)
			out[strategy+name] = laidCase{files: map[string]string{"project/package.json": laidProject}, steps: first}
			then := append([]laidStep{lay, {name: "wider", remove: gone, files: wider}}, commands(nil)...)
			out[strategy+name+", wider"] = laidCase{files: map[string]string{"project/package.json": laidProject}, steps: then}
			out[strategy+" workspaces"+name] = laidCase{files: mono, steps: append([]laidStep{lay, {name: "before", remove: gone}}, commands(nil)...)}
		}
		if strategy == "linked" { // npm's scan of its store is not ours
			delete(out, "linked without any record")
			delete(out, "linked without any record, wider")
			delete(out, "linked workspaces without any record")
		}
		out[strategy+", no lockfile wanted"] = laidCase{files: map[string]string{"project/package.json": laidProject},
			steps: append([]laidStep{laying(strategy, map[string]any{"packageLock": false})}, commands(map[string]any{"packageLock": false})...)}
	}
	linkedCases(out)
	return out
}

// linkedCases begin with what npm link leaves behind, in a project and in a
// global folder.
func linkedCases(out map[string]laidCase) {
	outside := map[string]string{"outside/x/package.json": `{"name":"x","version":"1.0.0","dependencies":{"b":"^1.0.0"},"devDependencies":{"f":"*"}}`,
		"outside/x/node_modules/b/package.json": `{"name":"b","version":"1.0.0"}`, "project/node_modules/x": "link:../../outside/x"}
	has := func(pkg string, more ...string) map[string]string {
		all := maps.Clone(outside)
		all["project/package.json"] = pkg
		for i := 0; i+1 < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	lock := `{"name":"p","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"p","version":"1.0.0","dependencies":{"x":"^1.0.0"}},
		"node_modules/x":{"version":"1.1.0","dependencies":{"b":"^2.0.0"}},"node_modules/b":{"version":"2.0.0"}}}`
	out["npm link, needed"] = laidCase{files: has(`{"name":"p","version":"1.0.0","dependencies":{"x":"^1.0.0"}}`), steps: commands(nil)}
	out["npm link, another wanted"] = laidCase{files: has(`{"name":"p","version":"1.0.0","dependencies":{"x":"^1.1.0"}}`), steps: commands(nil)}
	out["npm link, not needed"] = laidCase{files: has(`{"name":"p","version":"1.0.0","dependencies":{"a":"*"}}`), steps: commands(nil)}
	out["npm link, locked otherwise"] = laidCase{files: has(`{"name":"p","version":"1.0.0","dependencies":{"x":"^1.0.0"}}`, "project/package-lock.json", lock), steps: commands(nil)}
	out["npm link to nowhere"] = laidCase{files: has(`{"name":"p","version":"1.0.0","dependencies":{"x":"^1.0.0","e":"*"}}`, "project/node_modules/e", "link:../../outside/gone"), steps: commands(nil)}
	global := func(build map[string]any) laidStep {
		return laidStep{name: text(build), at: "lib", options: map[string]any{"global": true}, build: build}
	}
	folder := map[string]string{"outside/x/package.json": outside["outside/x/package.json"], "lib/node_modules/x": "link:../../outside/x",
		"lib/node_modules/a/package.json": `{"name":"a","version":"1.0.0","dependencies":{"b":"^1.0.0"}}`, "lib/node_modules/a/node_modules/b/package.json": `{"name":"b","version":"1.0.0"}`,
		"lib/node_modules/gone": "link:../../outside/gone", "lib/node_modules/@s/c/package.json": `{"name":"@s/c","version":"1.0.0"}`}
	out["a global folder with links"] = laidCase{files: folder, steps: []laidStep{global(map[string]any{"add": []string{"a"}}), global(map[string]any{"add": []string{"x"}}), global(map[string]any{"add": []string{"e", "b@1"}}),
		global(map[string]any{"update": map[string]any{"all": true}}), global(map[string]any{"update": map[string]any{"names": []string{"x"}}}), global(map[string]any{"update": map[string]any{"names": []string{"a"}}}),
		global(map[string]any{"update": map[string]any{"names": []string{"a", "x", "@s/c"}}}), global(map[string]any{"rm": []string{"x"}}), global(map[string]any{"rm": []string{"a", "gone"}})}}
}
