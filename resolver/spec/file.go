package spec

import (
	"path"
	"strings"
)

// filePath resolves a file spec as npm does: through a file: URL, with its
// dot segments resolved before doubled slashes are, against the folder dir.
// It gives the absolute path and what npm would save.
func filePath(rawSpec, dir, home string) (abs, save string) {
	s := strings.TrimPrefix(rawSpec, "file:")
	// «//path» is a path, not a host; «/../path» is relative.
	if len(s) > 2 && s[:2] == "//" && s[2] != '/' {
		s = "/" + s
	}
	if rest := strings.TrimLeft(s, "/"); len(s) > len(rest) && len(s)-len(rest) <= 3 && dotted(rest) {
		s = rest
	}
	s = strings.TrimRightFunc(s, func(r rune) bool { return r < ' ' && r != 0 && r != '\t' && r != '\n' && r != '\r' })
	fromRoot := urlPath(s, nil)
	resolved := fromRoot
	if !strings.HasPrefix(s, "/") && !startsWithDrive(s) {
		resolved = urlPath(s, strings.Split(strings.Trim(dir, "/"), "/"))
	}
	switch {
	case fromRoot == "/~" || strings.HasPrefix(fromRoot, "/~/"):
		save = "file:" + fromRoot[1:]
		rest := strings.TrimPrefix(fromRoot[2:], "/")
		resolved = path.Join("/", home, rest)
		if strings.HasPrefix(rest, "/") {
			resolved = rest
		}
	case !strings.HasPrefix(s, "/"):
		save = "file:" + relative(path.Clean("/"+dir), path.Clean(resolved))
	default:
		save = "file:" + path.Clean(resolved)
	}
	save = strings.ReplaceAll(save, `\`, "/")
	if strings.HasPrefix(save, "file://") {
		save = "file:/" + save[len("file://"):]
	}
	return path.Clean(resolved), save
}

// dotted is «.», «..», or either with a slash after it.
func dotted(s string) bool {
	head, _, _ := strings.Cut(s, "/")
	return head == "." || head == ".."
}

// urlPath resolves the segments of s after those of base, as a file: URL does.
func urlPath(s string, base []string) string {
	if strings.HasPrefix(s, "///") {
		s = s[2:] // an empty host
	} else if s == "//" {
		s = "/"
	}
	s = strings.TrimPrefix(s, "/")
	out := make([]string, 0, len(base)+4)
	for _, b := range base {
		if b != "" {
			out = append(out, b)
		}
	}
	parts := strings.Split(s, "/")
	for i, p := range parts {
		switch p {
		case "..":
			if len(out) > 0 && !(len(out) == 1 && len(out[0]) > 1 && isDrive(out[0][:2])) {
				out = out[:len(out)-1]
			}
		case ".":
		default:
			out = append(out, p)
			continue
		}
		if i == len(parts)-1 {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

func isDrive(s string) bool {
	return len(s) == 2 && s[1] == ':' && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

func startsWithDrive(s string) bool {
	return len(s) >= 2 && isDrive(s[:2]) && (len(s) == 2 || s[2] == '/')
}

// relative is the way from one absolute path to another.
func relative(from, to string) string {
	f, t := pathParts(from), pathParts(to)
	for len(f) > 0 && len(t) > 0 && f[0] == t[0] {
		f, t = f[1:], t[1:]
	}
	up := make([]string, 0, len(f)+len(t))
	for range f {
		up = append(up, "..")
	}
	return strings.Join(append(up, t...), "/")
}

func pathParts(p string) []string {
	return strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
}
