package paritytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// A project case is a txtar archive:
//
//	registry          one version a line: NAME@VERSION and its manifest, with
//	                  «time» for when it was published; or «tag NAME TAG VERSION»,
//	                  with «-» for no such tag; or «doc NAME» and more fields
//	tarball/ID/FILE   a file of a version's tarball, beside its package.json
//	advisories        what the registry answers to an audit, as JSON
//	project/FILE      the project's files; «link:TARGET» is a symbolic link
//	outside/FILE      files beside the project
//	run               commands, one a line: a name and {"options", "build", …}
//
// In files {registry} is the registry's address. Every command is given to npm and to gpq, and the trees must be the same.
type projectCase struct {
	world *world
	files map[string]string
	runs  []caseRun
	took  time.Duration // the last of gpq's trees
}

type caseRun struct {
	name           string
	Options, Build map[string]any
	NPM            []string           // majors to run it with; all where empty
	Keep           bool               // write the lockfile for the commands to come
	Lay            bool               // and lay down node_modules, with its own lockfile
	Times          map[string]float64 // of files, in seconds from now
	Audit          bool               // npm audit fix
	Open           string             // gpq says that it cannot know, and this in saying so
	Remove         []string           // files to take away first
	At             string             // the folder of the project; «project» where none is named
}

func readCase(t *testing.T, file string, s *shop) *projectCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCase(data, s)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return c
}

func parseCase(data []byte, s *shop) (*projectCase, error) {
	c := &projectCase{files: map[string]string{}}
	var err error
	var lines string
	tarballs := map[string]map[string]string{}
	for _, f := range txtar.Parse(data).Files {
		f.Data = bytes.ReplaceAll(f.Data, []byte("{registry}"), []byte(strings.TrimSuffix(s.url, "/")))
		switch {
		case f.Name == "registry":
			lines = string(f.Data)
		case f.Name == "advisories":
			if err := json.Unmarshal(f.Data, &s.advisories); err != nil {
				return nil, fmt.Errorf("advisories: %w", err)
			}
		case f.Name == "run":
			if c.runs, err = readRuns(string(f.Data)); err != nil {
				return nil, err
			}
		case strings.HasPrefix(f.Name, "tarball/"):
			id, name := splitTarball(strings.TrimPrefix(f.Name, "tarball/"))
			if tarballs[id] == nil {
				tarballs[id] = map[string]string{}
			}
			tarballs[id][name] = string(f.Data)
		default:
			c.files[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
		}
	}
	c.world, err = readRegistry(lines, s, tarballs)
	return c, err
}

// splitTarball splits NAME@VERSION from the file behind it.
func splitTarball(s string) (id, file string) {
	at := strings.Index(s[1:], "@") + 1
	slash := at + strings.Index(s[at:], "/")
	return s[:slash], s[slash+1:]
}

func readRuns(text string) (out []caseRun, err error) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(line, " {")
		r := caseRun{name: name}
		if err := json.Unmarshal([]byte("{"+strings.TrimSpace(rest)), &r); rest != "" && err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// readRegistry makes packuments of the lines, in the registry's own form, and
// reads them as gpq reads a registry's.
func readRegistry(lines string, s *shop, tarballs map[string]map[string]string) (*world, error) {
	w := &world{docs: map[string]*registry.Packument{}, raw: map[string]any{}, url: s.url}
	versions := map[string]*orderedMap{}
	times, tags, docs := map[string]map[string]string{}, map[string]map[string]string{}, map[string]orderedMap{}
	for _, line := range strings.FieldsFunc(lines, func(r rune) bool { return r == '\n' }) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "doc" {
			docs[f[1]] = mustObject(strings.Join(f[2:], " "))
			continue
		} else if len(f) == 4 && f[0] == "tag" {
			if tags[f[1]][f[2]] = f[3]; f[3] == "-" {
				delete(tags[f[1]], f[2])
			}
			continue
		}
		id, manifest, _ := strings.Cut(line, " ")
		name, version := id[:strings.LastIndex(id, "@")], id[strings.LastIndex(id, "@")+1:]
		if versions[name] == nil {
			versions[name], times[name], tags[name] = &orderedMap{}, map[string]string{}, map[string]string{}
		}
		m, err := readManifest(name, version, manifest)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		if when := m.take("time"); when != nil {
			times[name][version] = when.(string)
		}
		files := map[string]string{"package.json": text(m)}
		for f, data := range tarballs[id] {
			files[f] = data
		}
		place, integrity := s.put(name, version, files)
		*m = append(*m, pair{"dist", map[string]string{"tarball": place, "integrity": integrity}})
		*versions[name] = append(*versions[name], pair{version, *m})
		tags[name]["latest"] = version
	}
	for name, list := range versions {
		doc := orderedMap{{"name", name}, {"dist-tags", tags[name]}, {"versions", *list}}
		if len(times[name]) > 0 {
			doc = append(doc, pair{"time", times[name]})
		}
		doc = append(doc, docs[name]...)
		p, err := registry.Decode([]byte(text(doc)), s.url)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		w.docs[name], w.raw[name] = p, doc
		w.names = append(w.names, name)
	}
	slices.Sort(w.names)
	return w, nil
}

