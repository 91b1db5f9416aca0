package registry

import (
	"net/url"
	"strings"
)

// from is the address that npm asks for an archive: where its host is the one
// that is to be replaced, by default the public registry's, the same path at
// the default registry. A mirror seldom rewrites the addresses in its documents.
func (c *Client) from(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	host, below := c.o.ReplaceHost, ""
	switch host {
	case "never":
		return address
	case "", "npmjs":
		host = hostOf(DefaultRegistry)
	}
	if m, err := url.Parse(host); err == nil && m.Host != "" {
		host, below = m.Hostname(), strings.TrimSuffix(m.EscapedPath(), "/")
	}
	path := u.EscapedPath()
	if host != "always" && !strings.EqualFold(host, u.Hostname()) || !isBelow(path, below) {
		return address
	}
	base, err := url.Parse(c.o.Default)
	if err != nil || base.Host == "" {
		return address
	}
	root := strings.TrimSuffix(base.EscapedPath(), "/")
	switch {
	case below != "":
		path = root + path[len(below):]
	case !isBelow(path, root):
		path = root + path
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return base.Scheme + "://" + base.Host + path
}

// isBelow says whether a path is in the folder root, or is it; "" holds all.
func isBelow(path, root string) bool {
	return root == "" || path == root || strings.HasPrefix(path, root+"/")
}
