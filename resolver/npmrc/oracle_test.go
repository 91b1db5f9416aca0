package npmrc

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// npmDir finds the folder of the real npm, whose own configuration reader is
// the judge. Without it the test is skipped, unless GPQ_REQUIRE_NPM=1.
func npmDir(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	dir := filepath.Dir(filepath.Dir(path))
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "node_modules/@npmcli/config"))
	}
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal("no npm to compare with:", err)
		}
		t.Skip("SKIPPED: no npm to compare with:", err)
	}
	return dir
}

// judge is a program that answers what npm's configuration is.
const judge = `
const [npm, q] = [process.argv[1], JSON.parse(process.argv[2])]
const { definitions, flatten, shorthands } = require(npm + '/node_modules/@npmcli/config/lib/definitions')
const Config = require(npm + '/node_modules/@npmcli/config')
process.on('log', () => {})
const show = v => Array.isArray(v) ? v.map(show) : v === null || v === undefined ? 'null' : v instanceof Date ? 'date' : String(v)
;(async () => {
  const c = new Config({ definitions, flatten, shorthands, npmPath: q.npmPath, warn: false,
    env: q.env, argv: ['node', 'npm', ...q.argv], cwd: q.cwd, execPath: q.prefix + '/bin/node' })
  await c.load()
  try { c.validate() } catch (e) { if (e.code !== 'ERR_INVALID_AUTH') throw e }
  const out = { root: c.localPrefix, prefix: c.globalPrefix, workspace: (c.data.get('default').data.workspace || [''])[0], values: {} }
  for (const [where, { data }] of c.data) {
    if (where === 'default') continue
    for (const k of Object.keys(data)) if (typeof data[k] !== 'object' || Array.isArray(data[k]) || data[k] === null || data[k] instanceof Date)
      out.values[k] = [where, show(c.get(k))]
  }
  if (q.omit) out.omit = c.flat.omit
  console.log(JSON.stringify(out))
})().catch(e => { console.log(JSON.stringify({ error: String(e) })) })
`

type answer struct {
	Root, Prefix, Workspace, Error string
	Omit                           []string
	Values                         map[string][2]any
}

// scene is a folder tree with what npm is called with.
type scene struct {
	files map[string]string // "/" is the scratch folder
	dir   string            // where npm is called
	env   []string
	argv  []string
	cli   map[string][]string // argv as Options.CLI has it
}

func (s scene) build(t *testing.T) (root string, o Options) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"home", "project", "npm", "usr/etc", s.dir} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range s.files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, "ROOT", root)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"HOME=" + filepath.Join(root, "home")}
	for _, e := range s.env {
		env = append(env, strings.ReplaceAll(e, "ROOT", root))
	}
	dir := s.dir
	if dir == "" {
		dir = "project"
	}
	return root, Options{
		Cwd: filepath.Join(root, dir), Home: filepath.Join(root, "home"), Environ: env, CLI: s.cli,
		NPMDir: filepath.Join(root, "npm"), Prefix: filepath.Join(root, "usr"),
	}
}

func (s scene) ask(t *testing.T, npm string, o Options) answer {
	t.Helper()
	q, _ := json.Marshal(map[string]any{
		"npmPath": o.NPMDir, "env": environment(o.Environ), "argv": append([]string{}, s.argv...),
		"cwd": o.Cwd, "prefix": o.Prefix, "omit": true,
	})
	cmd := exec.Command("node", "-e", judge, npm, string(q)) //nolint:gosec,noctx // our own words
	cmd.Dir = o.Cwd
	cmd.Env = append(os.Environ(), o.Environ...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("the judge failed:", err, string(out))
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return a
}

// words are our values as the judge writes them.
func words(c *Config, key string) [2]any {
	it, _ := c.lookup(key)
	name := map[Layer]string{Builtin: "builtin", Global: "global", User: "user", Project: "project", Env: "env", CLI: "cli"}[it.origin.Layer]
	if it.value.kind != list {
		return [2]any{name, it.value.text}
	}
	l := []any{}
	for _, e := range it.value.list {
		l = append(l, e.text)
	}
	return [2]any{name, l}
}

func compare(t *testing.T, c *Config, a answer) {
	t.Helper()
	if c.Root != a.Root || c.Prefix != a.Prefix || c.Workspace != a.Workspace {
		t.Errorf("root %s, prefix %s, workspace %s; npm has %s, %s, %s", c.Root, c.Prefix, c.Workspace, a.Root, a.Prefix, a.Workspace)
	}
	omit, _ := c.Omit()
	sort.Strings(omit)
	sort.Strings(a.Omit)
	if strings.Join(omit, " ") != strings.Join(a.Omit, " ") {
		t.Errorf("omit %q; npm has %q", omit, a.Omit)
	}
	for key, want := range a.Values {
		if s, ok := want[1].(string); ok && s == "date" {
			continue
		}
		if got := words(c, key); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s = %q; npm has %q", key, got, want)
		}
	}
	for _, key := range c.Keys() {
		if _, ok := a.Values[key]; !ok && key != "globalconfig" { // npm puts that one among its defaults
			t.Errorf("%s = %q; npm has nothing", key, words(c, key))
		}
	}
}

