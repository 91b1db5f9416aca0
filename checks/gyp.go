package checks

import (
	"regexp"
	"strings"
)

// gypCommand is a command expansion: gyp runs what stands in the brackets
// while it reads the file, before anything is compiled.
var gypCommand = regexp.MustCompile(`[<>^]!@?\(([^)]*(?:\([^)]*\)[^)]*)*)`)

// gypHarmless are the expansions that ask where headers are.
var gypHarmless = []*regexp.Regexp{ //nolint:gochecknoglobals // never changed
	regexp.MustCompile(`^node\s+-[pe]\s+\\?["']require\((\\?["'])[a-z0-9@/_.-]+(\\?["'])\)(\.[a-z_]+)?;?\\?["']$`),
	regexp.MustCompile(`^pkg-config\s+[A-Za-z0-9 ._+-]+$`),
	regexp.MustCompile(`^node\s+-p\s+\\?["']process\.(platform|arch|versions\.[a-z]+)\\?["']$`),
}

// gypActs are keys under which gyp runs commands of the file's own.
var gypActs = regexp.MustCompile(`["'](actions?|rules|postbuilds|make_global_settings)[+?=!/]*["']\s*:`)

// oddGyp gives a command in a gyp file that does more than compile; "" for
// none.
func oddGyp(text string) string {
	for _, m := range gypCommand.FindAllStringSubmatch(text, -1) {
		if !harmlessExpansion(strings.TrimSpace(m[1])) {
			return cut(m[1], 120)
		}
	}
	if strings.Count(text, "!(")+strings.Count(text, "!@(") > len(gypCommand.FindAllString(text, -1)) {
		return "a command expansion that cannot be read"
	}
	if m := gypActs.FindStringSubmatch(text); m != nil {
		return cut(m[1], 120)
	}
	return ""
}

func harmlessExpansion(cmd string) bool {
	for _, re := range gypHarmless {
		if re.MatchString(cmd) {
			return true
		}
	}
	return false
}
