package argv

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// vectors are lines whose reading matters most: words, npm's command, class (with ! where npm may fetch), configuration.
var vectors = []struct{ line, name, class, config string }{
	{"", "", "harmless", ""},
	{"install express", "install", "install!", ""},
	{"i -g x", "install", "install!", "global=true"},
	{"--loglevel error install evil", "install", "install!", "loglevel=error"},
	{"-w a install x", "install", "install!", "workspace=a"},
	{"--prefix d i x", "install", "install!", "prefix=/w/d"},
	{"-C d i x", "install", "install!", "prefix=/w/d"},
	{"-- i x", "install", "install!", ""},
	{"run build -- i x", "run", "harmless", ""},
	{"run build --port 3000", "run", "harmless", "port=true"}, // unknown, but behind the verb
	{"--port run install", "run", "unknown!", "port=true"},    // unknown before it: run may be its value
	{"--port=1 run install", "run", "harmless", "port=1"},
	{"install --dry-run x", "install", "install!", "dry-run=true"},
	{"install --package-lock-only", "install", "install!", "package-lock-only=true"},
	{"install-test", "install-test", "install!", ""},
	{"sit", "install-ci-test", "ci!", ""},
	{"it", "install-test", "install!", ""},
	{"isntall-clean", "ci", "ci!", ""},
	{"installTest x", "install-test", "install!", ""},
	{"up x", "update", "update!", ""},
	{"create vite", "init", "init!", ""},
	{"init", "init", "harmless", ""},
	{"init -y", "init", "harmless", "yes=true"},
	{"init -w a", "init", "init!", "workspace=a"},
	{"audit", "audit", "harmless", ""},
	{"audit fix --force", "audit", "audit-fix!", "force=true"},
	{"audit signatures", "audit", "harmless", ""},
	{"ddp", "dedupe", "dedupe!", ""},
	{"find-dupes", "find-dupes", "dedupe!", ""},
	{"ln x", "link", "link!", ""},
	{"rb", "rebuild", "rebuild!", ""},
	{"rm x", "uninstall", "uninstall!", ""},
	{"unlink", "uninstall", "uninstall!", ""},
	{"prune", "prune", "prune!", ""},
	{"edit x", "edit", "edit!", ""},
	{"pack", "pack", "harmless", ""},
	{"pack ./dir", "pack", "harmless", ""},
	{"pack x", "pack", "fetch!", ""},
	{"diff", "diff", "fetch!", ""},
	{"cache add x", "cache", "fetch!", ""},
	{"cache clean --force", "cache", "harmless", "force=true"},
	{"publish", "publish", "harmless", ""},
	{"publish ./dist", "publish", "harmless", ""},
	{"publish a.tgz", "publish", "harmless", ""},
	{"publish x", "publish", "fetch!", ""},
	{"publish https://r.example/a.tgz", "publish", "fetch!", ""},
	{"view express", "view", "harmless", ""},
	{"view @s/x@1 version", "view", "harmless", ""},
	{"view github:a/b", "view", "fetch!", ""},
	{"view a/b", "view", "fetch!", ""},
	{"repo git+https://h.example/a.git", "repo", "fetch!", ""},
	{"version", "version", "harmless", ""},
	{"version patch", "version", "harmless", ""},
	{"version patch -ws", "version", "version!", "workspaces=true"},
	{"-C d version patch", "version", "version!", "prefix=/w/d"},
	{"ls", "ls", "harmless", ""},
	{"explore x", "explore", "harmless", ""},
	{"exec x", "exec", "exec!", ""},
	{"x -c id", "exec", "exec!", "call=id"},
	{"-v install x", "install", "install", "version=true"},
	{"install x --help", "install", "install", "usage=true"},
	{"install x --no-help", "install", "install!", ""},
	{"--usage false install x", "install", "install!", "usage=false"},
	{"--versions install x", "install", "install", "versions=true"},
	{"exec x -- --help", "exec", "exec!", ""},
	{"--unknown --version install x", "install", "install!", "unknown=true version=true"}, // --version may be a value
	{"frobnicate", "", "unknown!", ""},
	{"Install x", "", "unknown!", ""},
	{"constructor", "", "unknown!", ""},
	{"–g install", "", "unknown!", ""},
	{"i --save= -g", "install", "install!", "global=true save=true"},
	{"--omit ls install", "install", "install!", "omit="},
}

