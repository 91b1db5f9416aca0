package registry

import (
	"fmt"
	"time"
)

// maxVersions bounds how many versions one packument may have: a version of
// six bytes costs some hundred in memory. The public registry's largest have
// some 30,000.
const maxVersions = 200_000

// Decode reads a full packument. Odd values of single fields are left out, as
// npm leaves them; a text that is no JSON object is a *SyntaxError. registry
// is the base URL it came from.
func Decode(body []byte, registry string) (*Packument, error) {
	d := &decoder{
		scanner:  scanner{b: body},
		p:        &Packument{Registry: registry},
		room:     &room{left: maxWeight},
		strings:  map[string]string{},
		deps:     map[string]Deps{},
		chosen:   map[string]Deps{},
		people:   map[string][]Person{},
		lists:    map[string][]string{},
		places:   map[string]Repository{},
		licenses: map[string]string{},
		pubs:     map[string]*Publisher{},
	}
	if d.next() != '{' {
		return nil, d.fail("expected an object")
	}
	if err := d.members(d.topMember); err != nil {
		return nil, err
	}
	if d.next(); d.i != len(body) {
		return nil, d.fail("something after the document")
	}
	if d.p.Versions == nil {
		d.p.Versions = map[string]*Manifest{}
	}
	if d.p.DistTags == nil {
		d.p.DistTags = map[string]string{}
	}
	d.p.weight = maxWeight - d.room.left - d.room.passing
	return d.p, nil
}

// decoder builds a Packument while it scans. Its maps make equal texts one
// value: most versions repeat most of what the one before them said.
type decoder struct {
	scanner
	p        *Packument
	room     *room // for all that is kept; shared with the decoders of parts
	slab     []Manifest
	rare     Rare  // of the manifest being read
	lastRare *Rare // of the last that had any
	scratch  Deps
	strings  map[string]string
	deps     map[string]Deps // by the object's own text
	chosen   map[string]Deps // the same, of install scripts alone
	people   map[string][]Person
	read     int // manifests read, also those that a later one replaced
	lists    map[string][]string
	places   map[string]Repository
	licenses map[string]string
	pubs     map[string]*Publisher
}

func (d *decoder) topMember(key []byte) (err error) {
	p := d.p
	switch string(key) {
	case "name":
		p.Name, err = d.text()
	case "dist-tags":
		p.DistTags, err = d.tags()
	case "versions":
		p.Versions, p.Order, err = d.versions()
	case "time":
		err = d.times()
	case "maintainers":
		p.Maintainers, err = d.persons()
	case "repository":
		p.Repository, err = d.repository()
	case "stagedVersions":
		p.Staged, err = d.nestedVersions()
	case "policyRestrictions":
		p.Restricted, err = d.nestedVersions()
	default:
		err = d.skip()
	}
	return err
}

func (d *decoder) tags() (map[string]string, error) {
	tags := map[string]string{}
	err := d.each(func(key []byte) error {
		v, ok, err := d.optional()
		if !ok {
			delete(tags, string(key))
			return err
		}
		tags[d.intern(key)] = v
		return d.spend(perEntry)
	})
	return tags, err
}

// versions reads an object of manifests. The order is that of first mention,
// the value that of the last, as in a JavaScript object.
func (d *decoder) versions() (map[string]*Manifest, []string, error) {
	all := map[string]*Manifest{}
	var order []string
	err := d.each(func(key []byte) error {
		if d.read++; d.read > maxVersions {
			return d.fail(fmt.Sprintf("more than %d versions", maxVersions))
		}
		v := d.intern(key)
		if err := d.spend(perVersion); err != nil {
			return err
		}
		if d.next() != '{' {
			delete(all, v)
			return d.skip()
		}
		if _, seen := all[v]; !seen {
			order = append(order, v)
		}
		m, err := d.manifest()
		all[v] = m
		return err
	})
	return all, present(order, all), err
}

// present drops what a later, odd value under the same key took away, and
// what it then named twice.
func present(order []string, all map[string]*Manifest) []string {
	if len(order) == len(all) {
		return order
	}
	kept, seen := order[:0], map[string]bool{}
	for _, v := range order {
		if all[v] != nil && !seen[v] {
			seen[v] = true
			kept = append(kept, v)
		}
	}
	return kept
}

// nestedVersions reads {"versions": {…}}.
func (d *decoder) nestedVersions() (all map[string]*Manifest, err error) {
	err = d.each(func(key []byte) (err error) {
		if string(key) != "versions" {
			return d.skip()
		}
		all, _, err = d.versions()
		return err
	})
	return all, err
}

// times reads the publish times. Special keys go to fields of their own.
func (d *decoder) times() error {
	p := d.p
	p.Time, p.Untimed = map[string]time.Time{}, nil
	p.Created, p.Modified, p.Unpublished = time.Time{}, time.Time{}, time.Time{}
	return d.each(func(key []byte) error {
		if string(key) == "unpublished" {
			return d.unpublished()
		}
		raw, escaped, ok, err := d.rawString()
		if err != nil || !ok {
			return err
		}
		said := string(clean(raw, escaped))
		t, ok := parseTime(said)
		switch string(key) {
		case "created":
			p.Created = t
		case "modified":
			p.Modified = t
		default:
			p.setTime(d.intern(key), t, ok, said)
		}
		return d.spend(perEntry)
	})
}

// setTime takes down when a version was published, or that what is said of it
// is no time; of an empty text, that nothing is said.
func (p *Packument) setTime(version string, t time.Time, ok bool, said string) {
	delete(p.Time, version)
	delete(p.Untimed, version)
	switch {
	case ok:
		p.Time[version] = t
	case said != "":
		if p.Untimed == nil {
			p.Untimed = map[string]bool{}
		}
		p.Untimed[version] = true
	}
}

func (d *decoder) unpublished() error {
	d.p.Unpublished = time.Time{}
	return d.each(func(key []byte) error {
		if string(key) != "time" {
			return d.skip()
		}
		v, _, err := d.optional()
		if t, ok := parseTime(v); ok {
			d.p.Unpublished = t
		}
		return err
	})
}

// parseTime reads RFC 3339, and the few looser forms that old documents,
// mirrors and JavaScript have; without a zone it is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02", time.RFC1123, time.RFC1123Z,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
