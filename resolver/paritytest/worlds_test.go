package paritytest

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpq/resolver/pick"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// worldCount is how many worlds a plain test run compares; GPQ_WORLDS sets
// another number, or FROM-TO, GPQ_WORLD one seed alone.
const worldCount = 40

// keptWorlds are seeds beyond those that once went wrong: in 143 to 881 npm tells
// of a conflict in an unusual way (without a place, without the peer, or as it
// had told of it before), in 506 what lies in node_modules has overrides, in 1889
// npm stumbles over a link, as npm 10 does in 314.
var keptWorlds = []uint64{143, 215, 314, 450, 506, 554, 737, 881, 1889}

// picker is npm's choice over the packuments of a world.
type picker struct {
	pick.Picker
	o pick.Options
}

func (k *picker) Pick(p *registry.Packument, s *spec.Spec, o tree.PickOptions) (*registry.Manifest, error) {
	po := k.o
	po.Before, po.Avoid = o.Before, o.Avoid
	c, err := k.Picker.Pick(p, *s, po)
	var e *pick.Error
	if errors.As(err, &e) {
		return nil, &tree.Failure{Code: e.Code, Message: e.Error(), Err: e}
	}
	return c.Manifest, err
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func newPicker(n npm) *picker {
	return &picker{o: pick.Options{Node: n.node, NPM: n.version, Before78: n.major() == "10"}}
}

func seeds(t *testing.T) (from, to uint64) {
	t.Helper()
	if s := os.Getenv("GPQ_WORLD"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, n + 1
	}
	to = worldCount
	if s := os.Getenv("GPQ_WORLDS"); s != "" {
		first, last, ok := strings.Cut(s, "-")
		if !ok {
			first, last = "0", s
		}
		var errs [2]error
		from, errs[0] = strconv.ParseUint(first, 10, 64)
		to, errs[1] = strconv.ParseUint(last, 10, 64)
		if err := errors.Join(errs[:]...); err != nil {
			t.Fatal(err)
		}
	}
	return from, to
}

func base(n npm, dir string) tree.Options {
	return tree.Options{Path: dir, NPM: n.version, Node: n.node, OS: "linux", CPU: "x64", Libc: "glibc"}
}

func TestWorlds(t *testing.T) {
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			t.Parallel()
			a := startArborist(t, n)
			from, to := seeds(t)
			c := counts{failures: map[string]int{}}
			for seed := from; seed < to; seed++ {
				c.world(t, a, seed)
			}
			if os.Getenv("GPQ_WORLDS")+os.Getenv("GPQ_WORLD") == "" {
				for _, seed := range keptWorlds {
					c.world(t, a, seed)
				}
			}
			t.Logf("npm %s: %d trees, %d differ, %d of them without end; npm's own failures: %v; nodes: %d",
				n.version, c.trees, c.differ, c.endless, c.failures, c.nodes)
		})
	}
}

// counts are what came of the comparisons.
type counts struct {
	trees, differ, endless, nodes int
	failures                      map[string]int
	slowest                       time.Duration // of gpq's
}

// world builds a world's project, then changes it, each time with npm and with
// gpq.
func (c *counts) world(t *testing.T, a *arborist, seed uint64) {
	t.Helper()
	w := newWorld(seed)
	files := map[string]string{"package.json": text(w.root)}
	first := w.scene()
	ans, ok := c.compare(t, a, w, seed, files, first)
	if !ok || ans.Code != "" {
		return
	}
	if w.one(3) {
		installed := w.installed(ans)
		w.lost(installed)
		installed["package.json"] = files["package.json"]
		sc := first
		sc.name = "node_modules without a lockfile, " + first.name
		c.compare(t, a, w, seed, installed, sc)
	}
	files["package-lock.json"] = ans.Lock
	for _, sc := range w.changes(first) {
		c.compare(t, a, w, seed, files, sc)
	}
}

// installed are the files of a node_modules as npm would have laid it down.
func (w *world) installed(ans answer) map[string]string {
	files := map[string]string{}
	for at, e := range ans.Packages {
		name := e.Name
		if name == "" {
			name = nameOf(at)
		}
		p := w.docs[name]
		if at == "" || e.Link || p == nil || p.Versions[e.Version] == nil {
			continue
		}
		files[at+"/package.json"] = text(manifestJSON(p.Versions[e.Version]))
	}
	return files
}

