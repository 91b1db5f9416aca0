package paritytest

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// The snapshot is what the registry said of all packages that the trees below
// are made of, on the day it was recorded, cut to the fields that decide about
// trees and to the versions that were in any range asked for. It is made by
//
//	GPQ_PARITY_RECORD=1 go test ./resolver/paritytest -run Record -timeout 30m
const (
	snapshotFile = "testdata/snapshot.json.gz"
	layoutsFile  = "testdata/layouts.json.gz"
	snapshotOf   = `express; eslint; jest; next; @angular/cli; react-scripts; vite; webpack; typescript-eslint; @babel/core; nuxt; prisma; vitest;
svelte @sveltejs/kit; @nestjs/core; mocha; gulp@4; eslint@7 eslint-config-airbnb@19; react@17 react-dom@18; @mui/material; chalk@^4;
foo@npm:is-number@7; storybook; karma; @angular/core@15 @angular/material@17; webpack@4 webpack-cli`
)

// cutDoc and cutManifest are packuments as the snapshot keeps them.
type cutDoc struct {
	Tags     map[string]string
	Versions map[string]*registry.Manifest
	Order    []string
}

func readGzip(t *testing.T, file string, into any) bool {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
	return true
}

func writeGzip(t *testing.T, file string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes, %d unpacked", file, fileSize(t, file), len(data))
}

func fileSize(t *testing.T, file string) int64 {
	t.Helper()
	st, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

// snapshot is the recorded registry, as a world.
func snapshot(t *testing.T) *world {
	t.Helper()
	var docs map[string]cutDoc
	if !readGzip(t, snapshotFile, &docs) {
		t.Fatal(snapshotFile + " is not there")
	}
	w := &world{docs: map[string]*registry.Packument{}}
	for name, d := range docs {
		p := &registry.Packument{Name: name, Registry: "https://registry.invalid/", DistTags: d.Tags, Versions: d.Versions, Order: d.Order}
		for v, m := range d.Versions {
			m.Name, m.Version = name, v
			m.Dist.Tarball = "https://registry.invalid/" + name + "/-/" + filepath.Base(name) + "-" + v + ".tgz"
			m.Dist.Integrity = "sha512-" + name + v
		}
		w.docs[name] = p
	}
	return w
}

func specList(s string) (out [][]string) {
	for _, one := range strings.Split(s, ";") {
		if f := strings.Fields(one); len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// TestSnapshot compares gpq's trees over the recorded registry with those that
// npm made of it.
func TestSnapshot(t *testing.T) {
	w := snapshot(t)
	var layouts map[string]want2
	if !readGzip(t, layoutsFile, &layouts) {
		t.Fatal(layoutsFile + " is not there")
	}
	for key, l := range layouts {
		t.Run(key, func(t *testing.T) {
			version, specs, _ := strings.Cut(key, " ")
			n := npm{version: version, node: l.Node}
			report(t, specs, want{layout: l.Layout, failed: l.Failed}, ofSnapshot(t, w, n, strings.Fields(specs)))
		})
	}
}

// want2 is a layout as it is recorded.
type want2 struct {
	Layout       map[string]string
	Failed, Node string
}

func ofSnapshot(t *testing.T, w *world, n npm, specs []string) want {
	t.Helper()
	o := base(n, t.TempDir())
	o.Add = specs
	return ours(o, tree.Deps{Source: w, Picker: newPicker(n)})
}

// worldFile is a world written down for npm.
func worldFile(t *testing.T, w *world) string {
	t.Helper()
	data, err := json.Marshal(w.json())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "world.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSnapshotAgainstNPM is TestSnapshot with the installed npms as they are.
func TestSnapshotAgainstNPM(t *testing.T) {
	w := snapshot(t)
	doc := worldFile(t, w)
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			t.Parallel()
			a := startArborist(t, n)
			for _, specs := range specList(snapshotOf) {
				_, npm, never := a.askWithin(t, question{Dir: t.TempDir(), WorldFile: doc, Options: map[string]any{}, Build: map[string]any{"add": specs}}, 60*patience)
				if never {
					t.Fatalf("npm %s has not done with %v", n.version, specs)
				}
				report(t, "npm "+n.major()+" "+strings.Join(specs, " "), npm, ofSnapshot(t, w, n, specs))
			}
		})
	}
}

// recorder remembers what was asked for.
type recorder struct {
	tree.Source
	*picker
	mu    sync.Mutex
	docs  map[string]*registry.Packument
	wants map[string]map[string]bool // kept versions by name
	cache semver.Cache
}

func (r *recorder) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	p, err := r.Source.Packument(ctx, name)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.docs[name] = p
	}
	return p, err
}

