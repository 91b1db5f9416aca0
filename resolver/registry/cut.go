package registry

import (
	"bytes"
	"encoding/json"
)

// Media types of the two forms of a packument.
const (
	TypeFull        = "application/json"
	TypeAbbreviated = "application/vnd.npm.install-v1+json"
)

// Cutting says what Cut leaves of a packument.
type Cutting struct {
	// Full leaves all members; otherwise what abbreviated documents have.
	Full bool
	// Fields are the members of a version that an abbreviated document has;
	// nil are the usual ones.
	Fields map[string]bool
	// Keep chooses among the versions; nil keeps all.
	Keep func(version string) bool
	// Tarball gives the address to stand in dist.tarball; nil leaves it. With it
	// there is no other: _resolved is left out.
	Tarball func(version, tarball string) string
}

// abbreviated are the members of a version that an installer asks for.
var abbreviated = [...]string{
	"name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
	"bundleDependencies", "bundledDependencies", "peerDependencies", "peerDependenciesMeta",
	"acceptDependencies", "bin", "directories", "dist", "engines", "os", "cpu", "libc",
	"hasInstallScript", "_hasShrinkwrap", "funding",
}

// Cut makes a smaller packument of a whole one. What it keeps it keeps byte for
// byte; of members that stand twice the last is kept, as JSON.parse would.
func Cut(body []byte, c Cutting) ([]byte, error) {
	s := &scanner{b: body}
	if s.next() != '{' {
		return nil, s.fail("expected an object")
	}
	top, err := s.object()
	if err != nil {
		return nil, err
	}
	if s.next(); s.i != len(body) {
		return nil, s.fail("something after the document")
	}
	w := &writer{}
	w.buf.Grow(len(body) / 4)
	w.open()
	for _, m := range top {
		w.top(m, c)
	}
	w.close()
	return w.buf.Bytes(), nil
}

// member is one of an object: its name, and the text of its value.
type member struct {
	key  string
	text []byte
}

// object passes an object and gives its members, each name once.
func (s *scanner) object() ([]member, error) {
	var all []member
	at := map[string]int{}
	err := s.members(func(key []byte) error {
		text, err := s.raw()
		m := member{key: string(key), text: text}
		if i, seen := at[m.key]; seen {
			all[i] = m
			return err
		}
		at[m.key] = len(all)
		all = append(all, m)
		return err
	})
	return all, err
}

// objectOf is the members of a text that has been passed already; none of what
// is no object.
func objectOf(text []byte) []member {
	s := &scanner{b: text}
	if s.next() != '{' {
		return nil
	}
	all, err := s.object()
	if err != nil {
		return nil
	}
	return all
}

func find(all []member, key string) []byte {
	for _, m := range all {
		if m.key == key {
			return m.text
		}
	}
	return nil
}

// writer puts JSON objects together.
type writer struct {
	buf   bytes.Buffer
	first bool
}

func (w *writer) open()  { w.buf.WriteByte('{'); w.first = true }
func (w *writer) close() { w.buf.WriteByte('}'); w.first = false }

func (w *writer) key(key string) {
	if !w.first {
		w.buf.WriteByte(',')
	}
	w.first = false
	w.buf.Write(quoted(key))
	w.buf.WriteByte(':')
}

func (w *writer) put(key string, text []byte) {
	w.key(key)
	w.buf.Write(text)
}

func quoted(s string) []byte {
	q, _ := json.Marshal(s) // a string always can be
	return q
}

func (w *writer) top(m member, c Cutting) {
	switch {
	case m.key == "versions":
		w.key(m.key)
		w.versions(m.text, c)
	case m.key == "time" && !c.Full:
		if modified := find(objectOf(m.text), "modified"); modified != nil {
			w.put("modified", modified)
		}
	case c.Full, m.key == "name", m.key == "dist-tags", m.key == "stagedVersions", m.key == "policyRestrictions":
		w.put(m.key, m.text)
	}
}

func (w *writer) versions(text []byte, c Cutting) {
	w.open()
	for _, v := range objectOf(text) {
		if v.text[0] != '{' || c.Keep != nil && !c.Keep(v.key) {
			continue
		}
		w.key(v.key)
		w.version(v, c)
	}
	w.close()
}

func (w *writer) version(v member, c Cutting) {
	all := objectOf(v.text)
	w.open()
	for _, m := range all {
		switch {
		case !c.Full && (!c.shows(m.key) || isEmpty(m.text)):
		case m.key == "_resolved" && c.Tarball != nil: // counts for npm where there is no other address
		case m.key == "dist" && c.Tarball != nil:
			w.key(m.key)
			w.dist(m.text, v.key, c)
		default:
			w.put(m.key, m.text)
		}
	}
	if !c.Full && find(all, "hasInstallScript") == nil && runsAtInstall(find(all, "scripts")) {
		w.put("hasInstallScript", []byte("true"))
	}
	w.close()
}

// isEmpty tells the values that abbreviated documents leave out.
func isEmpty(text []byte) bool {
	switch string(text) {
	case "null", "false", `""`, "{}", "[]", "0":
		return true
	}
	return false
}

func (c Cutting) shows(key string) bool {
	if c.Fields != nil {
		return c.Fields[key]
	}
	for _, k := range abbreviated {
		if k == key {
			return true
		}
	}
	return false
}

// runsAtInstall is how the registry fills hasInstallScript in.
func runsAtInstall(scripts []byte) bool {
	for _, m := range objectOf(scripts) {
		switch m.key {
		case "preinstall", "install", "postinstall":
			return true
		}
	}
	return false
}

func (w *writer) dist(text []byte, version string, c Cutting) {
	if len(text) == 0 || text[0] != '{' {
		w.buf.Write(text)
		return
	}
	w.open()
	for _, m := range objectOf(text) {
		d := decoder{scanner: scanner{b: m.text}, strings: map[string]string{}, room: &room{left: maxWeight}}
		if url, ok, _ := d.optional(); m.key == "tarball" && ok {
			w.put(m.key, quoted(c.Tarball(version, url)))
			continue
		}
		w.put(m.key, m.text)
	}
	w.close()
}
