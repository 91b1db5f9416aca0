package argv

import "strings"

// token is one word that is still to be read. at is its place among the words given; made says that it is not written
// there, but came of an expansion or of a cut at an equals sign.
type token struct {
	text string
	at   int
	made bool
}

// raw is a value before it is typed: what was written, or true, false or null where npm puts these.
type raw struct {
	text string
	kind rawKind
}

type rawKind uint8

const (
	rawText rawKind = iota
	rawTrue
	rawFalse
	rawNull
)

func rawBool(b bool) raw {
	if b {
		return raw{kind: rawTrue}
	}
	return raw{kind: rawFalse}
}

// entry is one key as it was found on the command line.
type entry struct {
	values []raw
	many   bool // npm keeps a list
}

// reader goes over a command line once, from left to right, as nopt does.
type reader struct {
	npm     mask
	rest    []token
	data    map[string]*entry
	remain  []token
	notes   []string
	unknown []unknownFlag
	abbrevs []string
	unsure  []string // keys with values that npm may read and gpq cannot
	// own is asked at every word of the caller's where a flag may stand; it says how many words are not npm's.
	own func(rest []token) (int, error)
	// last is asked at every word that is no flag, whether to read no further.
	last func(t token) bool
	// swallowed is told of every word that becomes the value of the flag before it.
	swallowed func(flag string, value token) error
}

// unknownFlag is a flag the table does not know, at its place, with the word behind it that another npm may take for its value.
type unknownFlag struct {
	name  string
	at    int
	loose bool // no equals sign
}

func newReader(npm mask, args []string) *reader {
	r := &reader{npm: npm, data: map[string]*entry{}, rest: make([]token, len(args))}
	for i, a := range args {
		r.rest[i] = token{text: a, at: i}
	}
	return r
}

// read reads to the end. It fails only where own or swallowed fail.
func (r *reader) read() error {
	for len(r.rest) > 0 {
		t := r.rest[0]
		if allHyphens(t.text) {
			r.remain = append(r.remain, r.rest[1:]...)
			r.rest = nil
			return nil
		}
		if r.own != nil && !t.made {
			n, err := r.own(r.rest)
			if err != nil {
				return err
			}
			if n > 0 {
				r.rest = r.rest[n:]
				continue
			}
		}
		r.rest = r.rest[1:]
		if len(t.text) < 2 || t.text[0] != '-' {
			r.remain = append(r.remain, t)
			if r.last != nil && r.last(t) {
				return nil
			}
			continue
		}
		if err := r.flag(t); err != nil {
			return err
		}
	}
	return nil
}

// flag reads one word that begins with a hyphen, and what belongs to it.
func (r *reader) flag(t token) error {
	word, value, cut := strings.Cut(t.text, "=")
	if cut {
		r.push([]string{value}, t.at)
	}
	name := strings.TrimLeft(word, "-")
	if words, ok := r.expand(name); ok {
		if len(words) == 0 || words[0] != word {
			r.push(words, t.at)
			return nil
		}
		r.push(words[1:], t.at)
	}
	name, no, negated := cutNo(name)
	if full, ok := r.npm.flagAbbrev(name); ok && full != name {
		r.abbreviated(name, full)
		name = full
	}
	def, known := r.npm.flag(name)
	if !known {
		r.noteUnknown(name, t.at, cut)
	}
	if r.takesNoValue(def, known, cut, negated) {
		return r.boolean(name, def, known, no)
	}
	return r.valued(name, def, known)
}

// expand is npm's resolveShort: what a shorthand stands for, also several single letters together.
func (r *reader) expand(name string) ([]string, bool) {
	if _, ok := r.npm.flag(name); ok {
		return nil, false
	}
	if to, ok := r.npm.short(name); ok {
		return to, true
	}
	if words, ok := r.singles(name); ok {
		return words, true
	}
	if _, ok := r.npm.flagAbbrev(name); ok {
		return nil, false
	}
	if full, ok := r.npm.shortAbbrev(name); ok {
		r.abbreviated(name, full)
		return r.npm.short(full)
	}
	return nil, false
}

// singles expands -gD. Of no letters at all (`--=x`) npm makes no words at all.
func (r *reader) singles(name string) ([]string, bool) {
	var words []string
	for i := 0; i < len(name); i++ {
		to, ok := r.npm.short(name[i : i+1])
		if !ok {
			return nil, false
		}
		words = append(words, to...)
	}
	return words, true
}

// push puts words, made of the one at that place, before what is still to be read.
func (r *reader) push(words []string, at int) {
	made := make([]token, 0, len(words)+len(r.rest))
	for _, w := range words {
		made = append(made, token{text: w, at: at, made: true})
	}
	r.rest = append(made, r.rest...)
}

func (r *reader) abbreviated(from, to string) {
	r.notes = append(r.notes, "abbrev:"+from+">"+to)
	r.abbrevs = append(r.abbrevs, from)
}

// cutNo takes every leading no- away. negated is whether there was one, no whether their number was odd.
func cutNo(name string) (rest string, no, negated bool) {
	for len(name) >= 3 && strings.EqualFold(name[:3], "no-") {
		name, no, negated = name[3:], !no, true
	}
	return name, no, negated
}

func allHyphens(s string) bool { return len(s) >= 2 && strings.Trim(s, "-") == "" }
