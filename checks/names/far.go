package names

import "math/bits"

// Two edits are looked for only from long names, and only to the best known:
// by comparing with each, after a look at which letters the two share.

const (
	farReach = 2500 // places of the list
	farShort = 9    // squeezed length from which two edits may still be a slip
	farLong  = 12   // from which also the first letter may differ
)

// far are the squeezed names that may be two edits from another.
type far []farName

type farName struct {
	text string
	mask uint64
	i    int32
}

func (f *far) add(s []byte, i int32) {
	if len(s) >= farShort {
		*f = append(*f, farName{string(s), maskOf(s), i})
	}
}

// maskOf has a bit for each character in s.
func maskOf(s []byte) uint64 {
	var m uint64
	for _, c := range s {
		m |= 1 << (c & 63)
	}
	return m
}

// twoEdits gives the best known name two edits from q.
func (f far) twoEdits(q []byte, atLeast int) (int32, bool) {
	if len(q) < atLeast {
		return 0, false
	}
	mask := maskOf(q)
	for _, t := range f {
		if d := len(q) - len(t.text); d < -2 || d > 2 || len(t.text) < atLeast || bits.OnesCount64(mask^t.mask) > 4 {
			continue
		}
		if q[0] != t.text[0] && len(q) < farLong {
			continue
		}
		if within(q, t.text, 2) && !digitsOnly(q, t.text) {
			return t.i, true
		}
	}
	return 0, false
}

// within says whether at most n letters must be changed, added or taken away.
// It walks what is equal and tries the three on what is not.
func within(a []byte, b string, n int) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if len(a) == 0 || len(b) == 0 {
		return len(a)+len(b) <= n
	}
	if n == 0 {
		return false
	}
	return within(a[1:], b[1:], n-1) || within(a[1:], b, n-1) || within(a, b[1:], n-1)
}

// digitsOnly says whether two names differ in their digits alone.
func digitsOnly(a []byte, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && digit(a[i]) {
			i++
		}
		for j < len(b) && digit(b[j]) {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i, j = i+1, j+1
	}
}
