package argv

import "strings"

// exotic is whether one of the specs may be something else than a name, a version, a range or a tag of a registry: a
// metadata command that is given a git address clones it and may run its prepare script.
func exotic(specs []string) bool {
	for _, s := range specs {
		if !plain(s) && !local(s) {
			return true
		}
	}
	return false
}

// plain is NAME, @SCOPE/NAME, either with @ and a version, range or tag.
func plain(s string) bool {
	name := s
	if strings.HasPrefix(s, "@") {
		scope, rest, ok := strings.Cut(s, "/")
		if !ok {
			return !strings.ContainsAny(scope, ":\\")
		}
		name = rest
	}
	return !strings.ContainsAny(name, "/:\\#") && !archive(name)
}

// local is a path that npm takes for a folder or file of this machine.
func local(s string) bool {
	s = strings.TrimPrefix(s, "file:")
	return s == "." || s == ".." || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~/")
}

// allLocal is whether every spec is a folder or file here.
func allLocal(specs []string) bool {
	for _, s := range specs {
		if !local(s) && !(archive(s) && !strings.Contains(s, ":")) {
			return false
		}
	}
	return true
}

func archive(s string) bool {
	s = strings.ToLower(s)
	return strings.HasSuffix(s, ".tgz") || strings.HasSuffix(s, ".tar.gz") || strings.HasSuffix(s, ".tar")
}
