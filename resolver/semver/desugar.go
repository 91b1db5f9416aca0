package semver

import (
	"strconv"
	"strings"
)

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
