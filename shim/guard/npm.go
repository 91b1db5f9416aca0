package guard

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// setting is one of npm's, by the name it has on the command line.
type setting struct{ key, value string }

// settings are what makes npm ask the guard, and only the guard.
func (g *Guard) settings(noProxy string) []setting {
	list := []setting{
		{"registry", g.URL()},
		// Every tarball URL, whatever its host, is asked of the registry; the
		// lockfile keeps the host.
		{"replace-registry-host", g.replaced()},
		{"noproxy", joinHosts(noProxy, strings.TrimSuffix(g.host, g.host[strings.LastIndexByte(g.host, ':'):]))},
		// Whether to go to the network is for gpq to decide: npm's own cache
		// has nothing under an address that is new in every run.
		{"offline", "false"},
	}
	for _, scope := range g.opts.Scopes {
		list = append(list, setting{scope + ":registry", g.URL()})
	}
	return list
}

func (g *Guard) replaced() string {
	if g.only != "" {
		return g.only
	}
	return "always"
}

// Env is the environment npm is to be run with: environ, with the guard's
// settings in it and without whatever stood in their place. The secret is in
// it, where other users of the machine cannot see it.
func (g *Guard) Env(environ []string) []string {
	mine := map[string]bool{}
	var added []string
	for _, s := range g.settings(g.noProxy(environ)) {
		mine[s.key] = true
		name := s.key
		if !strings.HasPrefix(name, "@") {
			name = strings.ReplaceAll(name, "-", "_")
		}
		added = append(added, "npm_config_"+name+"="+s.value)
	}
	added = append(added, "npm_config_//"+g.host+"/:_authToken="+g.secret)
	out := make([]string, 0, len(environ)+len(added))
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if key, ok := configKey(name); !ok || !mine[key] {
			out = append(out, e)
		}
	}
	return append(out, added...)
}

// configKey is the setting that npm reads from a variable of that name.
func configKey(name string) (string, bool) {
	const prefix = "npm_config_"
	if len(name) <= len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return "", false
	}
	key := name[len(prefix):]
	if strings.HasPrefix(key, "//") {
		return key, true
	}
	return strings.ToLower(key[:1] + strings.ReplaceAll(key[1:], "_", "-")), true
}

// noProxy is the user's own list of hosts without a proxy.
func (g *Guard) noProxy(environ []string) string {
	set, plain := "", ""
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if key, ok := configKey(name); ok && key == "noproxy" {
			set = value
		}
		if strings.EqualFold(name, "no_proxy") {
			plain = value
		}
	}
	switch {
	case set != "":
		return set
	case g.opts.NoProxy != "":
		return g.opts.NoProxy
	}
	return plain
}

func joinHosts(list, host string) string {
	if list = strings.Trim(list, ", "); list == "" {
		return host
	}
	return list + "," + host
}

// dashes end npm's own flags.
var dashes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-{2,}$`) })

// contested are words of a command line that could set one of the guard's
// settings, abbreviations included. One too many costs nothing.
var contested = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-+(no-)*(re|@|nop|off)`) })

var proxyFlag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-+nop`) })

// Args is npm's command line: args, which are what follows the program's name,
// in the form of «npm exec» where it is npx. The environment is enough to make
// npm use the guard unless the command line itself says something about
// registries; then, and where a scope cannot be written as a variable, the
// settings are put behind the last flag, since the last one counts.
func (g *Guard) Args(args []string) []string {
	end := len(args)
	needed, proxied := false, false
	for i, a := range args {
		if dashes().MatchString(a) {
			end = i
			break
		}
		a = strings.ToLower(a)
		needed = needed || contested().MatchString(a)
		proxied = proxied || proxyFlag().MatchString(a)
	}
	var extra []string
	for _, s := range g.settings("") {
		if s.key == "noproxy" && !proxied {
			continue // the environment's list is longer
		}
		plain := !strings.HasPrefix(s.key, "@") || s.key == strings.ToLower(s.key) && !strings.Contains(s.key, "_")
		if needed || !plain {
			extra = append(extra, "--"+s.key+"="+s.value)
		}
	}
	out := g.withoutScopes(args[:end])
	if len(extra) > 0 {
		// A flag left without its value would take the next word for it.
		out = append(out, "--no-versions")
		out = append(out, extra...)
	}
	return append(out, args[end:]...)
}

// withoutScopes leaves out what names a registry for one of the guard's scopes:
// npm makes a list of two such words, and cannot read a list.
func (g *Guard) withoutScopes(args []string) []string {
	out := make([]string, 0, len(args))
	for _, a := range args {
		scope, _, ok := strings.Cut(strings.TrimLeft(a, "-"), ":registry=")
		if ok && strings.HasPrefix(a, "-") && slices.Contains(g.opts.Scopes, scope) {
			continue
		}
		out = append(out, a)
	}
	return out
}
