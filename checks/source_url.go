package checks

import (
	"net/url"
	"strings"
)

// sourceKey writes a repository's address in one way, so that two can be
// compared: «host/owner/name», in lower case, without scheme, user, «.git», or
// a folder inside. "" where the text names no repository. Everything that
// package.json allows is read: git+https, git@host:path, github:a/b, a/b.
func sourceKey(raw string) string {
	host, path := splitSource(strings.TrimSpace(raw))
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	if host == "" || strings.ContainsAny(host, " /\\") {
		return ""
	}
	var parts []string
	for part := range strings.SplitSeq(strings.ToLower(path), "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	for i, p := range parts { // GitLab keeps its own pages behind «-»
		if p == "-" {
			parts = parts[:i]
			break
		}
	}
	if len(parts) > 2 && host != "gitlab.com" || len(parts) > 2 && parts[2] == "tree" {
		parts = parts[:2]
	}
	if len(parts) < 2 {
		return ""
	}
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], ".git")
	return host + "/" + strings.Join(parts, "/")
}

// splitSource takes the host and the path out of an address.
func splitSource(s string) (host, path string) {
	s, _, _ = strings.Cut(s, "#")
	s = strings.TrimPrefix(s, "git+")
	for short, long := range map[string]string{"github:": "github.com", "gitlab:": "gitlab.com", "bitbucket:": "bitbucket.org"} {
		if rest, ok := strings.CutPrefix(s, short); ok {
			return long, rest
		}
	}
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil {
			return "", ""
		}
		return u.Hostname(), u.Path
	}
	if at, rest, ok := strings.Cut(s, "@"); ok && !strings.Contains(at, "/") { // git@host:owner/name
		host, path, _ := strings.Cut(rest, ":")
		return host, path
	}
	if strings.Count(s, "/") == 1 && !strings.Contains(s, ":") && !strings.HasPrefix(s, ".") {
		return "github.com", s
	}
	return "", ""
}
