package lockfile

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// A file with git's conflict markers is put together as npm does it: what ours
// changed since the common text is done to theirs.

// merge reads a text with conflict markers.
func (d *document) merge(at int) (value, error) {
	parent, ours, theirs := splitConflict(string(d.data))
	var sides [3]value
	for i, text := range [3]string{parent, ours, theirs} {
		side := &document{file: d.file, data: []byte(text)}
		v, err := side.plain()
		if err == nil && v.kind != '{' {
			err = &ParseError{Line: 1, Reason: "no JSON object"}
		}
		if err != nil {
			return value{}, &ParseError{File: d.file, Line: d.line(at), Conflict: true,
				Reason: "git merge conflict whose sides are no JSON (line " + strconv.Itoa(lineOf(err)) + ")"}
		}
		if i > 0 {
			d.notes = append(d.notes, side.notes...)
		}
		sides[i] = v
	}
	d.note(at, "", "git merge conflict: both sides put together, as npm does")
	m := &merger{}
	m.diff(&sides[0], &sides[1], nil, nil)
	slices.Reverse(m.removes)
	for _, e := range slices.Concat(m.removes, m.replaces, m.adds) {
		if !e.apply(&sides[2], &sides[1]) {
			return value{}, &ParseError{File: d.file, Line: d.line(at), Conflict: true,
				Reason: "git merge conflict inside a list, at " + strings.Join(e.path, " › ")}
		}
	}
	return sides[2], nil
}

func lineOf(err error) int {
	var p *ParseError
	if errors.As(err, &p) {
		return p.Line
	}
	return 0
}

// splitConflict gives the three texts; lines that are not of one are blank in
// it, so that everything stays where it is.
func splitConflict(text string) (parent, ours, theirs string) {
	var b [3]strings.Builder
	in := [3]bool{true, true, true}
	for _, line := range strings.Split(text, "\n") {
		mark := true
		switch {
		case strings.Contains(line, "|||||||"):
			in = [3]bool{true, false, false}
		case strings.Contains(line, "<<<<<<<"):
			in = [3]bool{false, true, false}
		case strings.Contains(line, "======="):
			in = [3]bool{false, false, true}
		case strings.Contains(line, ">>>>>>>"):
			in = [3]bool{true, true, true}
		default:
			mark = false
		}
		for i := range b {
			line := line
			if !in[i] || mark {
				line = strings.Repeat(" ", len(line))
			}
			b[i].WriteString(line)
			b[i].WriteByte('\n')
		}
	}
	return b[0].String(), b[1].String(), b[2].String()
}

// edit is one change: at path the value to set, or nil to remove.
type edit struct {
	path    []string
	set     *value
	replace bool // something must be there
}

type merger struct{ removes, replaces, adds []edit }

// diff records what makes b of a. removal is the path as it is before any
// element of an array is taken out.
func (m *merger) diff(a, b *value, path, removal []string) {
	if a.kind == '[' && len(a.items) > len(b.items) && !trimsRight(a, b) {
		delta := len(a.items) - len(b.items)
		for i := range delta {
			m.remove(removal, strconv.Itoa(i))
		}
		for i := range b.items {
			m.change(&a.items[i+delta], &b.items[i], join(path, strconv.Itoa(i)), join(path, strconv.Itoa(i+delta)))
		}
		return
	}
	for _, k := range a.keys() {
		if b.child(k) == nil {
			m.remove(removal, k)
		}
	}
	for _, k := range b.keys() {
		to := join(path, k)
		if from := a.child(k); from != nil {
			m.change(from, b.child(k), to, to)
		} else {
			m.adds = append(m.adds, edit{path: to, set: b.child(k)})
		}
	}
}

func (m *merger) change(a, b *value, path, removal []string) {
	switch {
	case a.kind == b.kind && (a.kind == '{' || a.kind == '['):
		m.diff(a, b, path, removal)
	case a.kind != b.kind || a.text != b.text:
		m.replaces = append(m.replaces, edit{path: path, set: b, replace: true})
	}
}

func (m *merger) remove(path []string, key string) {
	m.removes = append(m.removes, edit{path: join(path, key), replace: true})
}

func join(path []string, key string) []string {
	return append(append(make([]string, 0, len(path)+1), path...), key)
}

// trimsRight says whether an array lost its end rather than its beginning.
func trimsRight(a, b *value) bool {
	delta, left, right := len(a.items)-len(b.items), 0, 0
	for left < len(b.items) && a.items[left].same(&b.items[left]) {
		left++
	}
	// npm begins one past the end, where both are undefined only for the last.
	for j := len(b.items); j > 0; j-- {
		if j == len(b.items) && j+delta == len(a.items) || j < len(b.items) && a.items[j+delta].same(&b.items[j]) {
			right++
			continue
		}
		break
	}
	return left >= right
}

// same compares as JavaScript's String() does; all objects are alike.
func (v *value) same(o *value) bool { return v.plainText() == o.plainText() }

func (v *value) plainText() string {
	switch v.kind {
	case '{':
		return "[object Object]"
	case '[':
		parts := make([]string, len(v.items))
		for i := range v.items {
			if v.items[i].kind != 'n' {
				parts[i] = v.items[i].plainText()
			}
		}
		return strings.Join(parts, ",")
	}
	return v.text
}

func (v *value) keys() []string {
	var out []string
	for i := range v.members {
		out = append(out, v.members[i].name)
	}
	for i := range v.items {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

// child gives a member or element, nil for none.
func (v *value) child(key string) *value {
	if v.kind == '[' {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(v.items) {
			return nil
		}
		return &v.items[i]
	}
	for i := range v.members {
		if v.members[i].name == key {
			return &v.members[i].value
		}
	}
	return nil
}

func (v *value) put(key string, to value) {
	if c := v.child(key); c != nil {
		*c = to
		return
	}
	if v.kind == '{' {
		v.members = append(v.members, member{key, to})
		return
	}
	i, err := strconv.Atoi(key)
	if err != nil || i > len(v.items)+1000 {
		return
	}
	for len(v.items) < i {
		v.items = append(v.items, value{kind: 'n', text: "null"})
	}
	v.items = append(v.items, to)
}

func (v *value) drop(key string) {
	if v.kind == '[' {
		i, _ := strconv.Atoi(key)
		v.items = append(append([]value{}, v.items[:i]...), v.items[i+1:]...)
		return
	}
	for i := range v.members {
		if v.members[i].name == key {
			v.members = append(append([]member{}, v.members[:i]...), v.members[i+1:]...)
			return
		}
	}
}
