package names

import (
	"slices"
	"strings"
)

// maxName is npm's bound on names, in bytes; longer ones are no near misses.
const maxName = 214

// split gives the scope without its @, and what stands behind the slash.
func split(name string) (scope, base string) {
	if strings.HasPrefix(name, "@") {
		if scope, base, ok := strings.Cut(name[1:], "/"); ok {
			return scope, base
		}
	}
	return "", name
}

// squeeze drops what separates words and makes letters small.
func squeeze(buf []byte, name string) []byte {
	buf = buf[:0]
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == '.' || c == '@' || c == '/' || c == '~':
		case 'A' <= c && c <= 'Z':
			buf = append(buf, c+'a'-'A')
		default:
			buf = append(buf, c)
		}
	}
	return buf
}

// fold makes characters equal that look alike in a terminal, in place.
func fold(s []byte) []byte {
	out := s[:0]
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '1' || c == 'i':
			c = 'l'
		case c == '0':
			c = 'o'
		case c == 'v' && i+1 < len(s) && s[i+1] == 'v':
			c, i = 'w', i+1
		case c == 'r' && i+1 < len(s) && s[i+1] == 'n':
			c, i = 'm', i+1
		}
		out = append(out, c)
	}
	return out
}

// wordsOf gives a name's words in the order of the alphabet; "" if it has only
// one or is short.
func wordsOf(name string) string {
	if strings.HasPrefix(name, "@") || len(name) < 8 || strings.IndexByte(name, '-') < 0 {
		return ""
	}
	w := strings.Split(name, "-")
	slices.Sort(w)
	return strings.Join(w, "-")
}

// families are first words that whole families of packages share.
var families = []string{"eslint-plugin-", "eslint-config-", "babel-plugin-", "babel-preset-", "rollup-plugin-", "vite-plugin-"}

// behindPrefix gives a family member's own words; "" for any other name.
func behindPrefix(name string) string {
	for _, f := range families {
		if rest, ok := strings.CutPrefix(name, f); ok {
			return rest
		}
	}
	return ""
}

// rows are the three rows of letters on a keyboard.
var rows = [...]string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}

// onKeyboard says whether two letters lie beside each other on a row.
func onKeyboard(a, b byte) bool {
	for _, r := range rows {
		i, j := strings.IndexByte(r, a), strings.IndexByte(r, b)
		if i >= 0 && j >= 0 && (i-j == 1 || j-i == 1) {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
