package names

import "hash/maphash"

// How near misses by one edit are found: cut a name in two, and one edit
// leaves one half as it was. Names are kept under both halves, with their
// length; a question looks its own two halves up for each length that one
// edit can lead from. Two letters swapped across the cut are put back first.

var seed = maphash.MakeSeed() // of this process; nothing outlives it

func halfKey(length int, back bool, half []byte) uint64 {
	k := maphash.Bytes(seed, half)
	k ^= uint64(length) << 1 //nolint:gosec // small
	if back {
		k ^= 1
	}
	return k
}

// halves are chains of names by half: head gives the first link of a key.
type halves struct {
	head  map[uint64]int32 // key → index in links
	links []link
}

type link struct{ name, next int32 } // next is -1 at the end

func newHalves(n int) *halves {
	return &halves{head: make(map[uint64]int32, 2*n), links: make([]link, 0, 2*n)}
}

func (m *halves) add(b []byte, i int32) {
	h := len(b) / 2
	for _, k := range [2]uint64{halfKey(len(b), false, b[:h]), halfKey(len(b), true, b[h:])} {
		next, ok := m.head[k]
		if !ok {
			next = -1
		}
		m.head[k] = int32(len(m.links)) //nolint:gosec // the list is short
		m.links = append(m.links, link{i, next})
	}
}

func (m *halves) each(key uint64, f func(int32)) {
	at, ok := m.head[key]
	for ok && at >= 0 {
		f(m.links[at].name)
		at = m.links[at].next
	}
}

// candidates calls f with every index whose name may be one edit from q.
func (m *halves) candidates(q []byte, f func(int32)) {
	for length := len(q) - 1; length <= len(q)+1; length++ {
		h := length / 2
		if h < 1 || h > len(q) || length-h > len(q) {
			continue
		}
		m.each(halfKey(length, false, q[:h]), f)
		m.each(halfKey(length, true, q[len(q)-(length-h):]), f)
	}
	h := len(q) / 2
	if h < 1 || h >= len(q) {
		return
	}
	q[h-1], q[h] = q[h], q[h-1]
	key := halfKey(len(q), false, q[:h])
	q[h-1], q[h] = q[h], q[h-1]
	m.each(key, f)
}

// edit says how a is one edit from b: swapped letters, a letter doubled or
// undoubled, another, added or missing. ok is false for none or more than one,
// and for a digit in the place of another: those are editions.
func edit(a, b []byte) (s Shape, ok bool) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := a[i:], b[i:]
	switch {
	case len(x) == len(y) && len(x) > 0 && string(x[1:]) == string(y[1:]):
		return replaced(x[0], y[0])
	case len(x) == len(y) && len(x) > 1 && x[0] == y[1] && x[1] == y[0] && string(x[2:]) == string(y[2:]):
		return Swapped, true
	case len(x) == len(y)+1 && string(x[1:]) == string(y):
		return inserted(a, i)
	case len(y) == len(x)+1 && string(y[1:]) == string(x):
		return inserted(b, i)
	}
	return "", false
}

func replaced(x, y byte) (Shape, bool) {
	if digit(x) && digit(y) {
		return "", false
	}
	return Letter, true
}

// inserted judges the letter that long has at i and the other has not.
func inserted(long []byte, i int) (Shape, bool) {
	switch {
	case i > 0 && long[i] == long[i-1], i+1 < len(long) && long[i] == long[i+1]:
		return Doubled, true
	case digit(long[i]):
		return "", false
	}
	return Letter, true
}

// slip says whether a letter in another's place is an easy one to mistype.
func slip(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return onKeyboard(a[i], b[i])
		}
	}
	return false
}
