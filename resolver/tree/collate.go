package tree

import (
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// asciiOrder has the printable ASCII characters in the order in which ICU
// sorts English text: white space, punctuation, symbols, digits, letters.
const asciiOrder = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ"

// asciiWeight is the primary weight of an ASCII character; 0 is ignored.
// Letters weigh the same in both cases.
var asciiWeight = func() (w [128]uint8) {
	next := uint8(1)
	for i := 0; i < len(asciiOrder); i++ {
		c := asciiOrder[i]
		if c >= 'A' && c <= 'Z' {
			w[c] = w[c+'a'-'A']
			continue
		}
		w[c] = next
		next++
	}
	return w
}()

// collator compares strings as JavaScript's localeCompare does for English.
// It is not safe for concurrent use.
type collator struct{ full *collate.Collator }

// compare is below, at or above zero as a sorts before, with or after b.
func (c *collator) compare(a, b string) int {
	if a == b {
		return 0
	}
	if isASCII(a) && isASCII(b) {
		return compareASCII(a, b)
	}
	if c.full == nil {
		c.full = collate.New(language.English)
	}
	return c.full.CompareString(a, b)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// compareASCII looks at the primary weights first; where they are all equal,
// the first difference in case decides, small letters first.
func compareASCII(a, b string) int {
	tertiary := 0
	i, j := 0, 0
	for {
		for i < len(a) && asciiWeight[a[i]] == 0 {
			i++
		}
		for j < len(b) && asciiWeight[b[j]] == 0 {
			j++
		}
		if i == len(a) || j == len(b) {
			break
		}
		x, y := asciiWeight[a[i]], asciiWeight[b[j]]
		if x != y {
			return int(x) - int(y)
		}
		if tertiary == 0 && a[i] != b[j] {
			tertiary = strings.Compare(b[j:j+1], a[i:i+1])
		}
		i++
		j++
	}
	switch {
	case i < len(a):
		return 1
	case j < len(b):
		return -1
	}
	return tertiary
}
