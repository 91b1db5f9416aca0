package spec

import (
	"strings"

	"gpq/resolver/semver"
)

// Hosted is a repository at one of the hosts that npm knows by name.
type Hosted struct {
	Type          string // github, gitlab, bitbucket, gist, sourcehut
	User, Project string // User is "" where there is none (a gist)
	Auth          string // «user:password» as written, or ""
	Committish    string
	// Default is the form it was given in: shortcut, sshurl, https, git, …
	Default string
	domain  string
	old     bool // as npm 10 writes them
}

type host struct {
	name, domain string
	protocols    string // blank separated
	extract      func(a *address) (user, project, committish string, ok bool)
}

func hosts() [5]host {
	return [...]host{
		{"github", "github.com", "git: http: git+ssh: git+https: ssh: https:", extractGitHub},
		{"bitbucket", "bitbucket.org", "git+ssh: git+https: ssh: https:", extractNot("get")},
		{"gitlab", "gitlab.com", "git+ssh: git+https: ssh: https:", extractGitLab},
		{"gist", "gist.github.com", "git: git+ssh: git+https: ssh: https:", extractGist},
		{"sourcehut", "git.sr.ht", "git+ssh: https:", extractNot("archive")},
	}
}

// segments gives the first parts of a path; 0 is what stands before its first
// slash.
func segments(path string) (s [5]string) {
	copy(s[:], strings.Split(path, "/"))
	return s
}

func extractGitHub(a *address) (user, project, committish string, ok bool) {
	s := segments(a.pathname)
	if s[3] != "" && s[3] != "tree" {
		return "", "", "", false
	}
	committish = strings.TrimPrefix(a.hash, "#")
	if s[3] == "tree" {
		committish = s[4]
		if strings.Count(a.pathname, "/") < 4 {
			committish = "undefined" // npm decodes a missing value, and that is its text
		}
	}
	project = strings.TrimSuffix(s[2], ".git")
	return s[1], project, committish, s[1] != "" && project != ""
}

// extractNot is /user/project, unless the third part is the given word.
func extractNot(word string) func(a *address) (user, project, committish string, ok bool) {
	return func(a *address) (user, project, committish string, ok bool) {
		s := segments(a.pathname)
		project = strings.TrimSuffix(s[2], ".git")
		return s[1], project, strings.TrimPrefix(a.hash, "#"), s[3] != word && s[1] != "" && project != ""
	}
}

func extractGitLab(a *address) (user, project, committish string, ok bool) {
	path := ""
	if a.pathname != "" {
		path = a.pathname[1:]
	}
	if strings.Contains(path, "/-/") || strings.Contains(path, "/archive.tar.gz") {
		return "", "", "", false
	}
	i := strings.LastIndexByte(path, '/')
	if i > 0 {
		user = path[:i]
	}
	project = strings.TrimSuffix(path[i+1:], ".git")
	return user, project, strings.TrimPrefix(a.hash, "#"), user != "" && project != ""
}

func extractGist(a *address) (user, project, committish string, ok bool) {
	s := segments(a.pathname)
	user, project = s[1], s[2]
	if project == "" {
		user, project = "", user
	}
	return user, strings.TrimSuffix(project, ".git"), strings.TrimPrefix(a.hash, "#"), s[3] != "raw" && project != ""
}

// isShorthand is «user/repo», with or without a committish.
func isShorthand(s string) bool {
	before, _, _ := strings.Cut(s, "#")
	return strings.IndexByte(s, '/') > 0 && strings.Count(before, "/") <= 1 && !strings.HasSuffix(before, "/") &&
		s[0] != '.' && !strings.ContainsAny(before, "@:") && !strings.ContainsFunc(before, semver.IsSpace)
}

// hostedFrom reads a URL or shorthand of a known host; nil for anything else.
// why is set where npm itself breaks down.
func hostedFrom(s string, old bool) (h *Hosted, why string) {
	if s == "" {
		return nil, ""
	}
	if isShorthand(s) {
		s = "github:" + s
	}
	a, ok := gitURL(s, old)
	if !ok {
		return nil, ""
	}
	for _, k := range hosts() {
		if a.scheme == k.name+":" {
			return fromShortcut(a, k, old), ""
		}
	}
	name := strings.TrimPrefix(a.hostname, "www.")
	if isPrototypeKey(name) {
		return nil, "npm cannot read a URL of host " + name
	}
	for _, k := range hosts() {
		if name == k.domain {
			return fromHost(a, k, old), ""
		}
	}
	return nil, ""
}

