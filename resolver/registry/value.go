package registry

import (
	"strconv"
	"strings"
)

// each goes through an object's members. What is no object is passed over.
func (d *decoder) each(visit func(key []byte) error) error {
	if d.next() != '{' {
		return d.skip()
	}
	return d.members(visit)
}

// rawString passes one value and gives the text of a string.
func (d *decoder) rawString() (raw []byte, escaped, ok bool, err error) {
	if d.next() != '"' {
		return nil, false, false, d.skip()
	}
	raw, escaped, err = d.str()
	return raw, escaped, err == nil, err
}

// text reads a string that often comes again; "" for anything else.
func (d *decoder) text() (string, error) {
	s, _, err := d.optional()
	return s, err
}

func (d *decoder) optional() (string, bool, error) {
	raw, escaped, ok, err := d.rawString()
	if !ok {
		return "", false, err
	}
	return d.intern(clean(raw, escaped)), true, nil
}

// fresh reads a string that does not come again: a digest, a URL.
func (d *decoder) fresh() (string, error) {
	raw, escaped, _, err := d.rawString()
	return string(clean(raw, escaped)), err
}

// intern makes equal texts one string, apart from the document they stood in.
func (d *decoder) intern(b []byte) string {
	if s, ok := d.strings[string(b)]; ok {
		return s
	}
	s := string(clean(b, false))
	d.strings[s] = s
	return s
}

// truthy reads a value as JavaScript's Boolean() does.
func (d *decoder) truthy() (bool, error) {
	raw, err := d.raw()
	if err != nil {
		return false, err
	}
	switch string(raw) {
	case "false", "null", `""`, "0", "-0", "0.0":
		return false, nil
	}
	return true, nil
}

// boolean reads true and false; nil is anything else.
func (d *decoder) boolean() (*bool, error) {
	raw, err := d.raw()
	if err != nil || string(raw) != "true" && string(raw) != "false" {
		return nil, err
	}
	b := raw[0] == 't'
	return &b, nil
}

// count reads a number that counts something; 0 for anything else.
func (d *decoder) count() (int64, error) {
	raw, err := d.raw()
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f < 0 || f > 1<<53 {
		return 0, nil //nolint:nilerr // no count is no count
	}
	return int64(f), nil
}

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
	return all, err
}

func (d *decoder) readPairs(raw []byte, keep func(key []byte) bool) (Deps, error) {
	sub := &decoder{scanner: scanner{b: raw}, strings: d.strings}
	found := pairSet{all: d.scratch[:0]}
	err := sub.members(func(key []byte) error {
		if keep != nil && !keep(key) {
			return sub.skip()
		}
		name := sub.intern(key)
		v, err := sub.pairValue()
		found.put(name, v)
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

// list reads a string, or the strings of an array.
func (d *decoder) list() ([]string, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 || raw[0] != '[' && raw[0] != '"' {
		return nil, err
	}
	if l, ok := d.lists[string(raw)]; ok {
		return l, nil
	}
	sub := &decoder{scanner: scanner{b: raw}, strings: d.strings}
	var l []string
	one := func() error {
		v, ok, err := sub.optional()
		if ok {
			l = append(l, v)
		}
		return err
	}
	if raw[0] == '"' {
		err = one()
	} else {
		err = sub.elements(one)
	}
	d.lists[string(raw)] = l
	return l, err
}

// persons reads a list of {name, email} or of "name <email>".
func (d *decoder) persons() ([]Person, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 || raw[0] != '[' {
		return nil, err
	}
	if l, ok := d.people[string(raw)]; ok {
		return l, nil
	}
	sub := &decoder{scanner: scanner{b: raw}, strings: d.strings}
	var l []Person
	err = sub.elements(func() error {
		p, err := sub.person(nil)
		if p != (Person{}) {
			l = append(l, p)
		}
		return err
	})
	d.people[string(raw)] = l
	return l, err
}

// person reads one; other visits the members beside name and email.
func (d *decoder) person(other func(key []byte) error) (p Person, err error) {
	if d.next() == '"' {
		s, err := d.text()
		return parsePerson(s), err
	}
	err = d.each(func(key []byte) (err error) {
		switch string(key) {
		case "name":
			p.Name, err = d.text()
		case "email":
			p.Email, err = d.text()
		default:
			if other != nil {
				return other(key)
			}
			return d.skip()
		}
		return err
	})
	return p, err
}

// parsePerson reads "name <email> (url)".
func parsePerson(s string) Person {
	name, rest, _ := strings.Cut(s, "<")
	email, _, _ := strings.Cut(rest, ">")
	name, _, _ = strings.Cut(name, "(")
	return Person{Name: strings.TrimSpace(name), Email: strings.TrimSpace(email)}
}

// repository reads a URL, or {type, url, directory}.
func (d *decoder) repository() (Repository, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 {
		return Repository{}, err
	}
	if r, ok := d.places[string(raw)]; ok {
		return r, nil
	}
	sub := &decoder{scanner: scanner{b: raw}, strings: d.strings}
	var r Repository
	if raw[0] == '"' {
		r.URL, err = sub.text()
	} else {
		err = sub.each(func(key []byte) (err error) {
			switch string(key) {
			case "type":
				r.Type, err = sub.text()
			case "url":
				r.URL, err = sub.text()
			case "directory":
				r.Directory, err = sub.text()
			default:
				err = sub.skip()
			}
			return err
		})
	}
	d.places[string(raw)] = r
	return r, err
}
