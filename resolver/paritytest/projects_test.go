package paritytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestProjects is TestWorlds for projects with workspaces and folders, and
// with lockfiles of the old kind.
func TestProjects(t *testing.T) {
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			t.Parallel()
			a := startArborist(t, n)
			from, to := seeds(t)
			c := counts{failures: map[string]int{}}
			for seed := from; seed < to; seed++ {
				c.project(t, a, seed)
			}
			t.Logf("npm %s: %d trees, %d differ, %d of them without end; npm's own failures: %v; nodes: %d",
				n.version, c.trees, c.differ, c.endless, c.failures, c.nodes)
		})
	}
}

func (c *counts) project(t *testing.T, a *arborist, seed uint64) {
	t.Helper()
	w := newWorld(seed + 1<<32)
	files := w.projectFiles()
	sc := w.scene()
	ans, ok := c.compare(t, a, w, seed, files, sc)
	if !ok || ans.Code != "" {
		return
	}
	files["package-lock.json"] = ans.Lock
	for _, ch := range w.changes(sc) {
		c.compare(t, a, w, seed, files, ch)
	}
	if names := w.workspaceNames(); len(names) > 0 {
		add := w.pick(w.names...)
		c.compare(t, a, w, seed, files, scene{name: "add " + add + " -w " + names[0], options: sc.options,
			build: map[string]any{"add": []string{add}}}.with("workspaces", names[:1]))
	}
	files["package-lock.json"] = versionOneOf(ans.Lock)
	c.compare(t, a, w, seed, files, scene{name: "lockfile of version 1", options: sc.options})
}

func with(m map[string]any, key string, v any) map[string]any {
	out := map[string]any{}
	maps.Copy(out, m)
	out[key] = v
	return out
}

func (w *world) workspaceNames() []string {
	var out []string
	for i := range w.workspaces {
		out = append(out, "w"+strconv.Itoa(i))
	}
	return out
}

// projectFiles are the project's files: its package.json, and those of its
// workspaces and of a folder it may depend on.
func (w *world) projectFiles() map[string]string {
	files := map[string]string{}
	w.workspaces = w.r.IntN(4)
	deps := w.root["dependencies"].(map[string]string)
	for i := range w.workspaces {
		own := object(w.deps(w.r.IntN(4)))
		p := map[string]any{"name": "w" + strconv.Itoa(i), "version": w.pick("1.0.0", "2.0.0"), "dependencies": own}
		if w.one(3) {
			own["w"+strconv.Itoa(w.r.IntN(w.workspaces))] = w.pick("*", "^1.0.0", "1")
			delete(own, "w"+strconv.Itoa(i))
		}
		if w.one(3) {
			p["devDependencies"] = object(w.deps(1 + w.r.IntN(2)))
		}
		if w.one(4) {
			p["peerDependencies"] = object(w.deps(1))
		}
		files[fmt.Sprintf("packages/w%d/package.json", i)] = text(p)
	}
	if w.workspaces > 0 {
		w.root["workspaces"] = []string{"packages/*"}
	}
	if w.one(3) {
		files["lib/thing/package.json"] = text(map[string]any{"name": "thing", "version": "1.0.0", "dependencies": object(w.deps(2))})
		deps["thing"] = "file:./lib/thing"
	}
	files["package.json"] = text(w.root)
	return files
}

func text(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// versionOneOf rewrites a lockfile as npm 6 had it: packages nested, each with
// what it requires.
func versionOneOf(lock string) string {
	var in struct {
		Packages map[string]struct {
			lockEntry
			Dependencies, OptionalDependencies, PeerDependencies map[string]string
		}
	}
	if err := json.Unmarshal([]byte(lock), &in); err != nil {
		panic(err)
	}
	root := map[string]any{"name": "project", "version": "1.0.0", "lockfileVersion": 1, "requires": true}
	for _, at := range slices.Sorted(maps.Keys(in.Packages)) {
		e := in.Packages[at]
		if !strings.HasPrefix(at, "node_modules/") || e.Link || e.Name != "" {
			continue
		}
		into := root
		parts := strings.Split(strings.TrimPrefix(at, "node_modules/"), "/node_modules/")
		for _, p := range parts[:len(parts)-1] {
			deps, _ := into["dependencies"].(map[string]any)
			next, _ := deps[p].(map[string]any)
			if next == nil {
				next = map[string]any{}
			}
			into = next
		}
		deps, _ := into["dependencies"].(map[string]any)
		if deps == nil {
			deps = map[string]any{}
			into["dependencies"] = deps
		}
		requires := map[string]string{}
		maps.Copy(requires, e.Dependencies)
		maps.Copy(requires, e.OptionalDependencies)
		entry := map[string]any{"version": e.Version, "resolved": e.Resolved, "integrity": e.Integrity, "requires": requires}
		if e.Optional {
			entry["optional"] = true
		}
		if e.Dev {
			entry["dev"] = true
		}
		deps[parts[len(parts)-1]] = entry
	}
	return text(root)
}
