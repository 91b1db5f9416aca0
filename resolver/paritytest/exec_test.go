package paritytest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
	"gpq/resolver/store"
	"gpq/shim"
	"gpq/shim/argv"
)

// An execCase is npm exec, several times after another: each as if by hand, in
// the folder project. Of what npm's words say, gpq is told through shim alone.
type execCase struct {
	files  map[string]string // below the scratch folder; project, global and cache lie in it
	steps  []execStep
	always bool // also in a plain run
}

type execStep struct {
	words   string // of npm, after «npm»; {} is the scratch folder
	options resolver.Options
	before  int    // days before the registry's now; 0 for none
	setup   bool   // npm alone, to have something there
	fails   bool   // npm fails, and installs nothing
	in      string // called in that folder
	global  bool
	ends    bool // npm installs and then fails
}

// TestExec compares what is planned of npm exec with what npm then has in its
// folder for it: npm really installs. GPQ_EXEC=all tries all cases, and takes
// minutes; a plain run has a few.
func TestExec(t *testing.T) {
	for _, n := range npms(t) {
		for name, c := range execCases() {
			if !c.always && os.Getenv("GPQ_EXEC") != "all" {
				continue
			}
			t.Run("npm"+n.major()+"/"+strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
				t.Parallel()
				n.exec(t, c)
			})
		}
	}
}

func (n npm) exec(t *testing.T, c execCase) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	reg := registrytest.New(t, registrytest.Options{}, "../../testdata/registry", "testdata/exec")
	for name, text := range c.files {
		layLoose(t, filepath.Join(dir, name), text)
	}
	for _, sub := range []string{"project", "global/lib/node_modules", "global/bin", "home"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	layLoose(t, filepath.Join(dir, "home", ".npmrc"), "registry="+reg.URL+"\nyes=true\naudit=false\nfund=false\nignore-scripts=true\nloglevel=error\nallow-file=all\n"+
		"cache="+dir+"/cache\nprefix="+dir+"/global\nupdate-notifier=false\n")
	for i, s := range c.steps {
		t.Run(fmt.Sprint(i), func(t *testing.T) { n.execStep(t, reg, dir, s) })
	}
}

func (n npm) execStep(t *testing.T, reg *registrytest.Server, dir string, s execStep) {
	words := strings.Fields(strings.ReplaceAll(s.words, "{}", dir))
	var before time.Time
	if s.before > 0 {
		before = reg.Now().AddDate(0, 0, -s.before)
		words = append([]string{"--before=" + before.UTC().Format(time.RFC3339)}, words...)
	}
	at := filepath.Join(dir, "project", s.in)
	var plan *resolver.Plan
	var planErr error
	if !s.setup {
		plan, planErr = n.plannedExec(t, reg, dir, at, words, before, s)
	}
	old := foldersOf(dir)
	cmd := exec.Command("node", append([]string{n.cli}, words...)...)
	cmd.Dir, cmd.Env = at, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(dir, "home")}
	out, err := cmd.CombinedOutput()
	if s.setup {
		if err != nil {
			t.Fatalf("npm: %v\n%s", err, out)
		}
		return
	}
	if s.fails {
		if err == nil || planErr == nil && plan.Failure == nil && len(plan.Items) > 0 {
			t.Errorf("npm fails %v, we %v with %d items: %s", err, planErr, len(plan.Items), out)
		}
		return
	}
	if err != nil && !s.ends {
		t.Fatalf("npm: %v\n%s", err, out)
	}
	if planErr != nil || plan.Failure != nil {
		t.Fatal(planErr, plan.Failure)
	}
	laid := map[string]string{}
	if plan.Request.Dir != "" && plan.Request.Dir != filepath.Join(dir, "project") {
		laid = laidExec(t, plan.Request.Dir)
	} else {
		for _, f := range foldersOf(dir) {
			if made := laidExec(t, f); !contains(old, f) && len(made) > 0 {
				t.Error("npm has made a folder that we know nothing of", made)
			}
		}
	}
	if testing.Verbose() {
		t.Log(s.words, len(laid), len(plan.Items))
	}
	differExec(t, laid, plan)
}

// plannedExec is our plan for npm's words.
func (n npm) plannedExec(t *testing.T, reg *registrytest.Server, dir, at string, words []string, before time.Time, s execStep) (*resolver.Plan, error) {
	t.Helper()
	kept, err := store.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	client := registry.New(fetch.New(fetch.Options{Store: kept}), registry.Options{Default: reg.URL, Store: kept})
	cmd := argv.Parse(words, argv.Options{NPM: n.version})
	project := filepath.Join(dir, "project")
	p := shim.Places{Prefix: project, GlobalBin: filepath.Join(dir, "global/bin"), Packages: cmd.Config["package"], Call: strings.Join(cmd.Config["call"], "")}
	for _, w := range cmd.Config["workspace"] {
		p.Folders = append(p.Folders, filepath.Join(project, w))
	}
	target := shim.TargetOf(cmd, p)
	if !target.Fetches() {
		return &resolver.Plan{}, nil
	}
	q := resolver.Request{Verb: resolver.Exec, Cwd: at, Specs: target.Specs, Options: s.options, Global: s.global, Exec: resolver.ExecPlaces{
		Local: project, Cache: filepath.Join(dir, "cache/_npx"), Command: len(p.Packages) == 0}}
	if target.Kind == shim.TargetProject {
		q.Specs = nil
	}
	if cmd.Class == argv.Exec {
		q.Exec.GlobalDir, q.Exec.GlobalBin = filepath.Join(dir, "global/lib"), p.GlobalBin
	}
	q.Options.AllowFile, q.Options.Before = "all", before
	q.Options.Platform = resolver.Platform{OS: "linux", CPU: "x64", Libc: "glibc", Node: n.node, NPM: n.version}
	return resolver.New(resolver.Settings{Source: client, RegistryOf: client.RegistryFor}).Resolve(t.Context(), q)
}

func foldersOf(dir string) []string {
	made, _ := filepath.Glob(filepath.Join(dir, "cache/_npx/*"))
	return made
}

// laidExec is what npm has laid down in a folder of its own.
func laidExec(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	filepath.WalkDir(filepath.Join(dir, "node_modules"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Name() != "package.json" || filepath.Base(filepath.Dir(filepath.Dir(path))) != "node_modules" &&
			!strings.HasPrefix(filepath.Base(filepath.Dir(filepath.Dir(path))), "@") {
			return nil
		}
		var p struct{ Name, Version string }
		readJSON(t, path, &p)
		at, _ := filepath.Rel(dir, filepath.Dir(path))
		out[at] = p.Name + "@" + p.Version
		return nil
	})
	return out
}

func differExec(t *testing.T, laid map[string]string, plan *resolver.Plan) {
	t.Helper()
	planned := map[string]string{}
	for _, it := range plan.Items {
		for _, at := range it.Places {
			if !it.Inert {
				planned[at] = it.Name + "@" + it.Version
			}
		}
	}
	for _, u := range plan.Unresolved {
		for _, name := range u.Via {
			planned["node_modules/"+name] = laid["node_modules/"+name]
		}
	}
	for at, what := range laid {
		if planned[at] != what && at != "node_modules/own" { // the project's own folder, copied
			t.Errorf("%s: npm has %s, we %q", at, what, planned[at])
		}
	}
	for at, what := range planned {
		if laid[at] == "" {
			t.Errorf("%s: only we have %s", at, what)
		}
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
