package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The characters beside controls and everything above ~ that are escaped.
const (
	controlSet  = ""
	fragmentSet = " \"<>`"
	querySet    = " \"#<>"
	pathSet     = " \"#<>?`{}"
	userinfoSet = " \"#<>?^`{}/:;=@[\\]|"
)

const upperHex = "0123456789ABCDEF"

func escape(s, set string) string {
	clean := func(c byte) bool { return c >= ' ' && c < 0x7f && strings.IndexByte(set, c) < 0 }
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if clean(s[i]) {
			b.WriteByte(s[i])
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[s[i]>>4])
		b.WriteByte(upperHex[s[i]&15])
	}
	return b.String()
}

// unescape decodes every valid %XX and leaves the rest.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c, ok := escapedByte(s, i); ok {
			b.WriteByte(c)
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func escapedByte(s string, i int) (byte, bool) {
	if s[i] != '%' || i+2 >= len(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
	return byte(n), err == nil && s[i+1] != '+'
}

// decodeComponent is decodeURIComponent; ok is false where it throws.
func decodeComponent(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if _, ok := escapedByte(s, i); !ok {
			return "", false
		}
		i += 2
	}
	out := unescape(s)
	return out, utf8.ValidString(out)
}

// encodeComponent is encodeURIComponent.
func encodeComponent(s string) string {
	if friendly(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if friendly(s[i : i+1]) {
			b.WriteByte(s[i])
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[s[i]>>4])
		b.WriteByte(upperHex[s[i]&15])
	}
	return b.String()
}

// friendly says that encodeURIComponent leaves s as it is.
func friendly(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("-_.!~*'()", c) >= 0:
		default:
			return false
		}
	}
	return true
}
