package semver

import (
	"strings"
	"unicode/utf8"
)

// The bounds node-semver puts on runs of digits and of identifier characters.
const (
	maxDigits     = 256
	maxIdentifier = 250
)

// jsSpace is JavaScript's idea of white space, in \s and in trim.
func jsSpace(r rune) bool {
	switch {
	case r == ' ', r >= '\t' && r <= '\r':
		return true
	case r < 0x80:
		return false
	}
	switch r {
	case 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
		return true
	}
	return r >= 0x2000 && r <= 0x200a
}

func trim(s string) string { return strings.TrimFunc(s, jsSpace) }

// IsSpace says whether JavaScript takes r for white space, which npm trims.
func IsSpace(r rune) bool { return jsSpace(r) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetterDash(c byte) bool {
	return c == '-' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// digits gives the end of at most max digits at i.
func digits(s string, i, max int) int {
	j := i
	for j < len(s) && j-i < max && isDigit(s[j]) {
		j++
	}
	return j
}

// number gives the end of a numeric identifier at i, or -1. Strictly, it has
// no leading zero.
func number(s string, i int, loose bool) int {
	if i >= len(s) || !isDigit(s[i]) {
		return -1
	}
	if loose {
		return digits(s, i, maxDigits)
	}
	if s[i] == '0' {
		return i + 1
	}
	return digits(s, i+1, maxDigits)
}

// xnumber is number, or one of x, X and *.
func xnumber(s string, i int, loose bool) int {
	if i < len(s) && (s[i] == 'x' || s[i] == 'X' || s[i] == '*') {
		return i + 1
	}
	return number(s, i, loose)
}

// identifier gives the end of one prerelease identifier at i, or -1.
func identifier(s string, i int, loose bool) int {
	j := digits(s, i, maxDigits)
	if j < len(s) && isLetterDash(s[j]) {
		j++
		for n := 0; j < len(s) && n < maxIdentifier && (isLetterDash(s[j]) || isDigit(s[j])); n++ {
			j++
		}
		return j
	}
	return number(s, i, loose)
}

// identifiers gives the end of a dotted list of them at i, or -1.
func identifiers(s string, i int, loose bool) int {
	end := identifier(s, i, loose)
	for j := end; j >= 0 && j < len(s) && s[j] == '.'; {
		if j = identifier(s, j+1, loose); j >= 0 {
			end = j
		}
	}
	return end
}

// build gives the end of «+build» at i; i itself where there is none. limit
// is the longest identifier taken; 0 for no bound.
func build(s string, i, limit int) int {
	if i >= len(s) || s[i] != '+' {
		return i
	}
	end := i
	for j := i; j < len(s) && (j == i || s[j] == '.'); {
		k := j + 1
		for k < len(s) && (limit == 0 || k-j-1 < limit) && (isLetterDash(s[k]) || isDigit(s[k])) {
			k++
		}
		if k == j+1 {
			break
		}
		j, end = k, k
	}
	return end
}

// prefix gives the end of the run of v, = and white space at i.
func prefix(s string, i int) int {
	for i < len(s) {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if r != 'v' && r != '=' && !jsSpace(r) {
			return i
		}
		i += n
	}
	return i
}

// operator gives the end of «<», «>», «<=», «>=», «=» at i; i for none.
func operator(s string, i int) int {
	if i < len(s) && (s[i] == '<' || s[i] == '>') {
		i++
	}
	if i < len(s) && s[i] == '=' {
		i++
	}
	return i
}

// parts are the pieces of a version or partial version as they are written.
type parts struct{ major, minor, patch, pre, build string }

// tail reads «-pre+build» at i, to the end of s. It tries what a backtracking
// matcher tries: loosely the hyphen may be absent, or belong to the identifier.
func tail(s string, i int, loose bool) (pre, bld string, ok bool) {
	starts := [2]int{-1, -1}
	if i < len(s) && s[i] == '-' {
		starts[0] = i + 1
	}
	if loose {
		starts[1] = i
	}
	for _, start := range starts {
		if start < 0 {
			continue
		}
		end := identifiers(s, start, loose)
		if end < 0 {
			continue
		}
		if b := build(s, end, maxIdentifier); b == len(s) {
			return s[start:end], strings.TrimPrefix(s[end:b], "+"), true
		}
	}
	b := build(s, i, maxIdentifier)
	return "", strings.TrimPrefix(s[i:b], "+"), b == len(s)
}

// patchAndTail reads the patch number that ends at greedy, or earlier (loosely
// «1.2.34.5» is 1.2.3-4.5), and what follows to the end of s.
func (p *parts) patchAndTail(s string, i, greedy int, loose bool) bool {
	last := greedy
	if loose && isDigit(s[i]) {
		last = i + 1
	}
	for end := greedy; end >= last; end-- {
		pre, bld, ok := tail(s, end, loose)
		if ok {
			p.patch, p.pre, p.build = s[i:end], pre, bld
			return true
		}
	}
	return false
}

// full reads a whole version: strictly with at most one leading v, loosely
// with any run of v, = and white space.
func full(s string, loose bool) (p parts, ok bool) {
	i := 0
	if loose {
		i = prefix(s, 0)
	} else if strings.HasPrefix(s, "v") {
		i = 1
	}
	a := number(s, i, loose)
	if a < 0 || a >= len(s) || s[a] != '.' {
		return p, false
	}
	b := number(s, a+1, loose)
	if b < 0 || b >= len(s) || s[b] != '.' {
		return p, false
	}
	c := number(s, b+1, loose)
	if c < 0 {
		return p, false
	}
	p.major, p.minor = s[i:a], s[a+1:b]
	return p, p.patchAndTail(s, b+1, c, loose)
}

// partial reads a whole partial version: «1», «1.x», «v1.2.3-beta».
func partial(s string, loose bool) (p parts, ok bool) {
	i := prefix(s, 0)
	a := xnumber(s, i, loose)
	if a < 0 {
		return p, false
	}
	p.major = s[i:a]
	if a == len(s) {
		return p, true
	}
	b := -1
	if s[a] == '.' {
		b = xnumber(s, a+1, loose)
	}
	if b < 0 {
		return p, false
	}
	p.minor = s[a+1 : b]
	if b == len(s) {
		return p, true
	}
	c := -1
	if s[b] == '.' {
		c = xnumber(s, b+1, loose)
	}
	if c < 0 {
		return p, false
	}
	return p, p.patchAndTail(s, b+1, c, loose)
}

// someVersion gives the end of a version at i that need not end the text, or
// -1: a loose whole one if there is one, else a strict partial one.
func someVersion(s string, i int) int {
	i = prefix(s, i)
	if end := dotted(s, i, 3, true); end >= 0 {
		return tailEnd(s, end, true)
	}
	end := xnumber(s, i, false)
	if end < 0 {
		return -1
	}
	for n := 1; n < 3; n++ {
		next := -1
		if end < len(s) && s[end] == '.' {
			next = xnumber(s, end+1, false)
		}
		if next < 0 {
			return end
		}
		end = next
	}
	return tailEnd(s, end, false)
}

func dotted(s string, i, n int, loose bool) int {
	end := number(s, i, loose)
	for k := 1; k < n && end >= 0; k++ {
		if end >= len(s) || s[end] != '.' {
			return -1
		}
		end = number(s, end+1, loose)
	}
	return end
}

// tailEnd gives the end of an optional «-pre» and «+build» at i.
func tailEnd(s string, i int, loose bool) int {
	end := -1
	if i < len(s) && s[i] == '-' {
		end = identifiers(s, i+1, loose)
	}
	if end < 0 && loose {
		end = identifiers(s, i, loose)
	}
	if end < 0 {
		end = i
	}
	return build(s, end, maxIdentifier)
}
