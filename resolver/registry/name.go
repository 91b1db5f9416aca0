package registry

import (
	"errors"
	"net/url"
	"strings"
)

// errName is why a name is asked for nowhere.
var errName = errors.New("not a package name")

// Scope gives "@scope" of "@scope/name", "" of a name without one.
func Scope(name string) string {
	scope, _, ok := strings.Cut(name, "/")
	if !ok || !strings.HasPrefix(scope, "@") {
		return ""
	}
	return scope
}

// escapeName puts a package name into one path segment, as npm does. It
// refuses what is no name and would lead elsewhere.
func escapeName(name string) (string, error) {
	bare, scope := name, Scope(name)
	if scope != "" {
		bare = name[len(scope)+1:]
		if !nameChars(scope[1:]) {
			return "", errName
		}
	}
	if len(name) > 214 || !nameChars(bare) {
		return "", errName
	}
	return strings.Replace(name, "/", "%2f", 1), nil
}

// nameChars says whether a part of a name has only what the registry has let
// be published: what encodeURIComponent leaves alone, no leading dot.
func nameChars(s string) bool {
	for _, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("-_.!~*'()", c) {
			return false
		}
	}
	return s != "" && s[0] != '.'
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// withSlash is a registry's base URL as everything here has it.
func withSlash(base string) string {
	return strings.TrimRight(base, "/") + "/"
}
