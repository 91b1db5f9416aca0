package pick

import (
	"strings"
	"unicode/utf8"
)

// AgeExcluded says whether npm leaves a package out of its bound on the age of
// versions: by its true name, that behind an alias, among the names and patterns
// of min-release-age-exclude.
func AgeExcluded(name string, patterns []string) bool {
	for _, p := range patterns {
		if name != "" && (p == name || matchName(p, name)) {
			return true
		}
	}
	return false
}

// maxBraces bounds what {a,b} may multiply to.
const maxBraces = 256

// matchName is a file glob over a name: * and ? within a part, ** over parts,
// [a-z], {a,b} and \ as usual. A leading ! or # is nothing special. What is
// none of these matches nothing, so that no odd pattern lifts a bound.
func matchName(pattern, name string) bool {
	if len(pattern) > 1000 {
		return false
	}
	parts := strings.Split(name, "/")
	for _, p := range expandBraces(pattern) {
		if matchParts(slashParts(p), parts) {
			return true
		}
	}
	return false
}

// slashParts splits at every run of slashes.
func slashParts(p string) []string {
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	return strings.Split(p, "/")
}

// expandBraces writes out the first {a,b} and goes on from there.
func expandBraces(pattern string) []string {
	todo, done := []string{pattern}, []string(nil)
	for len(todo) > 0 && len(todo)+len(done) <= maxBraces {
		p := todo[0]
		todo = todo[1:]
		before, options, after, ok := firstBraces(p)
		if !ok {
			done = append(done, p)
			continue
		}
		for _, o := range options {
			todo = append(todo, before+o+after)
		}
	}
	if len(todo) > 0 {
		return nil
	}
	return done
}

func firstBraces(p string) (before string, options []string, after string, ok bool) {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '{':
			if options, end := bracesAt(p, i); len(options) > 1 {
				return p[:i], options, p[end:], true
			}
		}
	}
	return "", nil, "", false
}

// bracesAt gives what stands between the commas of the braces at i, and where
// they end.
func bracesAt(p string, i int) (options []string, end int) {
	depth, from := 0, i+1
	for k := i; k < len(p); k++ {
		switch p[k] {
		case '\\':
			k++
		case '{':
			depth++
		case ',':
			if depth == 1 {
				options = append(options, p[from:k])
				from = k + 1
			}
		case '}':
			if depth--; depth == 0 {
				return append(options, p[from:k]), k + 1
			}
		}
	}
	return nil, 0
}

func matchParts(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		for i := 0; i <= len(name); i++ {
			if matchParts(pattern[1:], name[i:]) && (len(pattern) > 1 || i > 0 || len(name) == 0) {
				return true
			}
			if i < len(name) && strings.HasPrefix(name[i], ".") {
				return false
			}
		}
		return false
	}
	return len(name) > 0 && matchPart(pattern[0], name[0]) && matchParts(pattern[1:], name[1:])
}

// matchPart matches one part, without recursion: on a mismatch the last * takes
// one character more.
func matchPart(pattern, s string) bool {
	if s == "" || pattern == "" || s[0] == '.' && pattern[0] != '.' {
		return false
	}
	p, i, starP, starI := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			p++
			starP, starI = p, i
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		if next, ok := matchOne(pattern, p, s[i:i+n]); ok {
			p, i = next, i+n
			continue
		}
		if starP < 0 {
			return false
		}
		_, n = utf8.DecodeRuneInString(s[starI:])
		starI += n
		p, i = starP, starI
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one character at p, and gives where the pattern goes on.
func matchOne(pattern string, p int, char string) (next int, ok bool) {
	if p >= len(pattern) {
		return 0, false
	}
	switch pattern[p] {
	case '?':
		return p + 1, true
	case '[':
		return matchClass(pattern, p, char)
	case '\\':
		p++
	}
	if strings.HasPrefix(pattern[min(p, len(pattern)):], char) {
		return p + len(char), true
	}
	return 0, false
}

// matchClass matches [abc], [a-z], [!a] and [^a]; classes by name are none.
func matchClass(pattern string, p int, char string) (next int, ok bool) {
	end := strings.IndexByte(pattern[p:], ']')
	if end < 2 {
		return 0, false
	}
	body := pattern[p+1 : p+end]
	negate := body[0] == '!' || body[0] == '^'
	if negate {
		body = body[1:]
	}
	if body == "" || strings.ContainsAny(body, `[\`) || len(char) != 1 {
		return 0, false
	}
	in := false
	for i := 0; i < len(body); i++ {
		lo, hi := body[i], body[i]
		if i+2 < len(body) && body[i+1] == '-' {
			hi = body[i+2]
			i += 2
		}
		in = in || lo <= char[0] && char[0] <= hi
	}
	return p + end + 1, in != negate
}
