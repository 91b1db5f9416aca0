package registry

import (
	"encoding/base64"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Credential is what is known for one place: a token, or a ready Basic value,
// or a name with a password.
type Credential struct {
	Token    string // _authToken
	Basic    string // _auth: base64 of name:password
	Username string
	Password string // _password: base64
}

// header is the Authorization header, "" where the credential is incomplete.
func (c Credential) header() string {
	switch {
	case c.Token != "":
		return "Bearer " + c.Token
	case c.Basic != "":
		return "Basic " + c.Basic
	case c.Username != "" && c.Password != "":
		password := decodeLoosely(c.Password)
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+password))
	}
	return ""
}

// decodeLoosely reads base64 as Node's Buffer does: either alphabet, padding
// or none.
func decodeLoosely(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/", "\n", "", " ", "").Replace(s)
	s = strings.TrimRight(s, "=")
	raw, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(raw)
}

// Credentials say which credential goes where. The zero value sends none
// anywhere.
type Credentials struct {
	// ByDart has them by «nerf dart»: "//host:port/path/", as the part before
	// the colon of "//host/:_authToken" in an .npmrc, with or without the last
	// slash.
	ByDart map[string]Credential
	// Registries are the base URLs of all registries in use.
	Registries []string
	// PlainHTTP are the hosts, with the port where there is one, that the user
	// wants to be asked over http.
	PlainHTTP []string
}

// Authorization gives the header for a request to that URL, "" for none. It
// walks up the URL's path until there is a credential, as npm does. A URL
// beside its registry's path on the registry's own origin gets the registry's
// credential, if only one comes into question. Over plain http a credential
// goes only to the hosts of PlainHTTP, or to this machine.
func (c Credentials) Authorization(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return ""
	}
	if !c.mayTell(u) {
		return ""
	}
	if h, ok := c.along(u); ok {
		return h
	}
	return c.byRegistry(u)
}

// mayTell says whether the way to the URL is one for secrets.
func (c Credentials) mayTell(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	if u.Scheme != "http" {
		return false
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return true
	}
	return slices.Contains(c.PlainHTTP, strings.ToLower(u.Host))
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && dartHost(a) == dartHost(b)
}

// dartHost is the host as a nerf dart has it: lower case, and a port only where
// it is not the scheme's own.
func dartHost(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	return host
}

// along walks from the URL's path up to its host.
func (c Credentials) along(u *url.URL) (string, bool) {
	u = u.JoinPath() // without . and ..
	key := "//" + dartHost(u) + u.EscapedPath()
	for len(key) > len("//") {
		if h := c.ByDart[key].header(); h != "" {
			return h, true
		}
		if strings.HasSuffix(key, "/") {
			key = key[:len(key)-1]
		} else {
			key = key[:strings.LastIndexByte(key, '/')+1]
		}
	}
	return "", false
}

// byRegistry finds the credential of the one registry on the URL's origin.
func (c Credentials) byRegistry(u *url.URL) string {
	found := ""
	for _, r := range c.Registries {
		base, err := url.Parse(r)
		if err != nil || !sameOrigin(base, u) {
			continue
		}
		h, ok := c.along(base)
		if !ok {
			continue
		}
		if found != "" && found != h {
			return ""
		}
		found = h
	}
	return found
}
