package semver

import (
	"strconv"
	"strings"
)

// npm reads a range by rewriting its text step by step down to plain
// comparators. The steps are kept, because what a sloppy range means falls out
// of their order; each is a scan here, none is a regular expression.

// collapse trims, and makes every run of white space one blank.
func collapse(s string) string {
	if !strings.ContainsFunc(s, jsSpace) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, jsSpace), " ")
}

// stripBuilds takes out every «+build».
func stripBuilds(s string) string {
	i := strings.IndexByte(s, '+')
	if i < 0 {
		return s
	}
	var b strings.Builder
	last := 0
	for ; i < len(s); i++ {
		if end := build(s, i, 0); end > i {
			b.WriteString(s[last:i])
			last, i = end, end-1
		}
	}
	b.WriteString(s[last:])
	return b.String()
}

// stripBuild takes out the first «+build».
func stripBuild(s string) string {
	for i := 0; i < len(s); i++ {
		if end := build(s, i, maxIdentifier); end > i {
			return s[:i] + s[end:]
		}
	}
	return s
}

// hyphen rewrites «A - B»; any other text is given back.
func hyphen(s string, o Options) string {
	i := strings.Index(s, " - ")
	if i < 0 {
		return s
	}
	from := strings.TrimPrefix(s[:i], " ")
	to := strings.TrimSuffix(s[i+3:], " ")
	f, ok := partial(from, o.Loose)
	if !ok {
		return s
	}
	t, ok := partial(to, o.Loose)
	if !ok {
		return s
	}
	return trim(hyphenLow(from, f, o) + " " + hyphenHigh(to, t, o))
}

func hyphenLow(from string, p parts, o Options) string {
	z := zero(o.IncludePrerelease)
	switch {
	case isX(p.major):
		return ""
	case isX(p.minor):
		return ">=" + p.major + ".0.0" + z
	case isX(p.patch):
		return ">=" + p.major + "." + p.minor + ".0" + z
	case p.pre != "":
		return ">=" + from
	}
	return ">=" + from + z
}

func hyphenHigh(to string, p parts, o Options) string {
	switch {
	case isX(p.major):
		return ""
	case isX(p.minor):
		return "<" + next(p.major) + ".0.0-0"
	case isX(p.patch):
		return "<" + p.major + "." + next(p.minor) + ".0-0"
	case p.pre != "":
		return "<=" + p.major + "." + p.minor + "." + p.patch + "-" + p.pre
	case o.IncludePrerelease:
		return "<" + p.major + "." + p.minor + "." + next(p.patch) + "-0"
	}
	return "<=" + to
}

// trimOperators takes out the blank between an operator and its version.
func trimOperators(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	var b strings.Builder
	last := 0
	for i := 0; i < len(s); {
		blank, end := operatorAt(s, i)
		if end < 0 {
			i = skipFailed(s, i)
			continue
		}
		if blank >= 0 {
			b.WriteString(s[last:blank])
			last = blank + 1
		}
		i = end
	}
	b.WriteString(s[last:])
	return b.String()
}

// operatorAt matches «blank? operator? blank? version» at i. It gives where
// the second blank is, or -1, and the end of it all, or -1 for no match.
func operatorAt(s string, i int) (blank, end int) {
	j := i
	if s[j] == ' ' {
		j++
	}
	j = operator(s, j)
	blank = -1
	if j < len(s) && s[j] == ' ' {
		blank = j
		j++
	}
	return blank, someVersion(s, j)
}

// skipFailed gives where to look next after no match at i: a run of v, = and
// blanks that leads to no version leads to none from its middle either.
func skipFailed(s string, i int) int {
	if end := prefix(s, i); end > i {
		return end
	}
	return i + 1
}

// trimSign takes out the blank after «~», «~>» or «^».
func trimSign(s string, sign byte) string {
	if strings.IndexByte(s, sign) < 0 || !strings.Contains(s, " ") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] != sign {
			continue
		}
		j := i + 1
		if sign == '~' && j < len(s) && s[j] == '>' {
			j++
		}
		if j < len(s) && s[j] == ' ' {
			i = j
		}
	}
	return b.String()
}

