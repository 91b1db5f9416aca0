package checks

import (
	"regexp"
	"strings"
)

// Told is an address, or a spec, as it may be told: without what stands
// before an @ in its host, and without what opens something in its query.
func Told(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, path := rest[:end], openers.ReplaceAllString(rest[end:], "$1***")
	if at := strings.LastIndexByte(host, '@'); at >= 0 && host[:at] != "git" {
		host = "***" + host[at:]
	}
	return scheme + "://" + host + path
}

// openers are the parameters of a query that let someone in: tokens, keys,
// signatures.
var openers = regexp.MustCompile(`(?i)([?&;][^=&;#]*(?:token|key|sig|auth|pass|secret|credential|jwt)[^=&;#]*=)[^&;#\s)]+`)
