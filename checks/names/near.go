package names

import (
	"strings"
)

// Near says which name of the list another is a near miss of. Names of the
// list itself, and those in its scopes, are none: a scope belongs to someone.
func (l *List) Near(name string) (Match, bool) {
	if len(name) > maxName || len(name) < 3 || l.Has(name) {
		return Match{}, false
	}
	if scope, base := split(name); scope != "" {
		return l.nearScope(scope, base)
	}
	var buf [maxName]byte
	q := squeeze(buf[:0], name)
	if m, ok := l.same(name, q); ok {
		return m, true
	}
	if m, ok := l.dressed(name); ok {
		return m, true
	}
	if m, ok := l.oneEdit(q); ok {
		return m, true
	}
	if i, ok := l.far.twoEdits(q, farShort); ok {
		return l.match(i, TwoLetters), true
	}
	if i, ok := l.words[wordsOf(name)]; ok {
		return l.match(i, WordOrder), true
	}
	if i, ok := l.bases[name]; ok {
		if strings.HasPrefix(l.names[i], "@") {
			return l.match(i, Unscoped), true
		}
		return l.match(i, Unprefixed), true
	}
	return Match{}, false
}

// same finds names that differ only in separators, scope marks and characters
// that look alike.
func (l *List) same(name string, q []byte) (Match, bool) {
	if len(q) < 4 {
		return Match{}, false
	}
	if i, ok := l.plain[string(q)]; ok {
		if strings.HasPrefix(l.names[i], "@") {
			return l.match(i, Unscoped), true
		}
		return l.match(i, Separators), true
	}
	if len(q) < 5 {
		return Match{}, false
	}
	var buf [maxName]byte
	f := fold(append(buf[:0], q...))
	i, ok := l.folded[string(f)]
	if j, other := l.plain[string(f)]; other && (!ok || j < i) {
		i, ok = j, true
	}
	if ok && !strings.HasPrefix(l.names[i], "@") {
		return l.match(i, Lookalike), true
	}
	return Match{}, false
}

// What imitations put before or behind a name. A part without a separator of
// its own needs a name of some length.
var (
	prefixes = []string{"node-", "node.", "js-", "npm-", "node"}
	suffixes = []string{".js", "-js", "_js", "-node", ".node", "-npm", "-nodejs", "js"}
	editions = []string{"-beta", "-latest", "-update", "-updated", "-official", "-original", "-stable", "-fix", "-fixed", "-new"}
	dresses  = []string{"easy-", "plain-", "pure-", "real-", "true-", "safe-", "secure-", "official-", "original-", "simple-", "better-"}
)

// dressed finds names of the list with something put before or behind them.
func (l *List) dressed(name string) (Match, bool) {
	var stems []string
	for _, s := range suffixes {
		if stem, ok := strings.CutSuffix(name, s); ok && (s != "js" || len(stem) >= 4) {
			stems = append(stems, stem)
		}
	}
	for _, p := range prefixes {
		if stem, ok := strings.CutPrefix(name, p); ok && (p != "node" || len(stem) >= 4) {
			stems = append(stems, stem)
		}
	}
	for _, stem := range stems {
		if i, ok := l.stem(stem); ok {
			return l.match(i, Affix), true
		}
	}
	if i, ok := l.edition(name); ok {
		return l.match(i, Numbered), true
	}
	for _, p := range dresses {
		if stem, ok := strings.CutPrefix(name, p); ok && len(stem) >= 5 {
			if i, ok := l.stem(stem); ok {
				return l.match(i, Dressed), true
			}
		}
	}
	return l.mistyped(stems)
}

// mistyped finds what is left of a dressed name one edit from a well known
// one: «ethesjs».
func (l *List) mistyped(stems []string) (Match, bool) {
	for _, stem := range stems {
		var buf [maxName]byte
		q := squeeze(buf[:0], stem)
		if len(q) < 5 {
			continue
		}
		if m, ok := l.oneEdit(q); ok && m.Rank <= 4000 && !l.Has(stem) {
			return Match{Popular: m.Popular, Shape: Affix, Rank: m.Rank}, true
		}
	}
	return Match{}, false
}

// stem gives an unscoped name of the list, whatever its separators.
func (l *List) stem(stem string) (int32, bool) {
	if i, ok := l.rank[stem]; ok {
		return i, true
	}
	if len(stem) < 5 {
		return 0, false
	}
	var buf [maxName]byte
	i, ok := l.plain[string(squeeze(buf[:0], stem))]
	return i, ok && !strings.HasPrefix(l.names[i], "@")
}

// edition finds a name of the list behind «-2», «-3.0» or «-beta».
func (l *List) edition(name string) (int32, bool) {
	for _, s := range editions {
		if stem, ok := strings.CutSuffix(name, s); ok && len(stem) >= 4 {
			i, ok := l.rank[stem]
			return i, ok
		}
	}
	stem := strings.TrimRight(name, "0123456789.")
	if len(stem) == len(name) || !strings.HasSuffix(stem, "-") || len(stem) < 5 {
		return 0, false
	}
	i, ok := l.rank[stem[:len(stem)-1]]
	return i, ok
}

// oneEdit finds the most used name one edit away, separators aside. The
// shorter a name, the better known its original must be and the likelier the
// slip.
func (l *List) oneEdit(q []byte) (Match, bool) {
	best, shape := int32(-1), Shape("")
	var buf [maxName]byte
	l.halves.candidates(q, func(i int32) {
		if best >= 0 && i >= best {
			return
		}
		t := squeeze(buf[:0], l.names[i])
		if s, ok := edit(q, t); ok && near(q, t, s, int(i)+1) {
			best, shape = i, s
		}
	})
	if best < 0 {
		return Match{}, false
	}
	return l.match(best, shape), true
}

// near says whether one edit is enough to take q for an imitation of t.
func near(q, t []byte, s Shape, rank int) bool {
	short := min(len(q), len(t))
	switch {
	case short >= 7:
		return true
	case short >= 6:
		return rank <= 8000
	case short == 5 && len(t) >= 6:
		return rank <= 4000
	case short == 5:
		return rank <= 4000 && (s == Swapped || s == Doubled || slip(q, t))
	case short == 4 && len(t) == 5:
		return rank <= 1000 && s == Doubled
	case short == 4:
		return rank <= 400 && s == Swapped
	}
	return false
}

// nearScope finds scopes that are nearly one of the list's, or a name of the
// list made into a scope.
func (l *List) nearScope(scope, base string) (Match, bool) {
	if _, known := l.scopes[scope]; known {
		return Match{}, false
	}
	var buf [maxName]byte
	q := squeeze(buf[:0], scope)
	if len(q) < 5 {
		return Match{}, false
	}
	best := int32(-1)
	var tbuf [maxName]byte
	l.near.candidates(q, func(i int32) {
		known, _ := split(l.names[i])
		t := squeeze(tbuf[:0], known)
		s, ok := edit(q, t)
		same := string(q) == string(t)
		if !same && (!ok || !near(q, t, s, int(i)+1)) {
			return
		}
		if j, exact := l.rank["@"+known+"/"+base]; exact {
			best = j
		} else if best < 0 && (same || len(q) >= 7) {
			best = i
		}
	})
	if best >= 0 {
		return l.match(best, ScopeNear), true
	}
	if i, ok := l.plain[string(q)]; ok && len(q) >= 7 {
		return l.match(i, ScopeName), true
	}
	if i, ok := l.farOff.twoEdits(q, farLong); ok {
		return l.match(i, ScopeNear), true
	}
	return Match{}, false
}
