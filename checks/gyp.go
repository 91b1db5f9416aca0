package checks

import (
	"regexp"
	"strings"
	"sync"
)

// gypHarmless are the expansions that ask where headers are.
var gypHarmless = sync.OnceValue(func() *regexp.Regexp { //nolint:gochecknoglobals // never changed
	return regexp.MustCompile(strings.Join([]string{
		`^node\s+-[pe]\s+\\?["']require\((\\?["'])(node-addon-api|nan|napi-macros)(\\?["'])\)(\.[a-z_]+)?;?\\?["']$`,
		`^pkg-config\s+[A-Za-z0-9 ._+-]+$`,
		`^node\s+-p\s+\\?["']process\.(platform|arch|versions\.[a-z]+)\\?["']$`,
	}, "|"))
})

// gypActs are keys under which gyp runs commands of the file's own.
var gypActs = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`["'](actions?|rules|postbuilds|make_global_settings)[+?=!/]*["']\s*:`)
})

// oddGyp gives a command in a gyp file that does more than compile; "" for
// none.
func oddGyp(text string) string {
	for rest := text; ; {
		cmd, after, found := nextExpansion(rest)
		if !found {
			break
		}
		if !harmlessExpansion(strings.TrimSpace(cmd)) {
			return cut(cmd, 120)
		}
		rest = after
	}
	if m := gypActs().FindStringSubmatch(text); m != nil {
		return cut(m[1], 120)
	}
	return ""
}

// nextExpansion finds a command expansion, «<!(…)» in any of its forms: gyp
// runs what stands in the brackets while it reads the file, before anything is
// compiled. One without an end goes to the end of the file.
func nextExpansion(s string) (cmd, after string, found bool) {
	i := strings.IndexByte(s, '!')
	for i >= 0 {
		rest := strings.TrimPrefix(s[i+1:], "@")
		if strings.HasPrefix(rest, "(") {
			end := closing(rest)
			return rest[1:end], rest[min(end+1, len(rest)):], true
		}
		next := strings.IndexByte(s[i+1:], '!')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return "", "", false
}

// closing gives the place of the bracket that closes the first one.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

func harmlessExpansion(cmd string) bool { return gypHarmless().MatchString(cmd) }
