package checks

import (
	"regexp"
	"strings"
)

// Told is an address, a spec, or a text with addresses, as it may be told:
// without what stands before an @ in a host, and without what opens something in
// a query.
func Told(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	text = logins.ReplaceAllStringFunc(text, func(login string) string {
		if login == "://git@" { // everybody's, over ssh
			return login
		}
		return "://***@"
	})
	return openers.ReplaceAllString(text, "$1***")
}

// logins are what stands before a host, up to the last @.
var logins = regexp.MustCompile(`://[^/?#\s]*@`)

// openers are the parameters of a query that let someone in: tokens, keys,
// signatures.
var openers = regexp.MustCompile(`(?i)([?&;][^=&;#]*(?:token|key|sig|auth|pass|secret|credential|jwt)[^=&;#]*=)[^&;#\s)]+`)