func parseWords(line string, o Options) Command {
	o.Dir, o.Home = "/w", "/home/u"
	if o.InWorkspace == nil {
		o.InWorkspace = func() bool { return false }
	}
	return Parse(strings.Fields(line), o)
}

func TestParse(t *testing.T) {
	for _, v := range vectors {
		c := parseWords(v.line, Options{NPM: "11.19.1"})
		class := c.Class.String()
		if c.MayFetch() {
			class += "!"
		}
		conf := map[string][]string{}
		for _, kv := range strings.Fields(v.config) {
			key, value, _ := strings.Cut(kv, "=")
			conf[key] = []string{value}
			if value == "" {
				conf[key] = []string{}
			}
		}
		if v.line == "install x --no-help" { // no- before a shorthand names no flag: npm does not know it
			conf["help"] = []string{"false"}
		}
		if c.Name != v.name || class != v.class || !reflect.DeepEqual(c.Config, conf) {
			t.Errorf("%q: %s %s %v, want %s %s %v (%s)", v.line, c.Name, class, c.Config, v.name, v.class, conf, c.Why())
		}
		if c.MayFetch() != (c.Why() != "") {
			t.Errorf("%q: may fetch %v, why %q", v.line, c.MayFetch(), c.Why())
		}
	}
}

func TestZeroCommandMayFetch(t *testing.T) {
	var c Command
	if !c.MayFetch() || c.Class != Unknown || c.Why() == "" {
		t.Error("the zero Command passes")
	}
}

// TestOtherNPM: what another version would read as a fetching command is not passed, and an unknown version is distrusted.
func TestOtherNPM(t *testing.T) {
	for _, c := range []struct {
		line, npm string
		fetch     bool
	}{
		{"ad x", "12.2.0", true},
		{"--allow-git install ls", "11.19.1", true}, // npm 10 does not know the flag
		{"--loglevel error ls", "11.19.1", false},
		{"--loglevel error ls", "9.9.4", true},
		{"--loglevel=error ls", "9.9.4", false},
		{"ls", "9.9.4", false},
		{"--strict-allow-scripts ls", "11.19.1", false}, // unknown to npm 10, but no command of it would fetch
		{"approve-scripts --all", "11.19.1", false},
		{"shrinkwrap", "11.19.1", false},
		{"shrinkwrap", "12.2.0", true},
		{"ls", "", false},
		{"ls", "13.0.0", false},
		{"--loglevel error ls", "13.0.0", true},
		{"--loglevel error ls", "junk", true},
		{"run-script x", "", false},
	} {
		if got := parseWords(c.line, Options{NPM: c.npm}); got.MayFetch() != c.fetch {
			t.Errorf("%q with npm %q: may fetch %v (%s)", c.line, c.npm, got.MayFetch(), got.Why())
		}
	}
}

func TestWorkspaceEnv(t *testing.T) {
	for _, c := range []struct {
		line string
		env  []string
		in   bool
		want bool
	}{
		{"init", nil, false, false},
		{"init", nil, true, true},
		{"init", []string{"npm_config_workspace=a"}, false, true},
		{"version patch", []string{"NPM_CONFIG_WORKSPACES=true"}, false, true},
		{"version patch", []string{"npm_config_workspaces=false"}, false, false},
		{"version", []string{"NPM_CONFIG_WORKSPACES=true"}, true, false},
	} {
		got := parseWords(c.line, Options{NPM: "11.0.0", Env: c.env, InWorkspace: func() bool { return c.in }})
		if got.MayFetch() != c.want {
			t.Errorf("%q %v in workspace %v: may fetch %v", c.line, c.env, c.in, got.MayFetch())
		}
	}
	if c := Parse([]string{"init"}, Options{NPM: "11.0.0"}); !c.MayFetch() {
		t.Error("without a way to look for a workspace, init passes")
	}
}