// readManifest keeps the order in which the fields are written.
func readManifest(name, version, manifest string) (*orderedMap, error) {
	m := &orderedMap{{"name", name}, {"version", version}}
	if manifest == "" {
		return m, nil
	}
	dec := json.NewDecoder(strings.NewReader(manifest))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, err
		}
		if key == "time" {
			*m = append(*m, pair{"time", strings.Trim(string(raw), `"`)})
		} else {
			*m = append(*m, pair{key.(string), raw})
		}
	}
	return m, nil
}

// take gives the value under key, and takes it out.
func (m *orderedMap) take(key string) any {
	for i, p := range *m {
		if p.key == key {
			*m = slices.Delete(*m, i, i+1)
			return p.value
		}
	}
	return nil
}

// TestCases runs the cases of testdata/cases with every npm there is.
// GPQ_CASE=NAME runs one alone.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			a := startArborist(t, n)
			for _, f := range files {
				name := strings.TrimSuffix(filepath.Base(f), ".txtar")
				if only := os.Getenv("GPQ_CASE"); only != "" && only != name {
					continue
				}
				t.Run(name, func(t *testing.T) { runCase(t, a, f) })
			}
		})
	}
}

func runCase(t *testing.T, a *arborist, file string) {
	s := openShop(t)
	c := readCase(t, file, s)
	for _, r := range c.runs {
		if len(r.NPM) > 0 && !contains(r.NPM, a.npm.major()) {
			continue
		}
		for _, f := range r.Remove {
			delete(c.files, f)
		}
		c.run(t, a, s, r)
	}
}

func (c *projectCase) run(t *testing.T, a *arborist, s *shop, r caseRun) {
	t.Helper()
	ans, npm, gpq, never := c.trees(t, a, s, r, 2*patience)
	if never {
		t.Errorf("%s: npm does not end", r.name)
		return
	}
	if r.Open != "" && (gpq.failed != "error" || !strings.Contains(gpq.output, r.Open)) {
		t.Errorf("%s: gpq should leave it open, as %q: %q %s", r.name, r.Open, gpq.failed, gpq.output)
	}
	if r.Open == "" {
		report(t, r.name, npm, gpq)
	}
	if testing.Verbose() {
		t.Logf("%s: %s %v", r.name, npm.failed, npm.layout)
	}
	if r.Keep || r.Lay {
		c.files[r.at()+"/package-lock.json"] = ans.Lock
	}
	if r.Lay {
		for at, text := range c.world.installed(ans) {
			c.files[r.at()+"/"+at] = text
		}
		c.files[r.at()+"/node_modules/.package-lock.json"] = hiddenLock(t, ans.Lock)
	}
}

func (r caseRun) at() string {
	if r.At == "" {
		return "project"
	}
	return r.At
}

// trees gives one command to npm and to gpq.
func (c *projectCase) trees(t *testing.T, a *arborist, s *shop, r caseRun, limit time.Duration) (ans answer, npm, gpq want, never bool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "gpq-case")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sc := scene{name: r.name, options: r.Options, build: r.Build}
	ans, npm, never = a.askWithin(t, question{Dir: dir, At: r.at(), Files: c.files, Times: r.Times, World: c.world.json(),
		Registry: s.url, Options: orEmpty(sc.options), Build: orEmpty(sc.build), Audit: r.Audit}, limit)
	o := base(a.npm, filepath.Join(dir, r.at()))
	sc.ours(&o)
	o.Audit = r.Audit
	k := newPicker(a.npm)
	k.o.DefaultTag, _ = r.Options["defaultTag"].(string)
	start := time.Now()
	gpq = ours(o, tree.Deps{Source: c.world, Picker: k, Contents: s, Advisories: s.known})
	c.took = time.Since(start)
	return ans, npm, gpq, never
}

// hiddenLock is the lockfile as npm writes it into node_modules.
func hiddenLock(t *testing.T, lock string) string {
	t.Helper()
	var l map[string]any
	if err := json.Unmarshal([]byte(lock), &l); err != nil {
		t.Fatal(err)
	}
	delete(l["packages"].(map[string]any), "")
	return text(map[string]any{"name": l["name"], "lockfileVersion": 3, "requires": true, "packages": l["packages"]})
}
