package paritytest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// archiveOf writes a scene as a case.
func archiveOf(tree orderedMap) []byte {
	var b bytes.Buffer
	names := map[string]bool{}
	b.WriteString("-- registry --\n")
	for _, p := range tree.object("registry") {
		m, _ := p.value.(orderedMap)
		fmt.Fprintf(&b, "%s %s\n", p.key, line(m))
		names[p.key[:strings.LastIndex(p.key, "@")]] = true
	}
	for _, p := range tree.object("tags") {
		if name, _, _ := strings.Cut(p.key, " "); names[name] {
			fmt.Fprintf(&b, "tag %s %s\n", p.key, p.value)
		}
	}
	for _, p := range tree.object("docs") {
		if names[p.key] {
			fmt.Fprintf(&b, "doc %s %s\n", p.key, line(p.value))
		}
	}
	for _, t := range tree.object("tarballs") {
		files, _ := t.value.(orderedMap)
		for _, f := range files {
			fmt.Fprintf(&b, "-- tarball/%s/%s --\n%s\n", t.key, f.key, content(f.value))
		}
	}
	for _, f := range tree.object("files") {
		fmt.Fprintf(&b, "-- %s --\n%s\n", f.key, content(f.value))
	}
	fmt.Fprintf(&b, "-- run --\nrun %s\n", line(tree.object("run")))
	return b.Bytes()
}

// tree is a plain world's scene as one ordered object.
func (w *world) tree(files map[string]string, sc scene) orderedMap {
	var docs, tags, placed orderedMap
	for _, name := range w.names {
		p := w.docs[name]
		for _, v := range p.Order {
			docs = append(docs, pair{name + "@" + v, ordered(manifestJSON(p.Versions[v]).without("name").without("version").without("dist"))})
		}
		for _, tag := range slices.Sorted(maps.Keys(p.DistTags)) {
			tags = append(tags, pair{name + " " + tag, p.DistTags[tag]})
		}
	}
	for _, at := range slices.Sorted(maps.Keys(files)) {
		v, _ := readOrdered(files[at])
		placed = append(placed, pair{"project/" + at, v})
	}
	return orderedMap{{"registry", docs}, {"tags", tags}, {"files", placed},
		{"run", orderedMap{{"options", ordered(sc.options)}, {"build", ordered(orEmpty(sc.build))}}}}
}

// ordered is v as it would be read from its JSON.
func ordered(v any) any {
	o, err := readOrdered(text(v))
	if err != nil {
		panic(err)
	}
	return o
}

func content(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return line(v)
}

// kindOf says in a word how two trees differ, "" where they do not.
func kindOf(npm, gpq want) string {
	if len(compare(npm, gpq, 1)) == 0 {
		return ""
	}
	if npm.failed != "" || gpq.failed != "" {
		return npm.failed + "/" + gpq.failed
	}
	if len(npm.layout) != len(gpq.layout) {
		return "layout"
	}
	for at, is := range npm.layout {
		a, _, _ := strings.Cut(is, " ")
		b, _, _ := strings.Cut(gpq.layout[at], " ")
		switch {
		case a != b:
			return "layout"
		case is != gpq.layout[at]:
			return "flags"
		}
	}
	return "origin"
}

const shrinkTime = time.Minute

// shrinkTo takes away of a scene whatever it differs without, and leaves the
// rest in GPQ_SHRINK, in a file of the scene's name.
func (r *richRun) shrinkTo(t *testing.T, name string, tree orderedMap) {
	t.Helper()
	name = strings.NewReplacer(" ", "-", "/", "-", ",", "").Replace(name)
	file := filepath.Join(os.Getenv("GPQ_SHRINK"), name+"-npm"+r.a.npm.major()+".txtar")
	_, npm, gpq, _ := r.both(t, tree, richPatience)
	kind := kindOf(npm, gpq)
	if kind == "" {
		return
	}
	end, tries := time.Now().Add(shrinkTime), 0
	small := shrink(tree, func(v any) bool {
		if tries++; time.Now().After(end) {
			return false
		}
		for range 2 { // npm may say one thing and then another
			if _, npm, gpq, never := r.both(t, v.(orderedMap), richPatience/2); never || kindOf(npm, gpq) != kind {
				return false
			}
		}
		return true
	}).(orderedMap)
	_, npm, gpq, _ = r.both(t, small, richPatience)
	head := kind + "\n" + strings.Join(compare(npm, gpq, 12), "\n") + "\n"
	if err := os.WriteFile(file, append([]byte(head), archiveOf(small)...), 0o600); err != nil {
		t.Error(err)
	}
	t.Logf("%d bytes after %d tries in %s", len(archiveOf(small)), tries, file)
}

// shrink takes entries out of v, at any depth, while still holds.
func shrink(v any, still func(any) bool) any {
	for again := true; again; {
		again = false
		for _, at := range containers(v) {
			for size := max(1, length(find(v, at))/2); size > 0; size /= 2 {
				for i := 0; i < length(find(v, at)); {
					if less := replaced(v, at, cut(find(v, at), i, size)); still(less) {
						v, again = less, true
					} else {
						i += size
					}
				}
			}
		}
	}
	return v
}

// containers are the ways to all objects and lists in v, the outermost first.
func containers(v any) (out [][]string) {
	todo := [][]string{nil}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		here := find(v, at)
		if length(here) > 0 && len(at) > 0 {
			out = append(out, at)
		}
		if o, ok := here.(orderedMap); ok {
			for _, p := range o {
				todo = append(todo, append(append([]string(nil), at...), p.key))
			}
		}
	}
	return out
}

func find(v any, at []string) any {
	for _, key := range at {
		o, ok := v.(orderedMap)
		if !ok {
			return nil
		}
		v = o.get(key)
	}
	return v
}

func length(v any) int {
	switch v := v.(type) {
	case orderedMap:
		return len(v)
	case []any:
		return len(v)
	}
	return 0
}

func cut(v any, from, size int) any {
	switch v := v.(type) {
	case orderedMap:
		return append(append(orderedMap{}, v[:from]...), v[min(len(v), from+size):]...)
	case []any:
		return append(append([]any{}, v[:from]...), v[min(len(v), from+size):]...)
	}
	return v
}

func replaced(v any, at []string, with any) any {
	if len(at) == 0 {
		return with
	}
	o := v.(orderedMap)
	return o.put(at[0], replaced(o.get(at[0]), at[1:], with))
}
