package guard

import (
	"slices"
	"strings"
	"testing"
)

func TestEnv(t *testing.T) {
	g := &Guard{secret: "gpq-s", host: "127.0.0.1:7", opts: Options{Scopes: []string{"@corp"}, NoProxy: "file.example"}}
	for name, c := range map[string]struct {
		environ []string
		noProxy string
	}{
		"nothing set": {nil, "file.example,127.0.0.1"},
		"npm's own":   {[]string{"NPM_CONFIG_NOPROXY=a.example, b.example,"}, "a.example, b.example,127.0.0.1"},
		"everybody's": {[]string{"NO_PROXY=c.example"}, "file.example,127.0.0.1"},
		"both":        {[]string{"npm_config_noproxy=a.example", "no_proxy=c.example"}, "a.example,127.0.0.1"},
		"what we replace": {[]string{"npm_config_registry=x", "NPM_CONFIG_REGISTRY=x", "Npm_Config_Replace-Registry_Host=x",
			"npm_config_@CORP:registry=x", "npm_config_offline=true"}, "file.example,127.0.0.1"},
	} {
		environ := append([]string{"A=1", "npm_config_cache=c", "npm_config_", "npm_config_//h/:_authToken=t"}, c.environ...)
		got := g.Env(environ)
		for _, keep := range environ[:4] {
			if !slices.Contains(got, keep) {
				t.Errorf("%s: %s is gone", name, keep)
			}
		}
		if slices.Contains(got, "npm_config_registry=x") || strings.Contains(strings.Join(got, "\n"), "=x\n") {
			t.Errorf("%s: the user's registry is still there: %q", name, got)
		}
		for _, want := range []string{"npm_config_registry=http://127.0.0.1:7/gpq-s/", "npm_config_@corp:registry=http://127.0.0.1:7/gpq-s/",
			"npm_config_replace_registry_host=always", "npm_config_offline=false", "npm_config_noproxy=" + c.noProxy,
			"npm_config_//127.0.0.1:7/:_authToken=gpq-s"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s: lacks %s: %q", name, want, got)
			}
		}
	}
}

func TestArgs(t *testing.T) {
	for name, c := range map[string]struct {
		args   string
		scopes []string
		added  string // before which word; "" where nothing is to be added
		with   []string
	}{
		"ordinary":          {"install express --no-audit --save-dev", nil, "", nil},
		"registry":          {"install x --registry=https://r/", nil, "END", []string{"--registry="}},
		"abbreviated":       {"install x --regis https://r/", nil, "END", []string{"--registry="}},
		"short":             {"install x -reg https://r/", nil, "END", []string{"--registry="}},
		"scope's registry":  {"--@s:registry=https://r/ install x", []string{"@s"}, "END", []string{"--registry=", "--@s:registry="}},
		"upper case":        {"install x --REGISTRY=https://r/", nil, "END", []string{"--registry="}},
		"offline":           {"install x --offline", nil, "END", []string{"--offline=false"}},
		"negated":           {"install x --no-no-offline", nil, "END", []string{"--offline=false"}},
		"noproxy":           {"install x --noproxy=y", nil, "END", []string{"--noproxy=127.0.0.1"}},
		"replaced host":     {"install x --repl=never", nil, "END", []string{"--replace-registry-host=always"}},
		"behind the dashes": {"exec --yes -- cli --registry=https://r/", nil, "", nil},
		"before the dashes": {"exec --registry=https://r/ -- cli x", nil, "--", []string{"--registry="}},
		"three dashes":      {"exec --registry=https://r/ --- cli x", nil, "---", []string{"--registry="}},
		"scope no variable": {"install x", []string{"@My_Scope"}, "END", []string{"--@My_Scope:registry="}},
		"scope a variable":  {"install x", []string{"@my-scope"}, "", nil},
	} {
		g := &Guard{secret: "gpq-s", host: "127.0.0.1:7", opts: Options{Scopes: c.scopes}}
		args := strings.Fields(c.args)
		got := g.Args(args)
		args = slices.DeleteFunc(args, func(a string) bool { return strings.HasPrefix(a, "--@s:registry=") }) // named once
		if c.added == "" {
			if !slices.Equal(got, args) {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		at := len(args)
		if i := slices.Index(args, c.added); i >= 0 {
			at = i
		}
		if !slices.Equal(got[:at], args[:at]) || !slices.Equal(got[len(got)-(len(args)-at):], args[at:]) {
			t.Errorf("%s: the user's words moved: %q", name, got)
		}
		added := got[at : len(got)-(len(args)-at)]
		for _, w := range c.with {
			if !slices.ContainsFunc(added, func(a string) bool { return strings.HasPrefix(a, w) }) {
				t.Errorf("%s: lacks %s: %q", name, w, added)
			}
		}
		if strings.Contains(c.args, "noproxy") != slices.ContainsFunc(added, func(a string) bool { return strings.HasPrefix(a, "--noproxy") }) {
			t.Errorf("%s: noproxy: %q", name, added)
		}
	}
}

// npm makes a list of a scope's registry that is named twice, and ends.
func TestArgsNameAScopeOnce(t *testing.T) {
	g := &Guard{secret: "gpq-s", host: "127.0.0.1:7", opts: Options{Scopes: []string{"@s"}}}
	got := strings.Join(g.Args(strings.Fields("install --@s:registry=http://r/ x --@t:registry=http://t/ -- --@s:registry=http://r/")), " ")
	before, after, _ := strings.Cut(got, " -- ")
	if strings.Count(before, "--@s:registry=") != 1 || !strings.Contains(before, "--@s:registry="+g.URL()) || !strings.Contains(before, "--@t:registry=http://t/") || after != "--@s:registry=http://r/" {
		t.Error(got)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ path, asked, want string }{
		{"/plain/-/plain-1.0.0.tgz", "registry:alias@http://h/x", "plain alias"},
		{"/@s/plain/-/plain-1.0.0.tgz", "", "@s/plain"},
		{"/npm/repo/@s/plain/-/plain-1.0.0.tgz", "remote:@t/alias@http://h/x", "@s/plain @t/alias"},
		{"/npm/repo/plain/-/plain-1.0.0.tgz", "remote:http://h/x", "plain"},
		{"/-/x.tgz", "@", ""},
		{"", "", ""},
	} {
		if got := strings.TrimSpace(strings.Join(names(c.path, c.asked), " ")); got != c.want {
			t.Errorf("names(%q, %q) = %q, want %q", c.path, c.asked, got, c.want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("/@s/plain/-/plain-1.0.0.tgz", "remote:@t/alias@http://h/x", "sha512-a sha1-b?x")
	f.Fuzz(func(t *testing.T, path, asked, sri string) {
		names(path, asked)
		urlPath(path)
		isName(path)
		if sri != "" && agree(sri, "") != 0 {
			t.Errorf("%q agrees with nothing", sri)
		}
	})
}
