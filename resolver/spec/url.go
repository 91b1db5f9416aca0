package spec

import (
	"strconv"
	"strings"
)

// address is a URL as node's URL class reads one (WHATWG), as far as package
// specs need it. net/url reads many strings otherwise, so it is not used.
type address struct {
	scheme             string // with its colon, lower case
	username, password string // percent-encoded
	hostname, port     string
	authority          bool   // there was a «//»
	pathname           string // percent-encoded
	query, hash        string // with ? and #; an empty hash is ""
	opaque             bool   // the path has no leading slash and is no list
}

var defaultPorts = [...][2]string{{"http:", "80"}, {"https:", "443"}, {"ws:", "80"}, {"wss:", "443"}, {"ftp:", "21"}}

func defaultPort(scheme string) (port string, special bool) {
	for _, d := range defaultPorts {
		if d[0] == scheme {
			return d[1], true
		}
	}
	return "", scheme == "file:"
}

// parseURL reads an absolute URL; ok is false where node throws.
func parseURL(s string) (a address, ok bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, s)
	scheme, rest, ok := cutScheme(s)
	if !ok {
		return a, false
	}
	a.scheme = scheme
	rest, hash, _ := strings.Cut(rest, "#")
	if hash != "" {
		a.hash = "#" + escape(hash, fragmentSet)
	}
	rest, query, queried := strings.Cut(rest, "?")
	port, special := defaultPort(scheme)
	if queried {
		set := querySet
		if special {
			set += "'"
		}
		a.query = "?" + escape(query, set)
	}
	if special {
		return a, a.readSpecial(rest, port)
	}
	return a, a.readOther(rest)
}

func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		switch {
		case s[i] == ':' && i > 0:
			return strings.ToLower(s[:i+1]), s[i+1:], true
		case c >= 'a' && c <= 'z':
		case i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'):
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// readSpecial reads what follows «https:»: any number of slashes of either
// kind, then a host that must be there.
func (a *address) readSpecial(rest, port string) bool {
	rest = strings.ReplaceAll(rest, `\`, "/")
	a.authority = true
	if a.scheme == "file:" {
		a.pathname = "/" // no caller asks for more of one
		return true
	}
	auth, path := cutAt(strings.TrimLeft(rest, "/"), "/")
	if !a.readAuthority(auth, true) || a.hostname == "" {
		return false
	}
	if a.port == port {
		a.port = ""
	}
	a.pathname = joinPath(strings.TrimPrefix(path, "/"))
	return true
}

func (a *address) readOther(rest string) bool {
	switch {
	case strings.HasPrefix(rest, "//"):
		a.authority = true
		auth, path := cutAt(rest[2:], "/")
		if !a.readAuthority(auth, false) {
			return false
		}
		if path != "" {
			a.pathname = joinPath(path[1:])
		}
	case strings.HasPrefix(rest, "/"):
		a.pathname = joinPath(rest[1:])
	default:
		a.opaque = true
		a.pathname = escape(rest, controlSet)
	}
	return true
}

// cutAt cuts before sep, which stays with the rest.
func cutAt(s, sep string) (before, rest string) {
	if i := strings.Index(s, sep); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func (a *address) readAuthority(s string, special bool) bool {
	host := s
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		user, pass, _ := strings.Cut(s[:i], ":")
		a.username, a.password = escape(user, userinfoSet), escape(pass, userinfoSet)
		if host = s[i+1:]; host == "" {
			return false
		}
	}
	name, port, hasPort := cutPort(host)
	if hasPort && name == "" || !validPort(port) {
		return false
	}
	if port != "" {
		n, _ := strconv.Atoi(port)
		a.port = strconv.Itoa(n)
	}
	var ok bool
	a.hostname, ok = readHost(name, special)
	return ok
}

func cutPort(host string) (name, port string, ok bool) {
	from := 0
	if strings.HasPrefix(host, "[") {
		from = max(strings.IndexByte(host, ']'), 0)
	}
	i := strings.IndexByte(host[from:], ':')
	if i < 0 {
		return host, "", false
	}
	return host[:from+i], host[from+i+1:], true
}

func validPort(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	s = strings.TrimLeft(s, "0")
	n, _ := strconv.Atoi("0" + s)
	return len(s) <= 5 && n <= 65535
}

// joinPath resolves the dot segments of a path (without its first slash) and
// escapes it.
func joinPath(s string) string {
	var out []string
	parts := strings.Split(s, "/")
	for i, p := range parts {
		last := i == len(parts)-1
		switch dots(p) {
		case 1:
			if last {
				out = append(out, "")
			}
		case 2:
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, escape(p, pathSet))
		}
	}
	return "/" + strings.Join(out, "/")
}

// dots says whether a segment is «.» (1) or «..» (2), also escaped.
func dots(s string) int {
	s = strings.ReplaceAll(strings.ToLower(s), "%2e", ".")
	if s == "." || s == ".." {
		return len(s)
	}
	return 0
}

// withoutHash is the URL as text, without its fragment.
func (a *address) withoutHash() string {
	var b strings.Builder
	b.WriteString(a.scheme)
	if a.authority {
		b.WriteString("//")
		if a.username != "" || a.password != "" {
			b.WriteString(a.username)
			if a.password != "" {
				b.WriteString(":" + a.password)
			}
			b.WriteString("@")
		}
		b.WriteString(a.hostname)
		if a.port != "" {
			b.WriteString(":" + a.port)
		}
	} else if strings.HasPrefix(a.pathname, "//") {
		b.WriteString("/.")
	}
	b.WriteString(a.pathname)
	b.WriteString(a.query)
	return b.String()
}
