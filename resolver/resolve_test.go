package resolver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gpq/resolver/registry"
)

// shelf is a registry of packages written as «name@version dep@range …», with
// peer:, optional: and os: before a word that is such.
type shelf struct {
	docs  map[string]*registry.Packument
	delay time.Duration
	asked atomic.Int64
}

func shelve(lines ...string) *shelf {
	s := &shelf{docs: map[string]*registry.Packument{}}
	for _, l := range lines {
		words := strings.Fields(l)
		name, version := cutAt(words[0])
		p := s.docs[name]
		if p == nil {
			p = &registry.Packument{Name: name, Registry: "https://r.test/", DistTags: map[string]string{}, Versions: map[string]*registry.Manifest{}}
			s.docs[name] = p
		}
		m := &registry.Manifest{Name: name, Version: version}
		m.Dist.Tarball = "https://r.test/" + name + "/-/" + filepath.Base(name) + "-" + version + ".tgz"
		m.Dist.Integrity = "sha512-" + name + version
		for _, w := range words[1:] {
			kind, rest, _ := strings.Cut(w, ":")
			if !slices.Contains([]string{"peer", "optional", "os", "bundle"}, kind) {
				kind, rest = "", w
			}
			n, v := cutAt(rest)
			switch kind {
			case "peer":
				m.PeerDependencies = append(m.PeerDependencies, registry.Dep{Name: n, Value: v})
			case "optional":
				m.OptionalDependencies = append(m.OptionalDependencies, registry.Dep{Name: n, Value: v})
			case "os":
				m.Rare = &registry.Rare{OS: []string{rest}}
			case "bundle":
				m.Rare = &registry.Rare{Bundle: append(m.More().Bundle, rest)}
			default:
				m.Dependencies = append(m.Dependencies, registry.Dep{Name: n, Value: v})
			}
		}
		p.Versions[version] = m
		p.Order = append(p.Order, version)
		p.DistTags["latest"] = version
	}
	return s
}

func cutAt(s string) (name, rest string) {
	i := strings.IndexByte(s[1:], '@') + 1
	if i == 0 {
		return s, "*"
	}
	return s[:i], s[i+1:]
}

func (s *shelf) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	s.asked.Add(1)
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if p := s.docs[name]; p != nil {
		return p, nil
	}
	return nil, &registry.Error{Kind: registry.ErrNotFound, What: name, Host: "r.test", Status: 404, Reason: "not found (404)"}
}

func request(dir string, specs ...string) Request {
	return Request{Dir: dir, Cwd: dir, Specs: specs, Options: Options{
		Platform: Platform{OS: "linux", CPU: "x64", Libc: "glibc", Node: "20.20.2", NPM: "11.19.1"}}}
}

func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// resolve gives the plan as lines.
func resolve(t *testing.T, s *shelf, q Request) (*Plan, []string) {
	t.Helper()
	plan, err := New(Settings{Source: s}).Resolve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range plan.Items {
		l := fmt.Sprintf("%s@%s %v", i.Name, i.Version, i.Via)
		for _, f := range []struct {
			on   bool
			word string
		}{{i.Direct, "direct"}, {i.Named, "named"}, {i.Inert, "inert"}, {i.Dev, "dev"}, {i.Optional, "optional"},
			{i.Peer, "peer"}, {i.Change == Updated, "updated"}, {i.Change == Unchanged, "unchanged"}, {i.Locked != nil, "locked"}} {
			if f.on {
				l += " " + f.word
			}
		}
		out = append(out, l)
	}
	for _, u := range plan.Unresolved {
		out = append(out, fmt.Sprintf("? %s %v by %q direct %v", u.Spec, u.Via, u.By.Name, u.Direct))
	}
	if plan.Failure != nil {
		out = append(out, "! "+plan.Failure.Error())
	}
	slices.Sort(out)
	return plan, out
}

