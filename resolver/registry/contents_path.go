package registry

import (
	"fmt"
	"io"
	"path"
	"strings"
)

// unpackedName gives where npm puts an entry, relative to the package's
// folder; "" where it puts it nowhere. A path whose meaning depends on the
// system is an error.
func unpackedName(name string) (string, error) {
	_, rest, ok := strings.Cut(name, "/")
	if !ok {
		return "", nil
	}
	for {
		if strings.HasPrefix(rest, `\`) || strings.HasPrefix(rest, "//?/") {
			return "", malformed("a path leads elsewhere on Windows")
		}
		stripped := rest
		if len(rest) >= 2 && rest[1] == ':' && isLetter(rest[0]) {
			stripped = rest[2:]
		}
		stripped = strings.TrimPrefix(stripped, "/")
		if stripped == rest {
			break
		}
		rest = stripped
	}
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return "", nil // npm leaves it out
		}
	}
	clean := path.Clean(rest)
	if rest == "" || clean == "." {
		return "", nil
	}
	return clean, nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// atMost fails, rather than ends, where there is more than it lets through.
type atMost struct {
	r    io.Reader
	left int64
}

func (l *atMost) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("it unpacks to more than %d bytes", int64(maxUnpacked))
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// TwinOf gives the file at the top that npm acts on whose place another name
// takes where the file system does not tell the two apart: for upper case, for
// dots and spaces at the end and for short names on Windows, for what is
// invisible on a Mac. "" where it takes none's.
func TwinOf(name string) string {
	name = strings.TrimRight(strings.Map(visible, name), ". ")
	short := strings.ToLower(name)
	for _, file := range [...]string{"package.json", "npm-shrinkwrap.json", "binding.gyp"} {
		if strings.EqualFold(name, file) || strings.HasPrefix(short, file[:6]+"~") && strings.HasSuffix(short, ".jso") {
			return file
		}
	}
	return ""
}

// visible drops what HFS+ passes over in a name.
func visible(r rune) rune {
	switch {
	case r >= 0x200c && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x206a && r <= 0x206f, r == 0xfeff:
		return -1
	}
	return r
}
