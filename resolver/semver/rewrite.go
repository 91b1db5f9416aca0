package semver

import "strings"

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
