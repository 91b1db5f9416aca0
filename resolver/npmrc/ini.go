package npmrc

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// pair is one setting of a file, in its order. A section or another thing that
// is no setting is left out.
type pair struct {
	key   string
	value value
}

// parseINI reads a file as npm's ini parser does, and tells the lines that it
// could make nothing of.
func parseINI(text string) (all []pair, bad []string) {
	p := iniParser{at: map[string]int{}}
	for n, line := range strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), isBreak) {
		if reason := p.line(line); reason != "" {
			bad = append(bad, fmt.Sprintf("line %d (blank ones not counted): %s", n+1, reason))
		}
	}
	return p.all, bad
}

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// isSpace is JavaScript's white space.
func isSpace(r rune) bool { return r == '\uFEFF' || r != '\u0085' && unicode.IsSpace(r) }

func trim(s string) string { return strings.TrimFunc(s, isSpace) }

type iniParser struct {
	all       []pair
	at        map[string]int
	inSection bool
}

func (p *iniParser) line(line string) (bad string) {
	start := strings.TrimLeftFunc(line, isSpace)
	if start == "" || start[0] == ';' || start[0] == '#' {
		return ""
	}
	if line[0] == '[' {
		if i := strings.IndexByte(line, ']'); i > 0 && trim(line[i+1:]) == "" {
			p.inSection = true
			return "a section: npm takes nothing from it"
		}
	}
	left, right, assigned := strings.Cut(line, "=")
	if left == "" {
		return "no name before the ="
	}
	if p.inSection {
		return ""
	}
	v := value{kind: boolean, text: "true"}
	if assigned {
		v = jsonWord(unquote(right))
	}
	p.set(unquote(left).text, v)
	return ""
}

// jsonWord turns the words true, false and null into what they mean.
func jsonWord(v value) value {
	if v.kind != str {
		return v
	}
	switch v.text {
	case "true", "false":
		v.kind = boolean
	case "null":
		v.kind = null
	}
	return v
}

func (p *iniParser) set(key string, v value) {
	name, isList := key, false
	if len(key) > 2 && strings.HasSuffix(key, "[]") {
		name, isList = key[:len(key)-2], true
	}
	if name == "__proto__" {
		return
	}
	i, seen := p.at[name]
	if !seen {
		i = len(p.all)
		p.at[name] = i
		p.all = append(p.all, pair{key: name})
		if isList {
			p.all[i].value = value{kind: list}
		}
	} else if isList && p.all[i].value.kind != list {
		p.all[i].value = value{kind: list, list: []value{p.all[i].value}}
	}
	if old := &p.all[i].value; old.kind == list {
		old.list = append(old.list, v)
		return
	}
	p.all[i].value = v
}

// unquote resolves quotes, escapes and a comment at the end.
func unquote(s string) value {
	s = trim(s)
	if len(s) > 0 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		if s[0] == '\'' {
			s = s[1:max(len(s)-1, 1)]
		}
		return fromJSON(s)
	}
	var out strings.Builder
	escaped := false
	for _, c := range s {
		switch {
		case escaped:
			if c != '\\' && c != ';' && c != '#' {
				out.WriteByte('\\')
			}
			out.WriteRune(c)
			escaped = false
		case c == ';' || c == '#':
			return value{kind: str, text: trim(out.String())}
		case c == '\\':
			escaped = true
		default:
			out.WriteRune(c)
		}
	}
	if escaped {
		out.WriteByte('\\')
	}
	return value{kind: str, text: trim(out.String())}
}

// fromJSON reads a quoted value as JSON; what is none stays as it is.
func fromJSON(s string) value {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return value{kind: str, text: s}
	}
	return fromAny(v)
}

func fromAny(v any) value {
	switch v := v.(type) {
	case string:
		return value{kind: str, text: v}
	case bool:
		return value{kind: boolean, text: fmt.Sprint(v)}
	case nil:
		return value{kind: null, text: "null"}
	case float64:
		return numberValue(v)
	case []any:
		l := value{kind: list}
		for _, e := range v {
			l.list = append(l.list, fromAny(e))
		}
		return l
	}
	return value{kind: other}
}
