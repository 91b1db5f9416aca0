package registry

import (
	"strconv"
	"strings"
)

// pairs reads an object of strings in its order; keep chooses among the keys.
// A value that is no string stays as its JSON text, so that whoever resolves
// it sees that something odd is asked for.
func (d *decoder) pairs(keep func(key []byte) bool) (Deps, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 || raw[0] != '{' {
		return nil, err
	}
	known := d.deps
	if keep != nil {
		known = d.chosen
	}
	if all, ok := known[string(raw)]; ok {
		return all, nil
	}
	all, err := d.readPairs(raw, keep)
	known[string(raw)] = all
	if err != nil {
		return nil, err
	}
	return all, d.keepText(raw, len(all))
}

// asked reads dependencies. npm takes a list of them for an object, and a text
// for a list of its letters, unless it is to be an object: the place is the name.
func (d *decoder) asked(object bool) (Deps, error) {
	raw := d.next()
	if raw != '[' && (raw != '"' || object) {
		return d.pairs(nil)
	}
	list, err := d.list()
	if raw == '"' && len(list) > 0 {
		list = strings.Split(list[0], "")
	}
	if err == nil {
		err = d.few(len(list))
	}
	if len(list) == 0 {
		return nil, err
	}
	out := make(Deps, 0, len(list))
	for i, v := range list {
		out = append(out, Dep{Name: strconv.Itoa(i), Value: v})
	}
	return out, err
}

func (d *decoder) readPairs(raw []byte, keep func(key []byte) bool) (Deps, error) {
	sub := d.part(raw)
	found := pairSet{all: d.scratch[:0]}
	err := sub.members(func(key []byte) error {
		if keep != nil && !keep(key) {
			return sub.skip()
		}
		name := sub.intern(key)
		v, err := sub.pairValue()
		found.put(name, v)
		if err == nil {
			err = sub.few(len(found.all))
		}
		return err
	})
	d.scratch = found.all
	return append(Deps(nil), found.all...), err // to size: it is kept for long
}

// pairSet collects pairs, each name once, in the place of its first mention.
type pairSet struct {
	all Deps
	at  map[string]int // only where there are many
}

// manyPairs is from where on a map finds a name sooner than a walk.
const manyPairs = 32

func (s *pairSet) put(name, v string) {
	if i := s.find(name); i >= 0 {
		s.all[i].Value = v
		return
	}
	if s.at != nil {
		s.at[name] = len(s.all)
	}
	s.all = append(s.all, Dep{Name: name, Value: v})
	if s.at == nil && len(s.all) > manyPairs {
		s.at = make(map[string]int, 2*manyPairs)
		for i, e := range s.all {
			s.at[e.Name] = i
		}
	}
}

func (s *pairSet) find(name string) int {
	if s.at != nil {
		if i, ok := s.at[name]; ok {
			return i
		}
		return -1
	}
	for i, e := range s.all {
		if e.Name == name {
			return i
		}
	}
	return -1
}

func (d *decoder) pairValue() (string, error) {
	if d.next() == '"' {
		return d.text()
	}
	raw, err := d.raw()
	if len(raw) > 64 {
		raw = raw[:64]
	}
	return d.intern(raw), err
}
