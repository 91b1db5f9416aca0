package lockfile

import (
	"slices"
	"strings"
)

// apply makes the change in theirs; where theirs has moved on, what ours has at
// that path is taken over. It gives up, false, where that is inside a list:
// what npm makes of those depends on how it happens to share them.
func (e edit) apply(theirs, ours *value) bool {
	if slices.ContainsFunc(e.path, everyObjectHas) || e.done(theirs) {
		return true
	}
	return takeOver(theirs, ours, e.path)
}

func (e edit) done(at *value) bool {
	last := len(e.path) - 1
	if e.path[last] == "prototype" {
		return false
	}
	for _, k := range e.path[:last] {
		if k == "prototype" || at.kind != '{' && at.kind != '[' {
			return false
		}
		if at.child(k) == nil {
			at.put(k, value{kind: '{'})
		}
		if at = at.child(k); at == nil {
			return false
		}
	}
	key := e.path[last]
	if !e.replace && strings.IndexByte(`"0tf`, at.kind) >= 0 {
		return true // adding to text or a number does nothing, and does not fail
	}
	if at.kind != '{' && at.kind != '[' || e.replace && at.child(key) == nil {
		return false
	}
	if e.set == nil {
		at.drop(key)
	} else {
		at.put(key, *e.set)
	}
	return true
}

func takeOver(to, from *value, path []string) bool {
	for i, k := range path {
		t, f := to.child(k), from.child(k)
		if to.kind == '[' || t != nil && t.kind == '[' || f != nil && f.kind == '[' {
			return false
		}
		if t != nil && f != nil && t.kind == '{' && f.kind == '{' && i < len(path)-1 {
			to, from = t, f
			continue
		}
		switch {
		case f != nil:
			to.put(k, *f)
		case t != nil:
			to.drop(k)
		}
		return true
	}
	return true
}

// everyObjectHas are names that npm does not merge.
func everyObjectHas(k string) bool {
	switch k {
	case "constructor", "__proto__", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
		"toString", "valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__":
		return true
	}
	return false
}
