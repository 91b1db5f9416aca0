package argv

import "strings"

// npxWords rewrites npx's words into npm's, as npx itself does: exec before them, a few old names replaced or dropped,
// and -- before the first word that is no flag.
func npxWords(npm mask, args []string) []string {
	words := append(make([]string, 0, len(args)+2), args...)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if word == "--" {
			break
		}
		if !strings.HasPrefix(word, "-") {
			words = append(words[:i], append([]string{"--"}, words[i:]...)...)
			break
		}
		key, value, cut := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if to, ok := npxReplace(key); ok {
			if cut && key != "no-install" {
				to += "=" + value
			}
			words[i] = to
		} else if expansion, ok := npm.short(key); ok && !npxRemoved(key) {
			words = splice(words, i, expansion, cut, value)
			i--
			continue
		}
		gone := npxRemoved(key)
		if gone {
			words = append(words[:i], words[i+1:]...)
			i--
		}
		if cut || npxSwitch(npm, key) || !npxValue(key) && i+1 < len(words) && strings.HasPrefix(words[i+1], "-") {
			continue
		}
		if gone && i+1 < len(words) {
			words = append(words[:i+1], words[i+2:]...)
		} else if !gone {
			i++
		}
	}
	return append([]string{"exec"}, words...)
}

func splice(words []string, i int, expansion []string, cut bool, value string) []string {
	made := append([]string(nil), expansion...)
	if cut {
		made = append(made, value)
	}
	return append(append(append([]string(nil), words[:i]...), made...), words[i+1:]...)
}

func npxReplace(key string) (string, bool) {
	switch key {
	case "p":
		return "--package", true
	case "shell":
		return "--script-shell", true
	case "no-install":
		return "--yes=false", true
	}
	return "", false
}

func npxRemoved(key string) bool {
	switch key {
	case "always-spawn", "ignore-existing", "shell-auto-fallback", "npm", "node-arg", "n":
		return true
	}
	return false
}

// npxSwitch are the flags that npx takes for switches.
func npxSwitch(npm mask, key string) bool {
	switch key {
	case "always-spawn", "ignore-existing", "shell-auto-fallback", "no-install", "quiet", "q", "version", "v", "help", "h":
		return true
	}
	def, ok := npm.flag(key)
	return ok && def.types.has(tBool)
}

// npxValue are the flags whose next word npx takes for their value even where it begins with a hyphen.
func npxValue(key string) bool {
	switch key {
	case "npm", "node-arg", "n", "package", "p", "cache", "userconfig", "call", "c", "shell":
		return true
	}
	return false
}

// ExecWords are npx's words in the form of npm exec, as npx itself hands them on: what follows «npm» then. version is the
// npm's.
func ExecWords(args []string, version string) []string {
	npm, _ := Options{NPM: version}.npm()
	return npxWords(npm, args)
}