func (r *recorder) Pick(p *registry.Packument, s *spec.Spec, o tree.PickOptions) (*registry.Manifest, error) {
	r.mu.Lock()
	kept := r.wants[p.Name]
	if kept == nil {
		kept = map[string]bool{}
		r.wants[p.Name] = kept
	}
	for v := range p.Versions {
		if s.Kind != spec.Tag && r.cache.Satisfies(v, s.Range, semver.Loose()) {
			kept[v] = true
		}
	}
	for _, v := range p.DistTags {
		kept[v] = true
	}
	r.mu.Unlock()
	return r.picker.Pick(p, s, o)
}

// TestRecord makes the snapshot and the layouts.
func TestRecord(t *testing.T) {
	if os.Getenv("GPQ_PARITY_RECORD") == "" {
		t.Skip("GPQ_PARITY_RECORD is not set: nothing is recorded")
	}
	list := npms(t)
	r := &recorder{Source: client(t), docs: map[string]*registry.Packument{}, wants: map[string]map[string]bool{}}
	for _, n := range list {
		r.picker = newPicker(n)
		for _, specs := range specList(snapshotOf) {
			o := base(n, t.TempDir())
			o.Add = specs
			w := ours(o, tree.Deps{Source: r, Picker: r})
			t.Log(n.major(), specs, len(w.layout), w.failed)
		}
	}
	out := map[string]cutDoc{}
	for name, p := range r.docs {
		out[name] = r.cut(p)
	}
	writeGzip(t, snapshotFile, out)
	recordLayouts(t, list, func([]string) bool { return true })
}

// TestRecordLayouts makes the layouts of those specs anew, from the snapshot as
// it is: GPQ_PARITY_LAYOUTS=nuxt, or all.
func TestRecordLayouts(t *testing.T) {
	which := os.Getenv("GPQ_PARITY_LAYOUTS")
	if which == "" {
		t.Skip("GPQ_PARITY_LAYOUTS is not set: nothing is recorded")
	}
	recordLayouts(t, npms(t), func(specs []string) bool { return which == "all" || strings.Join(specs, " ") == which })
}

func recordLayouts(t *testing.T, list []npm, wanted func(specs []string) bool) {
	t.Helper()
	layouts := map[string]want2{}
	readGzip(t, layoutsFile, &layouts)
	doc := worldFile(t, snapshot(t))
	for _, n := range list {
		a := startArborist(t, n)
		for _, specs := range specList(snapshotOf) {
			if !wanted(specs) {
				continue
			}
			_, npm, never := a.askWithin(t, question{Dir: t.TempDir(), WorldFile: doc, Options: map[string]any{}, Build: map[string]any{"add": specs}}, 60*patience)
			if never {
				t.Fatalf("npm %s has not done with %v", n.version, specs)
			}
			layouts[n.version+" "+strings.Join(specs, " ")] = want2{npm.layout, npm.failed, n.node}
		}
	}
	writeGzip(t, layoutsFile, layouts)
}

func (r *recorder) cut(p *registry.Packument) cutDoc {
	d := cutDoc{Tags: maps.Clone(p.DistTags), Versions: map[string]*registry.Manifest{}}
	for _, v := range p.Order {
		m := p.Versions[v]
		if m == nil || !r.wants[p.Name][v] {
			continue
		}
		d.Order = append(d.Order, v)
		c := &registry.Manifest{Dependencies: m.Dependencies, OptionalDependencies: m.OptionalDependencies,
			PeerDependencies: m.PeerDependencies, Engines: engines(m.Engines), Rare: m.Rare}
		if m.Deprecated != "" {
			c.Deprecated = "yes"
		}
		d.Versions[v] = c
	}
	return d
}

func engines(all registry.Deps) (out registry.Deps) {
	for _, e := range all {
		if e.Name == "node" || e.Name == "npm" {
			out = append(out, e)
		}
	}
	return out
}