func TestResolve(t *testing.T) {
	s := shelve("a@1.0.0 b@1", "a@2.0.0 b@1 c@1", "b@1.0.0", "b@1.1.0", "c@1.0.0 b@1", "win@1.0.0 os:win32",
		"o@1.0.0 optional:win@1", "p@1.0.0 peer:a@1", "g@1.0.0 x@github:u/x", "m@1.0.0 optional:gone@1", "bad@1.0.0 gone@1")
	lock := `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"^1.0.0"}},
		"node_modules/a":{"version":"1.0.0","resolved":"https://r.test/a/-/a-1.0.0.tgz","integrity":"sha512-a1.0.0","dependencies":{"b":"1"}},
		"node_modules/b":{"version":"1.0.0","resolved":"https://r.test/b/-/b-1.0.0.tgz","integrity":"sha512-b1.0.0"}}}`
	for _, c := range []struct {
		name  string
		files map[string]string
		verb  Verb
		specs []string
		want  []string
	}{
		{"one package", nil, Install, []string{"a"}, []string{
			"a@2.0.0 [[a]] direct named", "b@1.1.0 [[a b]]", "c@1.0.0 [[a c]]"}},
		{"an alias goes by the true name", nil, Install, []string{"z@npm:b@1.0.0"}, []string{"b@1.0.0 [[z]] direct named"}},
		{"for another platform", nil, Install, []string{"o"}, []string{"o@1.0.0 [[o]] direct named", "win@1.0.0 [[o win]] inert optional"}},
		{"peers come along", nil, Install, []string{"p"}, []string{"a@1.0.0 [[p a]] peer", "b@1.1.0 [[p a b]] peer", "p@1.0.0 [[p]] direct named"}},
		{"a conflict is npm's to tell", nil, Install, []string{"p", "a@2"}, []string{
			`! ERESOLVE: unable to resolve dependency tree: while resolving the project; found a@2.0.0 (node_modules/a) for prod a@"2" from the project; ` +
				`could not resolve peer a@"1" from p@1.0.0 (node_modules/p)`}},
		{"git", nil, Install, []string{"g"}, []string{"? github:u/x [g x] by \"g\" direct false", "g@1.0.0 [[g]] direct named"}},
		{"optional and not there", nil, Install, []string{"m"}, []string{"m@1.0.0 [[m]] direct named"}},
		{"locked", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, Install, nil,
			[]string{"a@1.0.0 [[a]] direct unchanged locked", "b@1.0.0 [[a b]] unchanged locked"}},
		{"a newer one over the locked", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, Install, []string{"a@2"},
			[]string{"a@2.0.0 [[a]] direct named updated", "b@1.0.0 [[a b]] unchanged locked", "c@1.0.0 [[a c]]"}},
		{"update", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, Update, []string{"b"},
			[]string{"a@1.0.0 [[a]] direct unchanged locked", "b@1.1.0 [[a b]] updated"}},
		{"ci out of step", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0","c":"1"}}`, "package-lock.json": lock}, CI, nil,
			[]string{"! EUSAGE: package.json and the lockfile are not in sync: missing: c@1.0.0 from the lockfile"}},
		{"ci", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, CI, nil,
			[]string{"a@1.0.0 [[a]] direct unchanged locked", "b@1.0.0 [[a b]] unchanged locked"}},
		{"uninstall", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, Uninstall, []string{"a"}, nil},
		{"workspaces", map[string]string{"package.json": `{"workspaces":["w/*"]}`, "w/x/package.json": `{"name":"x","version":"1.0.0","dependencies":{"b":"1"}}`}, Install, nil,
			[]string{"b@1.1.0 [[x b]] direct"}},
		{"overrides", map[string]string{"package.json": `{"dependencies":{"a":"1"},"overrides":{"b":"1.0.0"}}`}, Install, nil,
			[]string{"a@1.0.0 [[a]] direct", "b@1.0.0 [[a b]]"}},
		{"exec", nil, Exec, []string{"a@1"}, []string{"a@1.0.0 [[a]] direct named", "b@1.1.0 [[a b]]"}},
		{"prune", map[string]string{"package.json": `{}`, "package-lock.json": lock}, Prune, nil, nil},
		{"dedupe", map[string]string{"package.json": `{"dependencies":{"a":"^1.0.0"}}`, "package-lock.json": lock}, Dedupe, nil,
			[]string{"a@1.0.0 [[a]] direct unchanged locked", "b@1.0.0 [[a b]] unchanged locked"}},
		{"link", map[string]string{"package.json": `{"dependencies":{"c":"1"}}`, "d/package.json": `{"name":"d"}`}, Link, []string{"b", "./d"},
			[]string{"b@1.1.0 [[b] [c b]] direct named", "c@1.0.0 [[c]] direct"}},
		{"link a folder within that asks for more", map[string]string{"package.json": `{}`, "d/package.json": `{"name":"d","dependencies":{"a":"1"}}`}, Link, []string{"./d"},
			[]string{"a@1.0.0 [[d a]]", "b@1.1.0 [[d a b]]"}},
		{"link what is there globally", map[string]string{"package.json": `{"dependencies":{"c":"1"}}`, "node_modules/b/package.json": `{"name":"b","version":"1.0.0"}`}, Link, []string{"b"},
			[]string{"b@1.0.0 [[c b]] unchanged", "c@1.0.0 [[c]] direct"}},
		{"what lies in node_modules", map[string]string{"package.json": `{"dependencies":{"a":"1"}}`,
			"node_modules/a/package.json": `{"name":"a","version":"1.0.0","dependencies":{"b":"1"}}`}, Install, nil,
			[]string{"a@1.0.0 [[a]] direct unchanged", "b@1.1.0 [[a b]]"}},
		{"a lockfile that leaves the project", map[string]string{"package.json": `{"dependencies":{"b":"1"}}`,
			"package-lock.json": `{"lockfileVersion":3,"packages":{"node_modules/../../x/node_modules/b":{"version":"1.0.0"}}}`}, Install, nil,
			[]string{"b@1.1.0 [[b]] direct", "? b@1.0.0 [node_modules/../../x/node_modules/b] by \"\" direct true"}},
		{"a folder outside", map[string]string{"sub/package.json": `{"dependencies":{"out":"file:../out"}}`, "out/package.json": `{"name":"out"}`}, Install, nil,
			[]string{"? file:../out [out] by \"\" direct true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := project(t, c.files)
			if _, err := os.Stat(filepath.Join(dir, "sub")); err == nil {
				dir = filepath.Join(dir, "sub")
			}
			q := request(dir, c.specs...)
			q.Verb = c.verb
			_, got := resolve(t, s, q)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

// TestInstalledBefore: what is installed is no news where npm goes by no lockfile
// either.
func TestInstalledBefore(t *testing.T) {
	s := shelve("a@1.0.0 b@1", "a@2.0.0 b@1", "b@1.0.0", "c@1.0.0")
	files := map[string]string{"package.json": `{"dependencies":{"a":"2","c":"1"}}`, "package-lock.json": `{"lockfileVersion":3,"packages":{}}`,
		"node_modules/a/package.json": `{"name":"a","version":"1.0.0"}`, "node_modules/b/package.json": `{"name":"b","version":"1.0.0"}`}
	q := request(project(t, files))
	q.Options.NoPackageLock = true
	if _, got := resolve(t, s, q); !slices.Equal(got, []string{"a@2.0.0 [[a]] direct updated", "b@1.0.0 [[a b]] unchanged", "c@1.0.0 [[c]] direct"}) {
		t.Errorf("without a lockfile: %q", got)
	}
	q = request(project(t, files), "a", "c")
	q.Global = true
	if _, got := resolve(t, s, q); !slices.Equal(got, []string{"a@2.0.0 [[a]] direct named updated", "b@1.0.0 [[a b]] unchanged", "c@1.0.0 [[c]] direct named"}) {
		t.Errorf("global: %q", got)
	}
}

// TestLockFirst: where npm reads the lockfile before the project, what it has and
// nothing needs is installed, as long as package.json asks for the same.
func TestLockFirst(t *testing.T) {
	s := shelve("a@1.0.0", "b@1.0.0")
	const manifest = `{"dependencies":{"a":"^1.0.0"}}`
	kept, pruned := []string{"a@1.0.0 [[a]] direct unchanged locked", "b@1.0.0 [] unchanged locked"}, []string{"a@1.0.0 [[a]] direct unchanged locked"}
	for _, c := range []struct {
		name, npm, root, flag string
		verb                  Verb
		want                  []string
	}{
		{"npm ci of npm 10", "10.9.9", manifest, "", CI, kept},
		{"npm ci of npm 11", "11.19.1", manifest, "", CI, pruned},
		{"npm install of npm 10", "10.9.9", manifest, "", Install, pruned},
		{"npm dedupe", "12.2.0", manifest, "", Dedupe, kept},
		{"another package.json", "10.9.9", `{"dependencies":{"a":"1"}}`, "", CI, pruned},
		{"another kind", "11.19.1", `{"devDependencies":{"a":"^1.0.0"}}`, "", Dedupe, pruned},
		{"one more", "10.9.9", `{"dependencies":{"a":"^1.0.0","c":"1"}}`, "", CI, pruned},
		{"nothing for the project", "10.9.9", `{}`, "", CI, pruned},
		{"the lockfile's own flags", "10.9.9", manifest, `"optional":true,`, CI, []string{
			"a@1.0.0 [[a]] direct dev optional unchanged locked", "b@1.0.0 [] dev optional unchanged locked"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := request(project(t, map[string]string{"package.json": manifest,
				"package-lock.json": `{"lockfileVersion":3,"packages":{"":` + c.root + `,
				"node_modules/a":{` + c.flag + `"version":"1.0.0","resolved":"https://r.test/a/-/a-1.0.0.tgz","integrity":"sha512-a1.0.0"},
				"node_modules/b":{` + c.flag + `"version":"1.0.0","resolved":"https://r.test/b/-/b-1.0.0.tgz","integrity":"sha512-b1.0.0"}}}`}))
			q.Verb, q.Options.Platform.NPM = c.verb, c.npm
			if _, got := resolve(t, s, q); !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

func TestResolveErrors(t *testing.T) {
	s := shelve("a@1.0.0 gone@1")
	for name, c := range map[string]struct {
		files map[string]string
		specs []string
		want  string
	}{
		"package not there":    {nil, []string{"gone"}, "gone"},
		"dependency not there": {nil, []string{"a"}, "gone"},
		"version not there":    {nil, []string{"a@9"}, "a@9: no matching version"},
		"relative folder":      {nil, nil, "no absolute path"},
	} {
		t.Run(name, func(t *testing.T) {
			q := request(project(t, c.files), c.specs...)
			if name == "relative folder" {
				q.Dir = "x"
			}
			plan, err := New(Settings{Source: s}).Resolve(context.Background(), q)
			if err == nil || plan != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v, want an error with %q", plan, err, c.want)
			}
		})
	}
	q := request(project(t, map[string]string{"package.json": "{"}))
	plan, err := New(Settings{Source: s}).Resolve(context.Background(), q)
	if err != nil || plan.Failure == nil || !strings.Contains(plan.Failure.Error(), filepath.Join(q.Dir, "package.json")) {
		t.Errorf("broken package.json: got %v, %v", plan, err)
	}
}

// wide is a tree of packages some levels deep, each needing several.
func wide(levels, each int) *shelf {
	var lines []string
	for l := range levels {
		for i := range each {
			line := fmt.Sprintf("l%dn%d@1.0.0", l, i)
			if l+1 < levels {
				for k := range 4 {
					line += fmt.Sprintf(" l%dn%d@^1.0.0", l+1, (i*3+k)%each)
				}
			}
			lines = append(lines, line)
		}
	}
	return shelve(lines...)
}

// TestAhead holds the time of a resolution to the depth of the tree in round
// trips.
func TestAhead(t *testing.T) {
	s := wide(6, 40)
	s.delay = 40 * time.Millisecond
	q := request(t.TempDir(), "l0n0", "l0n1", "l0n2")
	start := time.Now()
	plan, err := New(Settings{Source: s}).Resolve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	if len(plan.Items) < 100 {
		t.Fatalf("only %d items", len(plan.Items))
	}
	if limit := 120 * 40 * time.Millisecond; took > limit {
		t.Errorf("%d packages in 6 levels took %v, above %v: asked one after the other", len(plan.Items), took, limit)
	}
	if n := s.asked.Load(); n > 240 {
		t.Errorf("%d requests for %d packages", n, len(plan.Items))
	}
	t.Logf("%d packages, %d requests, %v", len(plan.Items), s.asked.Load(), took)
}

// TestCancel ends early, and leaves nothing running behind.
func TestCancel(t *testing.T) {
	s := wide(8, 30)
	s.delay = 50 * time.Millisecond
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(context.Background(), 120*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := New(Settings{Source: s}).Resolve(ctx, request(t.TempDir(), "l0n0"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	for range 50 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
