package npmrc

import (
	"math"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// kind is what a value is in JavaScript.
type kind uint8

const (
	absent kind = iota
	str
	boolean
	null
	number
	list
	other // an object: of no use anywhere
)

// value is one setting's value. text is what String(value) gives.
type value struct {
	kind kind
	text string
	list []value
}

func numberValue(f float64) value {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return value{kind: number, text: strconv.FormatFloat(f, 'f', -1, 64)}
	}
	return value{kind: number, text: strconv.FormatFloat(f, 'g', -1, 64)}
}

// parseNumber reads what JavaScript's unary plus reads, but for hexadecimal and
// the like, which nobody writes into an .npmrc.
func parseNumber(s string) (value, bool) {
	s = trim(s)
	if s == "" {
		return numberValue(0), true
	}
	if strings.ContainsAny(s, "_xXpPnN") { // Go's own forms, Inf, NaN
		return value{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return numberValue(f), err == nil
}

// setting is the type that npm has for a key.
type setting struct {
	words                        []string // exact strings that are allowed
	str, boolean, number, date   bool
	path, url, array, null, nope bool // nope: the word false, not as a Boolean
}

// reader turns strings into values as npm does while it loads.
type reader struct {
	types map[string]setting
	env   map[string]string
	cwd   string
	home  string
}

// field is npm's reading of one value. expanded says that a variable was
// filled in.
func (r reader) field(v value, key string) (out value, expanded bool) {
	s := r.types[key]
	if v.kind == list {
		if !s.array {
			return v, false
		}
		l := value{kind: list}
		for _, e := range v.list {
			one, x := r.scalar(e, s)
			l.list = append(l.list, one)
			expanded = expanded || x
		}
		return l, expanded
	}
	if v.kind == str && s.array {
		l := value{kind: list}
		for _, e := range strings.Split(trim(v.text), "\n\n") {
			l.list = append(l.list, value{kind: str, text: e})
		}
		return r.field(l, key)
	}
	return r.scalar(v, s)
}

func (r reader) scalar(v value, s setting) (value, bool) {
	if v.kind != str {
		return v, false
	}
	v.text = trim(v.text)
	if s.boolean && !s.str && !s.path && v.text == "" {
		return value{kind: boolean, text: "true"}, false
	}
	if !s.str && !s.path && !s.number {
		if word := jsonWord(v); word.kind != str {
			return word, false
		}
		if v.text == "undefined" {
			return value{kind: null, text: "null"}, false
		}
	}
	text := expand(v.text, r.env)
	expanded := text != v.text
	v.text = text
	if s.path {
		v.text = r.resolve(v.text)
	}
	if s.number {
		if n, ok := parseNumber(v.text); ok {
			return n, expanded
		}
	}
	return v, expanded
}

// resolve makes a path absolute: ~/ is the home folder, anything else starts
// in the current one.
func (r reader) resolve(p string) string {
	if strings.HasPrefix(p, "~/") && r.home != "" {
		return filepath.Join(r.home, p[2:])
	}
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(r.cwd, p)
}

var variable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\\*)\$\{([^${}?]+)(\?)?\}`) })

// expand fills in ${NAME} and ${NAME?}: an unset one stays as it is, or with
// the question mark becomes nothing. An odd number of backslashes before it
// leaves it alone.
func expand(s string, env map[string]string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	return variable().ReplaceAllStringFunc(s, func(m string) string {
		part := variable().FindStringSubmatch(m)
		slashes := len(part[1])
		if slashes%2 == 1 {
			return m[(slashes+1)/2:]
		}
		v, set := env[part[2]]
		if !set {
			v = "${" + part[2] + "}"
			if part[3] != "" {
				v = ""
			}
		}
		return part[1][:slashes/2] + v
	})
}

// clean is npm's validation: what a setting cannot be falls away, and a lower
// layer's value shows.
func (r reader) clean(v value, key string) (value, bool) {
	s, known := r.types[key]
	if !known {
		return v, v.kind != other
	}
	all := v.list
	if v.kind != list {
		all = []value{v}
	}
	var kept []value
	for _, e := range all {
		if one, ok := s.accept(e); ok {
			kept = append(kept, one)
		}
	}
	switch {
	case v.kind == list && (len(kept) > 0 || s.array):
		return value{kind: list, list: kept}, true
	case len(kept) > 0:
		return kept[0], true
	}
	return value{}, false
}

func (s setting) accept(v value) (value, bool) {
	v = s.coerce(v)
	switch {
	case v.kind == list || v.kind == other || v.kind == absent:
		return v, false
	case v.kind == null && s.null:
		return v, true
	case v.kind == null && !s.str && !s.boolean:
		return v, false
	case v.kind == str && slices.Contains(s.words, v.text):
		return v, true
	case s.str:
		return value{kind: str, text: v.text}, true
	case s.boolean:
		return truth(v), true
	case s.nope && v.kind == boolean && v.text == "false":
		return v, true
	case s.number:
		return v, v.kind == number
	case s.path:
		return v, v.kind == str
	case s.url:
		href, ok := hrefOf(v.text)
		return value{kind: str, text: href}, ok
	}
	return v, s.date && v.kind == str
}

// coerce reads words and numbers out of strings.
func (s setting) coerce(v value) value {
	if v.kind == str {
		v.text = trim(v.text)
		word := jsonWord(v)
		switch {
		case word.kind == null && s.null:
			return word
		case word.kind == boolean && (s.boolean || s.nope && v.text == "false"):
			return word
		case s.number:
			if n, ok := parseNumber(v.text); ok {
				return n
			}
		}
	}
	if v.kind == boolean && v.text == "false" && s.null && !s.boolean && !s.nope {
		return value{kind: null, text: "null"}
	}
	return v
}

// truth is the Boolean that npm makes of a string.
func truth(v value) value {
	yes := v.text != "false" && v.text != "null" // null itself too
	if n, ok := parseNumber(v.text); ok && v.kind != boolean {
		yes = n.text != "0"
	}
	return value{kind: boolean, text: strconv.FormatBool(yes)}
}

// hrefOf writes a URL out in full; false for what has no host.
func hrefOf(s string) (string, bool) {
	u, err := url.Parse(trim(s))
	if err == nil && u.Opaque != "" {
		return trim(s), true // «host:port»: npm takes it here, and fails on it later
	}
	if err != nil || u.Host == "" {
		return "", false
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), true
}
