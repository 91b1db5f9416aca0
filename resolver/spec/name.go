package spec

import "strings"

// NameError says why npm takes no package of that name, "" where it does. It
// is npm's rule for names that are already published, wider than that for new
// ones. A leading hyphen is a fault since npm 11.
func NameError(name string) string { return nameError(name, false) }

// NameError is the function of that name, for the npm that will run.
func (p Place) NameError(name string) string { return nameError(name, p.before11()) }

func nameError(name string, before11 bool) string {
	lower := strings.ToLower(name)
	switch {
	case name == "":
		return "name is empty"
	case name[0] == '.':
		return "name starts with a period"
	case name[0] == '-' && !before11:
		return "name starts with a hyphen"
	case name[0] == '_':
		return "name starts with an underscore"
	case lower == "node_modules" || lower == "favicon.ico":
		return "name is reserved"
	case friendly(name) || friendlyScoped(name):
		return ""
	}
	return "name has characters that no URL may have"
}

// friendlyScoped is «@scope/name» with nothing in it that a URL would escape.
func friendlyScoped(name string) bool {
	if !strings.HasPrefix(name, "@") {
		return false
	}
	scope, base, ok := strings.Cut(name[1:], "/")
	return ok && scope != "" && base != "" && base[0] != '.' && friendly(scope) && friendly(base)
}

// Scope gives «@scope» of a scoped name, else "".
func Scope(name string) string {
	if !strings.HasPrefix(name, "@") {
		return ""
	}
	scope, _, ok := strings.Cut(name, "/")
	if !ok {
		return ""
	}
	return scope
}