// caret rewrites «^…»; ok is false for any other text.
func caret(s string, o Options) (string, bool) {
	if !strings.HasPrefix(s, "^") {
		return "", false
	}
	p, ok := partial(s[1:], o.Loose)
	if !ok {
		return "", false
	}
	z := zero(o.IncludePrerelease)
	switch {
	case isX(p.major):
		return "", true
	case isX(p.minor):
		return ">=" + p.major + ".0.0" + z + " <" + next(p.major) + ".0.0-0", true
	case isX(p.patch):
		high := next(p.major) + ".0"
		if p.major == "0" {
			high = p.major + "." + next(p.minor)
		}
		return ">=" + p.major + "." + p.minor + ".0" + z + " <" + high + ".0-0", true
	}
	low := p.major + "." + p.minor + "." + p.patch
	if p.pre != "" {
		low += "-" + p.pre
	} else if o.Before78 && p.major == "0" {
		low += z
	}
	return ">=" + low + " <" + caretHigh(p) + "-0", true
}

func caretHigh(p parts) string {
	switch {
	case p.major != "0":
		return next(p.major) + ".0.0"
	case p.minor != "0":
		return p.major + "." + next(p.minor) + ".0"
	}
	return p.major + "." + p.minor + "." + next(p.patch)
}

// tilde rewrites «~…» and «~>…»; ok is false for any other text.
func tilde(s string, o Options) (string, bool) {
	if !strings.HasPrefix(s, "~") {
		return "", false
	}
	p, ok := partial(strings.TrimPrefix(s[1:], ">"), o.Loose)
	if !ok {
		return "", false
	}
	z := zero(o.IncludePrerelease && !o.Before78)
	switch {
	case isX(p.major):
		return "", true
	case isX(p.minor):
		return ">=" + p.major + ".0.0" + z + " <" + next(p.major) + ".0.0-0", true
	}
	high := " <" + p.major + "." + next(p.minor) + ".0-0"
	if isX(p.patch) {
		return ">=" + p.major + "." + p.minor + ".0" + z + high, true
	}
	low := p.major + "." + p.minor + "." + p.patch
	if p.pre != "" {
		low += "-" + p.pre
	}
	return ">=" + low + high, true
}

// xrange rewrites «1.x», «>=1.2», «*»; text without an x is given back.
func xrange(s string, o Options) string {
	end := operator(s, 0)
	op := s[:end]
	p, ok := partial(s[end:], o.Loose)
	if !ok || !o.Before78 && outOfOrder(p) {
		return s
	}
	if !isX(p.major) && !isX(p.minor) && !isX(p.patch) {
		return s
	}
	z := zero(o.IncludePrerelease)
	switch {
	case isX(p.major) && (op == ">" || op == "<"):
		return "<0.0.0-0"
	case isX(p.major):
		return "*"
	case op != "" && op != "=":
		return xbound(op, p, z)
	case isX(p.minor):
		return ">=" + p.major + ".0.0" + z + " <" + next(p.major) + ".0.0-0"
	}
	return ">=" + p.major + "." + p.minor + ".0" + z + " <" + p.major + "." + next(p.minor) + ".0-0"
}

// xbound rewrites an operator before a partial version.
func xbound(op string, p parts, z string) string {
	major, minor := p.major, p.minor
	if isX(minor) {
		minor = "0"
	}
	if op == ">" || op == "<=" {
		if isX(p.minor) {
			major = next(major)
		} else {
			minor = next(minor)
		}
		if op == "<=" {
			op = "<"
		} else {
			op = ">="
		}
	}
	if op == "<" {
		z = "-0"
	}
	return op + major + "." + minor + ".0" + z
}

// outOfOrder is a number after an x: «x.1», «1.x.2».
func outOfOrder(p parts) bool {
	return isX(p.major) && !isX(p.minor) || isX(p.minor) && p.patch != "" && !isX(p.patch)
}

// star takes out the first «*» with the operator before it.
func star(s string) string {
	k := strings.IndexByte(s, '*')
	if k < 0 {
		return s
	}
	j := k
	if j > 0 && s[j-1] == '=' {
		j--
	}
	if j > 0 && (s[j-1] == '<' || s[j-1] == '>') {
		j--
	}
	return s[:j] + s[k+1:]
}

func isX(s string) bool { return s == "" || s == "x" || s == "X" || s == "*" }

func zero(yes bool) string {
	if yes {
		return "-0"
	}
	return ""
}

// next is n+1 as JavaScript computes and prints it.
func next(n string) string {
	if len(n) <= 15 {
		u, _ := strconv.ParseUint(n, 10, 64)
		return strconv.FormatUint(u+1, 10)
	}
	f, _ := strconv.ParseFloat(n, 64)
	if f++; f >= 1e21 {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