// lost takes one package in ten away.
func (w *world) lost(files map[string]string) {
	for _, at := range slices.Sorted(maps.Keys(files)) {
		if w.one(10) {
			delete(files, at)
		}
	}
}

// compare builds one tree on both sides.
func (c *counts) compare(t *testing.T, a *arborist, w *world, seed uint64, files map[string]string, sc scene) (answer, bool) {
	t.Helper()
	dir := t.TempDir()
	q := question{Dir: dir, Files: files, World: w.json(), Options: sc.options, Build: orEmpty(sc.build)}
	ans, npm, never := a.ask(t, q)
	o := base(a.npm, dir)
	sc.ours(&o)
	start := time.Now()
	gpq := ours(o, tree.Deps{Source: w, Picker: newPicker(a.npm)})
	took := time.Since(start)
	c.slowest = max(c.slowest, took)
	if never {
		c.endless++
		if took > 20*patience {
			t.Errorf("world %d %s: npm does not end, and gpq only after %v", seed, sc.name, took)
		}
		t.Logf("world %d %s: npm does not end, gpq after %v: %s", seed, sc.name, took.Round(time.Millisecond), gpq.failed)
		return answer{Code: "never"}, true
	}
	c.trees++
	c.nodes += len(npm.layout)
	if npm.failed != "" {
		c.failures[npm.failed]++
	}
	if diff := compare(npm, gpq, 12); len(diff) > 0 {
		for range 3 {
			if _, again, never := a.ask(t, q); !never && len(compare(again, gpq, 1)) == 0 {
				t.Logf("world %d %s: npm says one thing and then another", seed, sc.name) // it goes by which folder it has read first
				return ans, true
			}
		}
		c.differ++
		name := "world " + strconv.FormatUint(seed, 10) + " " + sc.name
		report(t, name, npm, gpq)
		if os.Getenv("GPQ_SHRINK") != "" {
			(&richRun{a: a, shop: openShop(t)}).shrinkTo(t, name, w.tree(files, sc))
		}
		return ans, false
	}
	return ans, true
}

// scene is how the project is installed first.
func (w *world) scene() scene {
	sc := scene{name: "install", options: map[string]any{}, build: map[string]any{}}
	set := func(key string, v any) {
		sc.options[key] = v
		sc.name += " --" + key
	}
	switch w.r.IntN(12) {
	case 0:
		set("legacyPeerDeps", true)
	case 1:
		set("strictPeerDeps", true)
	case 2, 3:
		set("force", true)
	case 4:
		set("preferDedupe", true)
	case 5:
		sc.options["installStrategy"] = w.pick("nested", "shallow")
	}
	return sc
}

// changes are commands on the project with its lockfile.
func (w *world) changes(first scene) []scene {
	keep := func(name string, build map[string]any) scene {
		return scene{name: name, options: first.options, build: build}
	}
	add := w.pick(w.names...)
	if w.one(2) {
		add += "@" + w.pick("1", "2", "*", "latest", "^3.0.0", "1.0.0")
	}
	other, third := w.pick(w.names...), w.pick(w.names...)
	list := []scene{
		keep("locked", nil),
		keep("add "+add, map[string]any{"add": []string{add}}),
		keep("update "+other, map[string]any{"update": []string{other}}),
		keep("update", map[string]any{"update": true}),
		keep("global "+add, map[string]any{"add": []string{add}}).with("global", true),
		keep("ci", nil).with("save", false),
		keep("dedupe "+other+" "+third, map[string]any{"update": map[string]any{"names": []string{other, third}}, "preferDedupe": true}).
			with("save", false).with("preferDedupe", true),
	}
	for _, name := range []string{third, add} {
		if deps, _ := w.root["dependencies"].(map[string]string); deps[name] != "" {
			list = append(list, keep("uninstall "+name, map[string]any{"rm": []string{name}}))
		}
	}
	return list
}
