package npmrc

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gpq/resolver/fetch"
)

// FetchOptions are the settings for requests, of the user's own layers alone:
// authorities, client certificates, proxy, retries. A file that cannot be read
// is an error: going on without it would ask with other trust than configured.
func (c *Config) FetchOptions() (fetch.Options, error) {
	o := fetch.Options{Proxy: c.proxy(), Offline: c.ownBool("offline")}
	if err := c.tlsFiles(&o); err != nil {
		return fetch.Options{}, err
	}
	if it, ok := c.own("strict-ssl"); ok && it.value.text == "false" && !c.projectIsStrict() {
		o.InsecureTLS = true
	}
	if n, ok := c.ownInt("fetch-retries"); ok {
		o.Retries = int(n)
		if n == 0 {
			o.Retries = -1
		}
	}
	if n, ok := c.ownInt("fetch-timeout"); ok && n > 0 {
		o.Timeout = time.Duration(n) * time.Millisecond
	}
	if n, ok := c.ownInt("maxsockets"); ok && n > 0 {
		o.PerHost = int(n)
	}
	return o, nil
}

// projectIsStrict says whether the project asks for certificates to be
// verified: tightening is its right.
func (c *Config) projectIsStrict() bool {
	it, ok := c.lookup("strict-ssl")
	return ok && it.origin.FromProject && it.value.text == "true"
}

func (c *Config) ownInt(key string) (int64, bool) {
	it, ok := c.own(key)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(it.value.last(), 10, 32)
	return n, err == nil && n >= 0
}

func (c *Config) tlsFiles(o *fetch.Options) error {
	ca, hasCA := c.own("ca")
	file, hasFile := c.own("cafile")
	if hasFile && file.value.kind == str && (!hasCA || ca.value.kind == null || file.origin.Layer >= ca.origin.Layer) {
		text, err := readFile(file.value.text)
		if err != nil {
			return fmt.Errorf("cafile %s: %w", file.value.text, err)
		}
		o.CA = []byte(text)
	} else if hasCA && ca.value.kind != null {
		o.CA = []byte(strings.ReplaceAll(strings.Join(ca.value.all(), "\n"), `\n`, "\n"))
	}
	if extra := c.env["NODE_EXTRA_CA_CERTS"]; extra != "" {
		if text, err := readFile(extra); err == nil {
			o.ExtraCA = []byte(text) // node warns and goes on without it
		}
	}
	cert, _ := c.own("cert")
	key, _ := c.own("key")
	o.Cert, o.Key = pem(cert.value), pem(key.value)
	return c.hostCerts(o)
}

func pem(v value) []byte {
	if v.kind != str {
		return nil
	}
	return []byte(strings.ReplaceAll(v.text, `\n`, "\n"))
}

// hostCerts reads «//host/:certfile» and «//host/:keyfile».
func (c *Config) hostCerts(o *fetch.Options) error {
	for _, key := range c.Keys() {
		dart, ok := strings.CutSuffix(key, ":certfile")
		if !ok || !strings.HasPrefix(dart, "//") {
			continue
		}
		certFile, ok1 := c.own(key)
		keyFile, ok2 := c.own(dart + ":keyfile")
		if !ok1 || !ok2 {
			continue
		}
		pair, err := tls.LoadX509KeyPair(c.path(certFile), c.path(keyFile))
		if err != nil {
			return fmt.Errorf("the client certificate for %s: %w", dart, err)
		}
		host, _, _ := strings.Cut(dart[2:], "/")
		if o.HostCerts == nil {
			o.HostCerts = map[string]tls.Certificate{}
		}
		o.HostCerts[host] = pair
	}
	return nil
}

func (c *Config) path(it item) string {
	r := reader{cwd: c.o.Cwd, home: c.o.Home}
	return r.resolve(it.value.last())
}

// proxy is npm's choice: https-proxy, else proxy, for every address; without
// either, the environment's; none for what noproxy names.
func (c *Config) proxy() func(*url.URL) (*url.URL, error) {
	set := c.ownText("https-proxy")
	if set == "" {
		set = c.ownText("proxy")
	}
	env := map[string]string{}
	for key, v := range c.env {
		env[strings.ToLower(key)] = v
	}
	var not []string
	if it, ok := c.own("noproxy"); ok {
		not = splitHosts(it.value.all())
	}
	if len(not) == 0 {
		not = splitHosts([]string{env["noproxy"]})
	}
	if len(not) == 0 {
		not = splitHosts([]string{env["no_proxy"]})
	}
	return func(u *url.URL) (*url.URL, error) {
		if spared(u.Hostname(), not) {
			return nil, nil
		}
		return parseProxy(firstOf(set, env["https_proxy"], plainOnly(u, env["http_proxy"]), plainOnly(u, env["proxy"])))
	}
}

func (c *Config) ownText(key string) string {
	it, ok := c.own(key)
	if !ok || it.value.kind != str {
		return ""
	}
	return it.value.text
}

func plainOnly(u *url.URL, proxy string) string {
	if u.Scheme == "https" {
		return ""
	}
	return proxy
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func splitHosts(lists []string) (all []string) {
	for _, l := range lists {
		for _, h := range strings.Split(l, ",") {
			if h = strings.ToLower(trim(h)); h != "" {
				all = append(all, h)
			}
		}
	}
	return all
}

// spared says whether a host is one of the names, or within one.
func spared(host string, names []string) bool {
	for _, n := range names {
		n = strings.Trim(n, ".")
		if n != "" && (strings.EqualFold(host, n) || strings.HasSuffix(strings.ToLower(host), "."+n)) {
			return true
		}
	}
	return false
}

// errProxy tells nothing of the address: a password may stand in it.
type errProxy struct{}

func (errProxy) Error() string { return "the configured proxy is no address that can be used" }

func parseProxy(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil, errProxy{}
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	case "socks":
		u.Scheme = "socks5h"
		return u, nil
	}
	return nil, errProxy{}
}
