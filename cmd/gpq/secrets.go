package main

import (
	"strings"

	"gpq/checks"
)

// withoutSecrets are words of a command line as a report may tell them: what
// opens something is ***.
func withoutSecrets(words []string) []string {
	out := make([]string, len(words))
	before := ""
	for i, w := range words {
		name, _, cut := strings.Cut(w, "=")
		switch {
		case secretFlag(before) && !strings.HasPrefix(w, "-"):
			out[i] = "***"
		case cut && secretFlag(name):
			out[i] = name + "=***"
		default:
			out[i] = checks.Told(w)
		}
		before = w
	}
	return out
}

// secretFlag says whether a flag's value opens something: a one-time password,
// a token, a key; also cut short, and for one host: --//host/:_authToken.
func secretFlag(word string) bool {
	if !strings.HasPrefix(word, "-") {
		return false
	}
	name := strings.ToLower(strings.TrimLeft(word, "-"))
	name = name[strings.LastIndex(name, ":")+1:]
	for _, s := range []string{"_authtoken", "_password", "otp", "key", "cert", "password"} {
		if len(name) > 1 && strings.HasPrefix(s, name) {
			return true
		}
	}
	return false
}
