package lockfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// value is JSON as it was written: members in order, the last of equal names
// winning in the place of the first, and where each began.
type value struct {
	kind    byte // jsontext's: { [ " 0 t f n
	text    string
	members []member
	items   []value
	offset  int
}

type member struct {
	name string
	value
}

// document is a text being read.
type document struct {
	file   string
	data   []byte
	notes  []Note
	lines  lineIndex
	values int // read so far
	depth  int
}

// Bounds of what one file may hold; a lockfile of 20,000 packages has half a
// million values. Two bytes of text can be eighty in memory.
const (
	maxBytes  = 64 << 20
	maxValues = 4_000_000
	maxDepth  = 1_000
	maxPath   = 1 << 10 // bytes of what notes name
)

// parse reads the whole text. Its error is a *ParseError.
func (d *document) parse() (value, error) {
	d.data = bytes.TrimPrefix(d.data, []byte("\ufeff"))
	if at := conflictAt(d.data); at >= 0 {
		return d.merge(at)
	}
	return d.plain()
}

// plain reads a text without conflict markers.
func (d *document) plain() (value, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(d.data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := d.read(dec, "")
	if err == nil {
		if _, end := dec.ReadToken(); !errors.Is(end, io.EOF) {
			err = fmt.Errorf("text after the end of the document")
		}
	}
	if err != nil {
		return value{}, d.broken(dec, err)
	}
	return v, nil
}

func (d *document) broken(dec *jsontext.Decoder, err error) error {
	offset, reason := int(dec.InputOffset()), err.Error()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		offset, reason = int(syntax.ByteOffset), "bad JSON"
		if syntax.Err != nil {
			reason = strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
		}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		reason = "the text ends too early"
	}
	return &ParseError{File: d.file, Line: d.line(offset), Reason: reason}
}

func (d *document) read(dec *jsontext.Decoder, path string) (value, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return value{}, err
	}
	v := value{kind: byte(tok.Kind()), offset: int(dec.InputOffset())}
	if d.values++; d.values > maxValues {
		return value{}, fmt.Errorf("more than %d values", maxValues)
	}
	if d.depth++; d.depth > maxDepth {
		return value{}, errors.New("nested too deep")
	}
	defer func() { d.depth-- }()
	switch v.kind {
	case '{':
		return d.readObject(dec, v, path)
	case '[':
		for dec.PeekKind() != ']' {
			item, err := d.read(dec, path)
			if err != nil {
				return value{}, err
			}
			v.items = append(v.items, item)
		}
		_, err = dec.ReadToken()
	default:
		v.text = tok.String()
	}
	return v, err
}

func (d *document) readObject(dec *jsontext.Decoder, v value, path string) (value, error) {
	seen := map[string]int{}
	for dec.PeekKind() != '}' {
		tok, err := dec.ReadToken()
		if err != nil {
			return value{}, err
		}
		name, at := tok.String(), int(dec.InputOffset())
		inner := name
		if len(path) > maxPath {
			inner = path
		} else if path != "" {
			inner = path + " › " + name
		}
		m, err := d.read(dec, inner)
		if err != nil {
			return value{}, err
		}
		m.offset = at
		if i, ok := seen[name]; ok {
			d.note(at, inner, "given twice: the last one counts")
			v.members[i].value = m
			continue
		}
		seen[name] = len(v.members)
		v.members = append(v.members, member{name, m})
	}
	_, err := dec.ReadToken()
	return v, err
}

// maxNotes bounds what is said about one file.
const maxNotes = 200

func (d *document) note(offset int, path, text string) {
	if len(d.notes) < maxNotes {
		d.notes = append(d.notes, Note{Line: d.line(offset), Path: path, Text: text})
	}
}

// conflictAt gives where git's markers begin; -1 for none. All three must be
// there, as for npm.
func conflictAt(data []byte) int {
	ours := bytes.Index(data, []byte("<<<<<<<"))
	if ours < 0 || !bytes.Contains(data, []byte("=======")) || !bytes.Contains(data, []byte(">>>>>>>")) {
		return -1
	}
	return ours
}

// get gives a member; the zero value where there is none, or v is no object.
func (v value) get(name string) value {
	for i := range v.members {
		if v.members[i].name == name {
			return v.members[i].value
		}
	}
	return value{}
}

// str is a string's text, "" for anything else.
func (v value) str() string {
	if v.kind == '"' {
		return v.text
	}
	return ""
}

// truthy is JavaScript's idea of it.
func (v value) truthy() bool {
	switch v.kind {
	case '{', '[', 't':
		return true
	case '"':
		return v.text != ""
	case '0':
		return strings.Trim(v.text, "-0.eE+") != ""
	}
	return false
}

// list is an array's strings; one string is a list of one.
func (v value) list() []string {
	if v.kind == '"' && v.text != "" {
		return []string{v.text}
	}
	if v.kind != '[' {
		return nil
	}
	out := []string{}
	for _, i := range v.items {
		if i.kind == '"' {
			out = append(out, i.text)
		}
	}
	return out
}

// lineIndex finds line numbers without counting from the start each time.
type lineIndex struct{ starts []int }

func (d *document) line(offset int) int {
	if d.lines.starts == nil {
		d.lines.starts = []int{0}
		for i, c := range d.data {
			if c == '\n' {
				d.lines.starts = append(d.lines.starts, i+1)
			}
		}
	}
	lo, hi := 0, len(d.lines.starts)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if d.lines.starts[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1
}
