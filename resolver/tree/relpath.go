package tree

import "strings"

// relpath is the way from one absolute slash path to another; "" from a path
// to itself.
func relpath(from, to string) string {
	if from == to {
		return ""
	}
	if from == "/" {
		return strings.TrimPrefix(to, "/")
	}
	if len(to) > len(from) && to[len(from)] == '/' && to[:len(from)] == from {
		return to[len(from)+1:]
	}
	a, b := split(from), split(to)
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	parts := make([]string, 0, len(a)+len(b))
	for range a[i:] {
		parts = append(parts, "..")
	}
	return strings.Join(append(parts, b[i:]...), "/")
}

func split(p string) []string {
	p = strings.Trim(p, "/")
	if p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

func parentDir(p string) string {
	i := strings.LastIndexByte(p, '/')
	switch {
	case i > 0:
		return p[:i]
	case p == "/" || i < 0:
		return ""
	}
	return "/"
}

func joinModules(dir, name string) string {
	if dir == "/" {
		return "/node_modules/" + name
	}
	return dir + "/node_modules/" + name
}