// isPrototypeKey names what every JavaScript object has: npm looks hosts up in
// a plain object and takes these for one.
func isPrototypeKey(s string) bool {
	switch s {
	case "constructor", "__proto__", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
		"toString", "valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__":
		return true
	}
	return false
}

func fromShortcut(a *address, k host, old bool) *Hosted {
	path := strings.TrimPrefix(a.pathname, "/")
	if _, after, ok := strings.Cut(path, "@"); ok {
		path = after
	}
	h := &Hosted{Type: k.name, Default: "shortcut", domain: k.domain, old: old}
	i := strings.LastIndexByte(path, '/')
	var ok [3]bool
	h.User, ok[0] = decodeComponent(path[:max(i, 0)])
	h.Project, ok[1] = decodeComponent(path[i+1:])
	h.Committish, ok[2] = decodeComponent(strings.TrimPrefix(a.hash, "#"))
	h.Project = strings.TrimSuffix(h.Project, ".git")
	if ok != [3]bool{true, true, true} {
		return nil
	}
	return h
}

func fromHost(a *address, k host, old bool) *Hosted {
	known := false
	for _, p := range strings.Fields(k.protocols) {
		known = known || p == a.scheme
	}
	if !known {
		return nil
	}
	user, project, committish, found := k.extract(a)
	h := &Hosted{Type: k.name, domain: k.domain, old: old, Default: representation(a.scheme)}
	var ok [3]bool
	h.User, ok[0] = decodeComponent(user)
	h.Project, ok[1] = decodeComponent(project)
	h.Committish, ok[2] = decodeComponent(committish)
	if !found || ok != [3]bool{true, true, true} {
		return nil
	}
	if a.scheme != "git+ssh:" && a.scheme != "ssh:" {
		if h.Auth = a.username; a.password != "" {
			h.Auth += ":" + a.password
		}
	}
	return h
}

func representation(scheme string) string {
	switch scheme {
	case "git+ssh:", "ssh:":
		return "sshurl"
	case "git+https:":
		return "https"
	}
	return strings.TrimSuffix(scheme, ":")
}

// gitURL reads a URL, or what git takes for one: «host:path», «git@host:path».
func gitURL(s string, old bool) (*address, bool) {
	s = correctProtocol(s, old)
	if a, ok := parseURL(s); ok {
		return &a, true
	}
	a, ok := parseURL(correctScp(s))
	return &a, ok
}

// knownProtocols are those that are taken as they stand.
const knownProtocols = " git+ssh: ssh: git+https: git: http: https: git+http: github: bitbucket: gitlab: gist: sourcehut: "

func correctProtocol(s string, old bool) string {
	colon := strings.IndexByte(s, ':')
	proto := s[:colon+1]
	if proto != "" && strings.Contains(knownProtocols, " "+proto+" ") {
		return s
	}
	slashes := strings.HasPrefix(s[colon+1:], "//")
	if colon >= 0 && slashes && !old {
		return s
	}
	if at := strings.IndexByte(s, '@'); at >= 0 {
		if at > colon {
			return "git+ssh://" + s
		}
		return s
	}
	if slashes && strings.Index(s, "//") == colon+1 {
		return s
	}
	return proto + "//" + s[colon+1:]
}

// correctScp makes the last colon before the fragment a slash, and puts a
// protocol before what has none.
func correctScp(s string) string {
	colon := lastBeforeHash(s, ':')
	if colon > lastBeforeHash(s, '@') {
		s = s[:colon] + "/" + s[colon+1:]
	}
	if lastBeforeHash(s, ':') < 0 && !strings.Contains(s, "//") {
		s = "git+ssh://" + s
	}
	return s
}

func lastBeforeHash(s string, c byte) int {
	before, _, _ := strings.Cut(s, "#")
	return strings.LastIndexByte(before, c)
}
