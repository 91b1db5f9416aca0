// Package names knows the most used package names and tells which other names
// look like near misses of them. It asks nobody.
package names

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
)

//go:generate ./generate.sh

//go:embed popular.txt.gz
var packed []byte

// Shape says in which way a name imitates another; it reads after the name
// that is imitated: «like lodash, …».
type Shape string

// The shapes that real imitations had.
const (
	Separators Shape = "but for its separators"
	Affix      Shape = "with «js» or «node» put on"
	Numbered   Shape = "with a version or edition put on"
	Dressed    Shape = "with a word put before"
	Letter     Shape = "but for one letter"
	TwoLetters Shape = "but for two letters"
	Swapped    Shape = "with two letters swapped"
	Doubled    Shape = "with a letter doubled or missing its double"
	Lookalike  Shape = "with characters that look alike"
	WordOrder  Shape = "with its words in another order"
	Unscoped   Shape = "without its scope"
	Unprefixed Shape = "without its first words"
	ScopeName  Shape = "made into a scope"
	ScopeNear  Shape = "in a scope that is nearly the same"
)

// Match is a name that another is a near miss of. The zero value is none.
type Match struct {
	Popular string // the name imitated; its scope's best known package for ScopeNear
	Shape   Shape
	Rank    int // place of Popular in the list, 1 is the most used
}

// List is the most used names, with what is needed to find near misses fast.
// It is never changed after it was made.
type List struct {
	origin string
	names  []string         // by rank
	rank   map[string]int32 // name → index in names
	scopes map[string]int32 // "babel" → its first name
	plain  map[string]int32 // squeezed → first name
	folded map[string]int32 // look-alikes made equal, where that changes it → first name
	words  map[string]int32 // words in order of the alphabet → first name
	bases  map[string]int32 // "core-tracing" of "@azure/core-tracing", what stands behind «eslint-plugin-»
	halves *halves          // of unscoped names
	near   *halves          // of scopes
	far    far              // unscoped names
	farOff far              // scopes
}

// scopedReach is up to which place scoped names are looked for among the near
// misses of unscoped ones.
const scopedReach = 2000

// Load unpacks the embedded list: some milliseconds and megabytes, so once in
// a run and only where it is needed.
func Load() (*List, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the list of names: %w", err)
	}
	return Parse(z)
}

// Parse reads a list: a line «# origin», then one name a line, the most used
// first.
func Parse(r io.Reader) (*List, error) {
	in := bufio.NewScanner(r)
	if !in.Scan() || !strings.HasPrefix(in.Text(), "# ") {
		return nil, errors.New("the list of names has no first line")
	}
	origin := in.Text()[2:]
	var list []string
	for in.Scan() {
		list = append(list, in.Text())
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("the list of names: %w", err)
	}
	return New(origin, list), nil
}

// New makes a list of names, the most used first.
func New(origin string, list []string) *List {
	n := len(list)
	l := &List{
		origin: origin, names: list,
		rank: make(map[string]int32, n), plain: make(map[string]int32, n), folded: make(map[string]int32, n/2),
		scopes: map[string]int32{}, words: map[string]int32{}, bases: map[string]int32{},
		halves: newHalves(n), near: newHalves(n / 8),
	}
	var buf [maxName]byte
	for i, name := range list {
		if len(name) <= maxName {
			l.add(int32(i), name, buf[:0]) //nolint:gosec // the list is short
		}
	}
	return l
}

func (l *List) add(i int32, name string, buf []byte) {
	first(l.rank, name, i)
	scope, base := split(name)
	s := squeeze(buf, name)
	plain := name
	if string(s) != name {
		plain = string(s)
	}
	first(l.plain, plain, i)
	if scope == "" {
		l.halves.add(s, i)
		if i < farReach {
			l.far.add(s, i)
		}
		if f := fold(s); string(f) != plain {
			first(l.folded, string(f), i)
		}
		if key := wordsOf(name); key != "" {
			first(l.words, key, i)
		}
		base = behindPrefix(name)
	}
	if len(base) >= 9 && strings.Contains(base, "-") && scope != "types" {
		first(l.bases, base, i)
	}
	if scope == "" {
		return
	}
	if i < scopedReach && len(s) >= 8 {
		l.halves.add(s, i)
	}
	if _, known := l.scopes[scope]; !known {
		l.scopes[scope] = i
		s = squeeze(buf, scope)
		l.near.add(s, i)
		l.farOff.add(s, i)
	}
}

func first(m map[string]int32, key string, i int32) {
	if _, ok := m[key]; !ok {
		m[key] = i
	}
}

// Origin says where the list comes from and of when it is.
func (l *List) Origin() string { return l.origin }

// Len is how many names there are.
func (l *List) Len() int { return len(l.names) }

// Names gives the list, the most used first; never change it.
func (l *List) Names() []string { return l.names }

// Has says whether a name stands in the list.
func (l *List) Has(name string) bool {
	_, ok := l.rank[name]
	return ok
}

func (l *List) match(i int32, s Shape) Match {
	return Match{Popular: l.names[i], Shape: s, Rank: int(i) + 1}
}
