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
	if len(raw) > maxText {
		err = d.tooLong()
	}
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
	s := d.intern(clean(raw, escaped))
	return s, true, d.spend(0)
}

// fresh reads a string that does not come again: a digest, a URL.
func (d *decoder) fresh() (string, error) {
	raw, escaped, ok, err := d.rawString()
	if !ok {
		return "", err
	}
	return string(clean(raw, escaped)), d.spend(len(raw))
}

// intern makes equal texts one string, apart from the document they stood in.
func (d *decoder) intern(b []byte) string {
	if s, ok := d.strings[string(b)]; ok {
		return s
	}
	s := string(clean(b, false))
	d.strings[s] = s
	d.room.left, d.room.passing = d.room.left-len(s)-perEntry, d.room.passing+perEntry-16
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

// list reads a string, or the strings of an array.
func (d *decoder) list() ([]string, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 || raw[0] != '[' && raw[0] != '"' || string(raw) == `""` {
		return nil, err
	}
	if l, ok := d.lists[string(raw)]; ok {
		return l, nil
	}
	sub := d.part(raw)
	var l []string
	one := func() error {
		v, ok, err := sub.optional()
		if ok {
			l = append(l, v)
		}
		if err == nil {
			err = sub.few(len(l))
		}
		return err
	}
	if raw[0] == '"' {
		err = one()
	} else {
		err = sub.elements(one)
	}
	d.lists[string(raw)] = l
	if err != nil {
		return nil, err
	}
	return l, d.keepText(raw, len(l))
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
	sub := d.part(raw)
	var l []Person
	err = sub.elements(func() error {
		p, err := sub.person(nil)
		if p != (Person{}) {
			l = append(l, p)
		}
		if err == nil {
			err = sub.few(len(l))
		}
		return err
	})
	d.people[string(raw)] = l
	if err != nil {
		return nil, err
	}
	return l, d.keepText(raw, len(l))
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
	sub := d.part(raw)
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
	if err != nil {
		return r, err
	}
	return r, d.keepText(raw, 1)
}
