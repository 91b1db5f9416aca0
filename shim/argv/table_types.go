package argv

import (
	"sort"
	"strings"
)

// kind is the set of types that npm's definition of a flag names.
type kind uint16

const (
	tString kind = 1 << iota
	tBool
	tNumber
	tDate
	tURL
	tPath
	tUmask
	tSemver
	tArray
	tNull
	tFalse   // the literal false
	tMachine // values that depend on the machine
	tWords   // literal values, listed in flag.words
	tSingle  // one type and no list of types: npm reads the next word differently then
)

func (k kind) has(b kind) bool { return k&b != 0 }

// flag is one configuration key of npm. in says which of tableVersions know it so.
type flag struct {
	name  string
	in    mask
	types kind
	words []string
}

// short is a shorthand: name, without hyphens, stands for the words in to.
type short struct {
	name string
	in   mask
	to   []string
}

// verb is a command of npm, or, with to, another name for one.
type verb struct {
	name string
	in   mask
	to   string
}

// mask is a set of tableVersions, one bit each.
type mask uint8

const (
	npm10 mask = 1 << iota
	npm11
	npm12
	anyNPM = npm10 | npm11 | npm12
)

// TableVersions returns the npm versions the tables were made from, oldest first.
func TableVersions() []string { return append([]string(nil), tableVersions[:]...) }

func (m mask) flag(name string) (flag, bool) {
	i := sort.Search(len(flagTable), func(i int) bool { return flagTable[i].name >= name })
	for ; i < len(flagTable) && flagTable[i].name == name; i++ {
		if flagTable[i].in&m != 0 {
			return flagTable[i], true
		}
	}
	return flag{}, false
}

func (m mask) short(name string) ([]string, bool) {
	i := sort.Search(len(shortTable), func(i int) bool { return shortTable[i].name >= name })
	for ; i < len(shortTable) && shortTable[i].name == name; i++ {
		if shortTable[i].in&m != 0 {
			return shortTable[i].to, true
		}
	}
	return nil, false
}

// flagAbbrev returns the one flag that begins with s; s itself where it is one.
func (m mask) flagAbbrev(s string) (string, bool) {
	return abbrev(s, len(flagTable), func(i int) (string, bool) { return flagTable[i].name, flagTable[i].in&m != 0 })
}

func (m mask) shortAbbrev(s string) (string, bool) {
	return abbrev(s, len(shortTable), func(i int) (string, bool) { return shortTable[i].name, shortTable[i].in&m != 0 })
}

// abbrev looks s up in a sorted table as npm's abbrev does: s is itself, or the beginning of exactly one entry.
func abbrev(s string, n int, at func(int) (name string, in bool)) (string, bool) {
	if s == "" {
		return "", false
	}
	found := ""
	for i := sort.Search(n, func(i int) bool { name, _ := at(i); return name >= s }); i < n; i++ {
		name, in := at(i)
		if !strings.HasPrefix(name, s) {
			break
		}
		switch {
		case !in:
		case name == s:
			return s, true
		case found != "" && found != name:
			return "", false
		default:
			found = name
		}
	}
	return found, found != ""
}

// deref is the command that word names: exactly, as an alias, with capitals for hyphens, or by a unique beginning.
func (m mask) deref(word string) (string, bool) {
	word = uncamel(word)
	if name, ok := m.verb(word); ok {
		return name, true
	}
	full, ok := abbrev(word, len(verbTable), func(i int) (string, bool) { return verbTable[i].name, verbTable[i].in&m != 0 })
	if !ok {
		return "", false
	}
	return m.verb(full)
}

func (m mask) verb(name string) (string, bool) {
	i := sort.Search(len(verbTable), func(i int) bool { return verbTable[i].name >= name })
	for ; i < len(verbTable) && verbTable[i].name == name; i++ {
		if v := verbTable[i]; v.in&m != 0 {
			if v.to != "" {
				return v.to, true
			}
			return v.name, true
		}
	}
	return "", false
}

// uncamel turns installTest into install-test, as npm does: every capital letter, also the first.
func uncamel(s string) string {
	if strings.IndexFunc(s, isUpper) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isUpper(r) {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isUpper(r rune) bool { return r >= 'A' && r <= 'Z' }
