package registry

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes of a string that the scanner has passed. A
// lone surrogate becomes U+FFFD.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			i++
			continue
		}
		if raw[i+1] == 'u' {
			r, n := unicodeEscape(raw[i:])
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		out = append(out, shortEscape(raw[i+1]))
		i += 2
	}
	return out
}

func shortEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape reads \uXXXX, or a surrogate pair of two, and its length.
func unicodeEscape(raw []byte) (rune, int) {
	r := fourHex(raw[2:6])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		if pair := utf16.DecodeRune(r, fourHex(raw[8:12])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func fourHex(b []byte) (r rune) {
	for _, c := range b {
		r = r<<4 | hexValue(c)
	}
	return r
}

// clean makes a Go string of a passed JSON string: escapes resolved, bytes
// that are no UTF-8 replaced.
func clean(raw []byte, escaped bool) []byte {
	if escaped {
		raw = unescape(raw)
	}
	if !utf8.Valid(raw) {
		raw = []byte(string([]rune(string(raw)))) // U+FFFD for each bad byte
	}
	return raw
}
