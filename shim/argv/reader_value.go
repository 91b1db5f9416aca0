package argv

import "strings"

// takesNoValue is npm's question whether a flag is a switch here: it also is one where a no- stands before it, where
// nobody knows it, and where the next word is false and the flag may be null.
func (r *reader) takesNoValue(def flag, known, cut, negated bool) bool {
	switch {
	case negated, known && def.types.has(tBool), !known && !cut:
		return true
	}
	next, ok := r.peek()
	return ok && next == "false" && known && def.types.has(tNull)
}

func (r *reader) peek() (string, bool) {
	if len(r.rest) == 0 {
		return "", false
	}
	return r.rest[0].text, true
}

// take uses the next word up as the value of the flag name.
func (r *reader) take(name string) (string, error) {
	t := r.rest[0]
	r.rest = r.rest[1:]
	if r.swallowed != nil && !t.made {
		return t.text, r.swallowed(name, t)
	}
	return t.text, nil
}

func (r *reader) boolean(name string, def flag, known, no bool) error {
	val := rawBool(!no)
	next, ok := r.peek()
	if ok && (next == "true" || next == "false") {
		if _, err := r.take(name); err != nil {
			return err
		}
		r.store(name, def, known, rawBool((next == "true") != no))
		return nil
	}
	if ok && next != "" && known && !def.types.has(tSingle) {
		if v, used := mixedValue(def, next); used {
			if _, err := r.take(name); err != nil {
				return err
			}
			val = v
		}
	}
	r.store(name, def, known, val)
	return nil
}

// mixedValue is the value a switch takes where its definition lists more than Boolean.
func mixedValue(def flag, next string) (raw, bool) {
	switch {
	case def.types.has(tWords) && contains(def.words, next):
		return raw{text: next}, true
	case next == "null" && def.types.has(tNull):
		return raw{kind: rawNull}, true
	case def.types.has(tNumber) && !longFlag(next):
		if _, ok := jsNumber(next); ok {
			return raw{text: next}, true
		}
	}
	if def.types.has(tString) && !(len(next) > 1 && next[0] == '-' && next[1] != '-') {
		return raw{text: next}, true
	}
	return raw{}, false
}

// longFlag is two or more hyphens and something behind them.
func longFlag(s string) bool {
	rest := strings.TrimLeft(s, "-")
	return len(s)-len(rest) >= 2 && rest != ""
}

// valued stores a flag that takes the next word, whatever it looks like; only a flag of one type, String, leaves a
// word that begins with a hyphen alone.
func (r *reader) valued(name string, def flag, known bool) error {
	next, ok := r.peek()
	pure := known && def.types.has(tString) && def.types.has(tSingle)
	switch {
	case pure && (!ok || hyphenated(next)):
		r.store(name, def, known, raw{text: ""})
		return nil
	case !ok || allHyphens(next):
		r.store(name, def, known, raw{kind: rawTrue})
		return nil
	}
	text, err := r.take(name)
	r.store(name, def, known, raw{text: text})
	return err
}

// hyphenated is one or two hyphens and then something else: what a String flag does not take for its value.
func hyphenated(s string) bool {
	rest := strings.TrimLeft(s, "-")
	n := len(s) - len(rest)
	return (n == 1 || n == 2) && rest != ""
}

func (r *reader) store(name string, def flag, known bool, v raw) {
	many := known && def.types.has(tArray)
	e := r.data[name]
	switch {
	case e == nil:
		r.data[name] = &entry{values: []raw{v}, many: many}
	case many:
		e.values = append(e.values, v)
	case !known: // npm makes a list of what it does not know when it comes twice
		e.many, e.values = true, append(e.values, v)
	default:
		e.values = []raw{v}
	}
}

func (r *reader) noteUnknown(name string, at int, cut bool) {
	next, ok := r.peek()
	note := "unknown:" + name
	if ok && !cut && next != "" && next[0] != '-' && next != "true" && next != "false" {
		note += ">" + next
	}
	r.notes = append(r.notes, note)
	r.unknown = append(r.unknown, unknownFlag{name: name, at: at, loose: !cut})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