var scenes = map[string]scene{
	"nothing": {},
	"every layer": {
		files: map[string]string{
			"npm/npmrc": "a=builtin\nb=builtin\nc=builtin\nd=builtin\ne=builtin\ntag=builtin", "usr/etc/npmrc": "b=global\nc=global\nd=global\ne=global\ntag=global",
			"home/.npmrc": "c=user\nd=user\ne=user\ntag=user", "project/.npmrc": "d=project\ne=project\ntag=project", "project/package.json": "{}",
		},
		env: []string{"npm_config_e=env", "NPM_CONFIG_tag=env"}, argv: []string{"--tag=cli"}, cli: map[string][]string{"tag": {"cli"}},
	},
	"comments, quotes, escapes": {files: map[string]string{"home/.npmrc": `
; a comment
# another
  # and one behind space
scope = "@quoted"
tag='single'
message=a \; b \# c \\ d \x ; comment
heading = one # comment
init-author-name="with \"escapes\" \u00e4"
shell='"json in single"'
viewer='5'
editor="unfinished
git=
preid
searchopts = = =
=nothing
user-agent=true
name=null
save-prefix='~'
[section]
inside=1
[another] tail
more=2
`}},
	"byte order mark": {files: map[string]string{"home/.npmrc": "\uFEFFtag=x\r\nscope=y\rmessage=z"}},
	"types": {files: map[string]string{"home/.npmrc": `
strict-ssl=false
fund=
audit
package-lock=null
save=0
progress=yes
json="false"
fetch-retries=7
fetch-timeout=1e3
maxsockets=many
searchlimit=
depth=null
depth=3
lockfile-version=2
loglevel=loud
omit=dev
omit=nonsense
install-strategy=weird
proxy=null
https-proxy=proxy.example:3128
cafile=rel/ca.pem
cache=~/cache
color=always
access=public
ca[]=one
ca[]=two
noproxy=a,b
noproxy[]=c
cert=null
workspaces=false
which=x
`}},
	"lists": {files: map[string]string{"home/.npmrc": "omit[]=dev\nomit[]=peer\nomit[]=bad\ninclude=dev\nx[]=1\nx=2\ntag[]=a\ntag[]=b\nca=a"},
		env: []string{"npm_config_workspace=a\n\nb", "npm_config_noproxy=x.example"}},
	"registry forms": {files: map[string]string{"home/.npmrc": "registry=HTTPS://Registry.Example\n@a:registry=https://a.example/x\n@B:registry = https://b.example/"},
		env: []string{"npm_config_@c:registry=https://c.example/", "npm_config_//d.example/:_authToken=tok_en", "NPM_CONFIG__AUTH=abc", "npm_config_Save_Dev=true", "npm_config_tag="}},
	"variables": {files: map[string]string{"home/.npmrc": `
//a.example/:_authToken=${TOKEN}
//${HOST}/:_authToken=x
//b.example/:_authToken=${UNSET}
//c.example/:_authToken=${UNSET?}
tag=\${TOKEN} \\${TOKEN} \\\${TOKEN}
message=${TOKEN}${HOST}-${TOKEN?}
scope=${}
preid=${A{B}}
fetch-retries=${NUM}
cache=${HOME}/c
strict-ssl=${FLAG}
`}, env: []string{"TOKEN=se cret", "HOST=h.example", "NUM=4", "FLAG=false"}},
	"project file is the user's": {dir: "home", files: map[string]string{"home/.npmrc": "tag=x", "home/node_modules/x": ""}},
	"global mode":                {files: map[string]string{"project/.npmrc": "tag=x", "project/package.json": "{}"}, argv: []string{"-g"}, cli: map[string][]string{"global": {"true"}}},
	"global by env":              {files: map[string]string{"project/.npmrc": "tag=x"}, env: []string{"npm_config_location=global"}},
	"project sets global":        {files: map[string]string{"project/.npmrc": "global=true\ntag=x"}},
	"root above":                 {dir: "project/a/b", files: map[string]string{"project/package.json": "{}", "project/.npmrc": "tag=x", "project/a/.npmrc": "tag=y"}},
	"root by node_modules":       {dir: "project/a/b", files: map[string]string{"project/a/node_modules/x/index.js": "", "project/a/.npmrc": "tag=y"}},
	"workspace": {dir: "project/packages/a/src", files: map[string]string{
		"project/package.json": `{"workspaces":["packages/*"]}`, "project/.npmrc": "tag=root",
		"project/packages/a/package.json": `{"name":"a"}`, "project/packages/a/.npmrc": "tag=ws"}},
	"workspace, switched off": {dir: "project/packages/a", argv: []string{"--no-workspaces"}, cli: map[string][]string{"workspaces": {"false"}}, files: map[string]string{
		"project/package.json": `{"workspaces":["packages/*"]}`, "project/.npmrc": "tag=root",
		"project/packages/a/package.json": `{"name":"a"}`, "project/packages/a/.npmrc": "tag=ws"}},
	"workspace by object, deep": {dir: "project/x/y/z", files: map[string]string{
		"project/package.json": `{"workspaces":{"packages":["./x/**","!x/y/no"]}}`, "project/x/y/z/package.json": `{"name":"z"}`}},
	"no workspace of that root": {dir: "project/other/a", files: map[string]string{
		"project/package.json": `{"workspaces":["packages/*"]}`, "project/other/a/package.json": `{"name":"a"}`}},
	"workspace taken out": {dir: "project/packages/a", files: map[string]string{
		"project/package.json": `{"workspaces":["packages/*","!packages/a"]}`, "project/packages/a/package.json": `{"name":"a"}`}},
	"prefix on the command line": {argv: []string{"--prefix=/nowhere/else"}, cli: map[string][]string{"prefix": {"/nowhere/else"}}},
	"prefix of the user":         {files: map[string]string{"home/.npmrc": "prefix=ROOT/pre", "pre/etc/npmrc": "tag=pre"}},
	"prefix of the project":      {files: map[string]string{"project/.npmrc": "prefix=ROOT/pre", "pre/etc/npmrc": "tag=pre", "project/package.json": "{}"}},
	"PREFIX":                     {env: []string{"PREFIX=ROOT/pre"}, files: map[string]string{"pre/etc/npmrc": "tag=pre"}},
	"userconfig by env":          {env: []string{"npm_config_userconfig=ROOT/mine"}, files: map[string]string{"mine": "tag=mine\nglobalconfig=ROOT/glob", "glob": "scope=g", "home/.npmrc": "tag=no"}},
	"userconfig by project":      {files: map[string]string{"project/.npmrc": "userconfig=./theirs", "project/theirs": "tag=theirs", "project/package.json": "{}", "home/.npmrc": "tag=no"}},
	"NODE_ENV":                   {env: []string{"NODE_ENV=production"}},
	"NODE_ENV, included":         {env: []string{"NODE_ENV=production"}, argv: []string{"--include=dev"}, cli: map[string][]string{"include": {"dev"}}},
	"older words":                {files: map[string]string{"home/.npmrc": "production=true\noptional=false"}},
	"only":                       {files: map[string]string{"home/.npmrc": "only=prod\nalso=dev"}},
	"a registry without a scheme, of the environment": {env: []string{"npm_config_registry=no-scheme"}},
	"proto": {files: map[string]string{"home/.npmrc": "__proto__=1\n__proto__[]=1\n[__proto__]\nx=1"}},
}

func TestAgainstNPM(t *testing.T) {
	npm := npmDir(t)
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, o := s.build(t)
			a := s.ask(t, npm, o)
			if a.Error != "" {
				t.Skip("npm refuses this:", a.Error)
			}
			c, err := Load(o)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, c, a)
		})
	}
}
