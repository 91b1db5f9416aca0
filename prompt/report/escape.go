package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes foreign text safe to show on one line of a terminal: control
// characters, escape sequences, bidirectional overrides, invisible characters
// and bytes that are no UTF-8 come out as visible escapes (\x1b, \u202e). All
// text that did not originate in gpq passes through here, and only here, on
// its way to a person.
//
// The set follows Unicode TR36 §3 («bidirectional text spoofing») and the
// C0/C1 tables of ECMA-48.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		b.WriteString(escapeRune(r, s[:n]))
		s = s[n:]
	}
	return b.String()
}

// EscapeMax is Escape with at most n runes of s, and «…» where more was cut.
func EscapeMax(s string, n int) string {
	cut := 0
	for i := range s {
		if cut == n {
			return Escape(s[:i]) + "…"
		}
		cut++
	}
	return Escape(s)
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func escapeRune(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x20 || r == 0x7f:
		return fmt.Sprintf(`\x%02x`, r)
	case deceives(r):
		if r > 0xffff {
			return fmt.Sprintf(`\U%08x`, r)
		}
		return fmt.Sprintf(`\u%04x`, r)
	}
	return raw
}

// deceives says whether a rune is shown by nothing, or moves what others show:
// C1 controls, line separators, every format character (Cf: bidirectional
// controls, zero-width characters, tags), blank fillers and private use.
func deceives(r rune) bool {
	switch {
	case r < 0x80:
		return r < 0x20 || r == 0x7f
	case r < 0xa0, r == 0xa0, r == 0x2028, r == 0x2029:
		return true
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x2800, r == 0x034f:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef: // variation selectors
		return true
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r) ||
		(unicode.IsSpace(r) && r != ' ') || !unicode.IsPrint(r)
}

// escapeJSON rewrites deceiving characters inside encoded JSON as \u escapes:
// the value stays the same, and a terminal that shows the file is not fooled.
// encoding/json has escaped C0 controls already.
func escapeJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc)+64)
	for len(doc) > 0 {
		r, n := utf8.DecodeRune(doc)
		switch {
		case r == '\n' || r < 0x7f:
			out = append(out, doc[:n]...)
		case !deceives(r):
			out = append(out, doc[:n]...)
		case r > 0xffff:
			hi, lo := surrogates(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		doc = doc[n:]
	}
	return out
}

func surrogates(r rune) (hi, lo rune) {
	r -= 0x10000
	return 0xd800 + (r >> 10), 0xdc00 + (r & 0x3ff)
}