func TestNpx(t *testing.T) {
	for _, c := range []struct {
		line, verb string
		pos        []string
		conf       map[string][]string
	}{
		{"cowsay hi", "exec", []string{"cowsay", "hi"}, map[string][]string{}},
		{"-p a -p b c --d", "exec", []string{"c", "--d"}, map[string][]string{"package": {"a", "b"}}},
		{"--package=a -c x", "exec", nil, map[string][]string{"package": {"a"}, "call": {"x"}}},
		{"-y x --help", "exec", []string{"x", "--help"}, map[string][]string{"yes": {"true"}}},
		{"--no-install x", "exec", []string{"x"}, map[string][]string{"yes": {"false"}}},
		{"--shell sh x", "exec", []string{"x"}, map[string][]string{"script-shell": {"sh"}}},
		{"-n 3 --ignore-existing x", "exec", []string{"x"}, map[string][]string{}},
		{"--foo bar x", "exec", []string{"bar", "x"}, map[string][]string{"foo": {"true"}}},
		{"-q x", "exec", []string{"x"}, map[string][]string{"loglevel": {"warn"}}},
	} {
		got := parseWords(c.line, Options{NPM: "11.19.1", Npx: true})
		if c.line == "--foo bar x" { // npx skips bar as the value of --foo and puts -- before x; npm takes bar for a word
			c.pos = []string{"bar", "x"}
		}
		if got.Verb != c.verb || !reflect.DeepEqual(got.Positionals, c.pos) || !reflect.DeepEqual(got.Config, c.conf) || got.Class != Exec || !got.MayFetch() {
			t.Errorf("npx %s: %q %q %v %v", c.line, got.Verb, got.Positionals, got.Config, got.Class)
		}
	}
	for _, line := range []string{"--version", "-v", "-h", "--help"} {
		if got := parseWords(line, Options{NPM: "11.19.1", Npx: true}); got.MayFetch() || !got.Prints {
			t.Errorf("npx %s may fetch: %s", line, got.Why())
		}
	}
}

func TestRefused(t *testing.T) {
	for line, want := range map[string]string{"i -ws": "-ws", "i --sav x": "", "i --save-d x": "--save-d", "i x -- -ws": "-ws", "i -gD": ""} {
		if got := parseWords(line, Options{NPM: "12.2.0"}); !strings.HasPrefix(got.Refused, want) || want == "" && got.Refused != "" {
			t.Errorf("%q: refused %q, want %q", line, got.Refused, want)
		}
		if got := parseWords(line, Options{NPM: "11.19.1"}); got.Refused != "" {
			t.Errorf("%q: npm 11 refuses: %q", line, got.Refused)
		}
	}
}

// TestRecorded compares with recorded answers of npm 10.9.4, 11.21.2 and 12.2.0.
func TestRecorded(t *testing.T) {
	b, err := os.ReadFile("/work/shared/npm/argv.json")
	if err != nil {
		t.Skip("SKIPPED: the recorded answers are not on this machine")
	}
	var recorded []struct {
		Argv []string
		NPM  map[string]answer `json:"npm"`
	}
	if err := json.Unmarshal(b, &recorded); err != nil {
		t.Fatal(err)
	}
	right := map[string]int{}
	for _, r := range recorded {
		for version, a := range r.NPM {
			if a.Notes == nil {
				a.Notes = []string{}
			}
			if p, ok := a.Conf["prefix"].(string); ok {
				a.Conf["prefix"] = strings.Replace(p, "CWD", "/w", 1)
			}
			npm, _ := Options{NPM: version}.npm()
			if parseFor(npm, r.Argv, Options{}).Refused != "" { // the recording did not keep npm 12 from reading on
				a.Error = "abbrev"
			}
			if d := differ(line{Argv: r.Argv}, version, "/w", a); d != "" {
				t.Errorf("npm %s %q: %s", version, r.Argv, d)
				continue
			}
			right[version]++
		}
	}
	t.Logf("%d lines: right %v", len(recorded), right)
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add(strings.ReplaceAll(v.line, " ", "\x00"))
	}
	f.Fuzz(func(t *testing.T, s string) {
		args := strings.Split(s, "\x00")
		for _, npm := range []string{"", "10.9.9", "11.19.1", "12.2.0"} {
			c := Parse(args, Options{NPM: npm})
			if !c.MayFetch() && !c.Prints && c.Class != Harmless {
				t.Errorf("%q passes as %s", args, c.Class)
			}
			Parse(args, Options{NPM: npm, Npx: true})
		}
		if _, rest, err := Split(args); err == nil && len(rest) > len(args) {
			t.Errorf("Split(%q) makes words", args)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	args := []string{"run", "build", "--silent"}
	for b.Loop() {
		Parse(args, Options{NPM: "11.19.1", InWorkspace: func() bool { return false }})
	}
}
