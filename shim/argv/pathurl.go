package argv

import (
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// path resolves against the directory and the home folder of o. npm takes words only, no bare flag.
func (o Options) path(v raw) (string, bool) {
	switch {
	case v.kind != rawText:
		return "", false
	case o.Home != "" && strings.HasPrefix(v.text, "~/"):
		return filepath.Join(o.Home, strings.TrimLeft(v.text[2:], "/")), true
	case filepath.IsAbs(v.text) || o.Dir == "":
		return filepath.Clean(v.text), true
	}
	return filepath.Join(o.Dir, v.text), true
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// special are the schemes whose host ends at a slash that node adds where there is none.
func special(scheme string) bool {
	switch scheme {
	case "http", "https", "ftp", "file", "ws", "wss":
		return true
	}
	return false
}

// href is the address as node writes it, false where npm drops it: npm 10 and 11 ask for a host, npm 12 for a scheme.
func href(s string, npm mask) (string, bool) {
	s = jsTrim(s)
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return "", false
	}
	if u.Host == "" && u.Opaque != "" {
		return opaque(s, u, npm)
	}
	if u.Host == "" {
		return s, npm == npm12 && (!special(u.Scheme) || u.Scheme == "file")
	}
	u.Host = strings.ToLower(u.Host)
	if npm == npm12 {
		u.Host = dropDefaultPort(u.Scheme, u.Host)
	}
	if u.Path == "" && special(u.Scheme) {
		u.Path = "/"
	}
	return u.String(), true
}

// opaque is an address without slashes. Node's new parser (npm 12) makes http:host one with slashes and leaves what it does
// not know; its old one refuses the first, and takes the second's beginning for a host.
func opaque(s string, u *url.URL, npm mask) (string, bool) {
	switch {
	case !special(u.Scheme):
		return s, npm == npm12 || strings.Trim(u.Opaque[:1], "/?#") != ""
	case npm == npm12:
		return href(u.Scheme+"://"+u.Opaque, npm)
	}
	return "", false
}

func dropDefaultPort(scheme, host string) string {
	port, ok := map[string]string{"http": ":80", "https": ":443", "ftp": ":21", "ws": ":80", "wss": ":443"}[scheme]
	if !ok {
		return host
	}
	return strings.TrimSuffix(host, port)
}
