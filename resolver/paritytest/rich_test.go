package paritytest

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"gpq/resolver/tree"
)

// TestRichWorlds is TestWorlds for worlds with all that a registry and a
// project may have. GPQ_SHRINK=FOLDER makes what differs smaller while it
// differs, and leaves it there as a case.
func TestRichWorlds(t *testing.T) {
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			r := &richRun{a: startArborist(t, n), shop: openShop(t), counts: counts{failures: map[string]int{}}}
			for _, seed := range richSeeds(t) {
				r.world(t, seed)
			}
			t.Logf("npm %s: %d trees, %d differ, %d without end, %d given up; npm's own failures: %v; nodes: %d; slowest of gpq's %v, most memory %d MB",
				n.version, r.trees, r.differ, r.endless, r.givenUp, r.failures, r.nodes, r.slowest.Round(time.Millisecond), r.memory>>20)
		})
	}
}

type richRun struct {
	counts
	a      *arborist
	shop   *shop
	memory uint64 // the most in use after a tree
	// givenUp are trees that gpq takes for endless, and npm ends.
	givenUp int
}

// richPatience is patience for worlds that are many and small.
const richPatience = 2500 * time.Millisecond

// richSeeds are those of a plain run, which once went wrong, or the ones asked
// for.
func richSeeds(t *testing.T) (list []uint64) {
	t.Helper()
	if os.Getenv("GPQ_WORLDS")+os.Getenv("GPQ_WORLD") == "" {
		return []uint64{67, 128, 4000}
	}
	from, to := seeds(t)
	for seed := from; seed < to; seed++ {
		list = append(list, seed)
	}
	return list
}

// perWorld is how many commands follow the first install of a world.
const perWorld = 8

func (r *richRun) world(t *testing.T, seed uint64) {
	t.Helper()
	w := newRichWorld(seed)
	first := w.firstInstall()
	name := fmt.Sprintf("rich world %d", seed)
	ans, ok := r.try(t, name+" first", w.tree(state{files: w.files}, first))
	if ok && ans.Code != "" {
		first = command{name: "install", options: orderedMap{{"force", true}}, build: orderedMap{{"complete", true}}}
		ans, ok = r.try(t, name+" first by force", w.tree(state{files: w.files}, first))
	}
	if !ok || ans.Code != "" {
		return
	}
	ans.Lock = strings.ReplaceAll(ans.Lock, strings.TrimSuffix(r.shop.url, "/"), "{registry}")
	for i := range perWorld {
		s, c := w.state(ans), w.command(first)
		r.try(t, fmt.Sprintf("%s/%d %s, %s", name, i, s.name, c.name), w.tree(s, c))
	}
}

// tree is the whole scene as one ordered object.
func (w *richWorld) tree(s state, c command) orderedMap {
	return orderedMap{{"registry", w.registry}, {"tags", w.tags}, {"docs", w.docs}, {"tarballs", w.tarballs}, {"files", s.files},
		{"run", orderedMap{{"options", c.options}, {"build", c.build}, {"times", s.times}}}}
}

// try builds one tree on both sides. ok is whether npm came to an end.
func (r *richRun) try(t *testing.T, name string, scene orderedMap) (ans answer, ok bool) {
	t.Helper()
	ans, npm, gpq, never := r.both(t, scene, richPatience)
	if never {
		r.endless++
		return ans, false
	}
	r.trees++
	r.nodes += len(npm.layout)
	if npm.failed != "" {
		r.failures[npm.failed]++
	}
	if len(compare(npm, gpq, 1)) == 0 {
		return ans, true
	}
	if npm.failed == "EINTERNAL" || strings.HasPrefix(npm.failed, "ERR_") {
		return ans, true // npm stumbles over its own tree
	}
	if npm.failed == "ENOENT" && strings.Contains(npm.output, "'/package.json'") {
		// npm looks for the folder behind a link that bundles from where it runs,
		// not from where the link is.
		return ans, true
	}
	if strings.Contains(gpq.output, tree.ErrEndless.Error()) {
		r.givenUp++
		t.Logf("%s: gpq takes it for endless, npm says %q", name, npm.failed)
		return ans, true
	}
	if _, again, _, never := r.both(t, scene, richPatience); never || len(compare(npm, again, 1)) > 0 {
		t.Logf("%s: npm says one thing and then another", name)
		return ans, true
	}
	r.differ++
	report(t, name+" "+line(scene.object("run")), npm, gpq)
	if os.Getenv("GPQ_SHRINK") != "" {
		r.shrinkTo(t, name, scene)
	}
	return ans, true
}

func (r *richRun) both(t *testing.T, tree orderedMap, limit time.Duration) (ans answer, npm, gpq want, never bool) {
	t.Helper()
	clear(r.shop.tarballs)
	c, err := parseCase(archiveOf(tree), r.shop)
	if err != nil {
		t.Fatal(err)
	}
	ans, npm, gpq, never = c.trees(t, r.a, r.shop, c.runs[0], limit)
	npm.facts, gpq.facts = nil, nil
	r.slowest = max(r.slowest, c.took)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.memory = max(r.memory, m.HeapAlloc)
	return ans, npm, gpq, never
}
