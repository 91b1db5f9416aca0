package npmrc

import (
	"net/url"
	"sort"
	"strings"
	"time"

	"gpq/resolver/registry"
)

// Registry is one that the configuration names.
type Registry struct {
	Scope string // "@scope"; "" for the default registry
	URL   string // base URL with a trailing slash
	Origin
	// ProjectOnly: the project names it, and nothing of the user's own names its
	// host.
	ProjectOnly bool
}

// Registries are the default registry, first, and those of scopes.
func (c *Config) Registries() []Registry {
	all := []Registry{c.registryOf("registry", "")}
	for _, key := range c.Keys() {
		if scope, ok := strings.CutSuffix(key, ":registry"); ok && strings.HasPrefix(scope, "@") {
			all = append(all, c.registryOf(key, scope))
		}
	}
	return all
}

func (c *Config) registryOf(key, scope string) Registry {
	it, ok := c.lookup(key)
	if !ok {
		return Registry{Scope: scope, URL: registry.DefaultRegistry}
	}
	address := it.value.last()
	if it.origin.FromProject && it.expanded && !c.known(address) {
		address = it.raw.last()
	}
	return Registry{
		Scope: scope, URL: strings.TrimRight(trim(address), "/") + "/", Origin: it.origin,
		ProjectOnly: it.origin.FromProject && !c.known(address),
	}
}

// known says whether an address is one that the user's own layers name, or
// npm's public registry: over https, or as they name it.
func (c *Config) known(address string) bool {
	u, err := url.Parse(trim(address))
	if err != nil || u.Host == "" {
		return false
	}
	if u.Scheme == "http" {
		return c.plain()[strings.ToLower(u.Host)]
	}
	return u.Scheme == "https" && c.hosts()[hostKey(u)]
}

// hostKey is a host as nerf darts have it: without the scheme's own port.
func hostKey(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		return strings.TrimSuffix(host, ":443")
	case "http":
		return strings.TrimSuffix(host, ":80")
	}
	return host
}

// hosts are those that the user's own layers name, as a registry or with a
// credential.
func (c *Config) hosts() map[string]bool {
	known := map[string]bool{"registry.npmjs.org": true}
	for _, h := range c.o.Trusted {
		known[strings.ToLower(h)] = true
	}
	c.eachOwn(func(key string, it item) {
		if dart, _, ok := cutDart(key); ok {
			host, _, _ := strings.Cut(dart[2:], "/")
			known[strings.ToLower(host)] = true
		} else if u, err := url.Parse(trim(it.value.last())); err == nil && isRegistryKey(key) && u.Host != "" {
			known[hostKey(u)] = true
		}
	})
	return known
}

// plain are the hosts that the user's own layers name with http.
func (c *Config) plain() map[string]bool {
	known := map[string]bool{}
	c.eachOwn(func(key string, it item) {
		u, err := url.Parse(trim(it.value.last()))
		if isRegistryKey(key) && err == nil && u.Scheme == "http" {
			known[strings.ToLower(u.Host)] = true
		}
	})
	return known
}

func isRegistryKey(key string) bool {
	return key == "registry" || strings.HasPrefix(key, "@") && strings.HasSuffix(key, ":registry")
}

// eachOwn visits every item of the layers that are not the project's, also
// those which the project's covers.
func (c *Config) eachOwn(visit func(key string, it item)) {
	for _, layer := range c.data {
		for key, it := range layer {
			if !it.origin.FromProject {
				visit(key, it)
			}
		}
	}
}

// Credentials are what the configuration has for registries, by the rule of
// the package's documentation.
func (c *Config) Credentials() registry.Credentials {
	out := registry.Credentials{ByDart: map[string]registry.Credential{}}
	for host := range c.plain() {
		out.PlainHTTP = append(out.PlainHTTP, host)
	}
	sort.Strings(out.PlainHTTP)
	for _, r := range c.Registries() {
		out.Registries = append(out.Registries, r.URL)
	}
	for _, key := range c.Keys() {
		dart, field, ok := cutDart(key)
		if !ok {
			continue
		}
		it, _ := c.lookup(key)
		if it.value.kind == null || c.withheld(dart, it) {
			continue
		}
		cred := out.ByDart[dart]
		setField(&cred, field, it.value.last())
		out.ByDart[dart] = cred
	}
	return out
}

// withheld says whether a credential is the user's secret, and the project
// alone says where it shall go.
func (c *Config) withheld(dart string, it item) bool {
	return it.origin.FromProject && it.expanded && !c.known("https:"+dart)
}

// cutDart takes "//host/path/:_authToken" apart.
func cutDart(key string) (dart, field string, ok bool) {
	i := strings.LastIndexByte(key, ':')
	if i < 0 || !strings.HasPrefix(key, "//") {
		return "", "", false
	}
	switch field = key[i+1:]; field {
	case "_authToken", "_auth", "username", "_password":
		return key[:i], field, true
	}
	return "", "", false
}

func setField(c *registry.Credential, field, v string) {
	switch field {
	case "_authToken":
		c.Token = v
	case "_auth":
		c.Basic = v
	case "username":
		c.Username = v
	case "_password":
		c.Password = v
	}
}

// forever is how long a packument counts that need not be asked for again.
const forever = 100 * 365 * 24 * time.Hour

// RegistryOptions are the registries and credentials for a registry client.
func (c *Config) RegistryOptions() registry.Options {
	o := registry.Options{Scopes: map[string]string{}}
	for _, r := range c.Registries() {
		if r.Scope == "" {
			o.Default = r.URL
		} else {
			o.Scopes[r.Scope] = r.URL
		}
	}
	if c.ownBool("prefer-offline") {
		o.Fresh = forever
	}
	o.ReplaceHost, _, _ = c.Get("replace-registry-host")
	o.Authorization = c.Credentials().Authorization
	return o
}

// judge notes what of the project's is not followed.
func (c *Config) judge() {
	for _, key := range c.Keys() {
		it, _ := c.lookup(key)
		if !it.origin.FromProject {
			continue
		}
		dart, _, isDart := cutDart(key)
		switch {
		case isRegistryKey(key) && it.expanded && !c.known(it.value.last()):
			c.note("%s: %s has a variable that is not filled in, because only the project names that host; "+
				"name the registry in your own ~/.npmrc, or list it in your policy", it.origin.File, it.rawKey)
		case isDart && c.withheld(dart, it):
			c.note("%s: the credential for %s is not sent, because only the project names that host; "+
				"name the registry in your own ~/.npmrc, or list it in your policy", it.origin.File, dartOf(it.rawKey))
		case loosens(key, it):
			c.note("%s: %s is not followed, because it is the project's; set it in your own ~/.npmrc", it.origin.File, key)
		}
	}
}

// dartOf is the place in a key as written, without what a variable would say.
func dartOf(rawKey string) string {
	dart, _, _ := cutDart(rawKey)
	return dart
}

// loosens are the settings that a project cannot have for gpq's own requests.
func loosens(key string, it item) bool {
	switch key {
	case "ca", "cafile", "cert", "key", "proxy", "https-proxy", "noproxy", "local-address":
		return it.value.kind != null
	case "strict-ssl":
		return it.value.text == "false"
	}
	return strings.HasPrefix(key, "//") && (strings.HasSuffix(key, ":certfile") || strings.HasSuffix(key, ":keyfile"))
}
