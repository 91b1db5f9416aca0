package guard

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"gpq/resolver"
)

// Refusal is one request that npm got no answer to but the reason.
type Refusal struct {
	Package resolver.Package // as far as known
	Path    string           // what was asked for, without the secret
	Asked   string           // what npm says it is for, «registry:NAME@URL»; hostile
	Reason  error
}

// Git says that npm asked for a git host's tarball; refused, it clones.
func (r Refusal) Git() bool { return strings.HasPrefix(r.Asked, "git:") }

// serve answers one request of npm's.
func (g *Guard) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := g.authorised(r)
	switch {
	case !ok:
		answer(w, http.StatusForbidden, "this registry is gpq's own, for one run of npm")
	case isTarball(r, path):
		g.tarball(w, r, path)
	case strings.HasPrefix(path, "/-/"):
		g.forward(w, r, path)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		g.refuse(w, Refusal{Path: path, Reason: fmt.Errorf("%s is not let through while packages are installed", r.Method)})
	default:
		g.packument(w, r, strings.TrimPrefix(path, "/"))
	}
}

// authorised gives the decoded path, without the secret, of a request that
// proves to come from the npm that was given the secret: in the path, or, since
// npm drops a registry's path from some tarball URLs, as a token.
func (g *Guard) authorised(r *http.Request) (string, bool) {
	if r.Host != g.host {
		return "", false // a browser that was told another name for loopback
	}
	if other, ok := r.Context().Value(peerKey{}).(bool); !ok || other {
		return "", false
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if subtle.ConstantTimeCompare([]byte(first), []byte(g.secret)) == 1 {
		return "/" + rest, true
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return r.URL.Path, subtle.ConstantTimeCompare([]byte(token), []byte(g.secret)) == 1
}

// isTarball tells tarballs from documents: npm says what it wants, others can
// be told by the path.
func isTarball(r *http.Request, path string) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.Header.Get("Pacote-Req-Type") {
	case "tarball":
		return true
	case "packument":
		return false
	}
	return !strings.HasPrefix(path, "/-/") && (strings.Contains(path, "/-/") || strings.HasSuffix(path, ".tgz"))
}

// refuse answers 403 with the reason, and tells.
func (g *Guard) refuse(w http.ResponseWriter, why Refusal) {
	g.refused.Add(1)
	if g.opts.Refused != nil {
		g.opts.Refused(why)
	}
	answer(w, http.StatusForbidden, "gpq: "+why.Reason.Error())
}

// answer is an error in the form npm prints. No status here is one that npm
// tries again.
func answer(w http.ResponseWriter, status int, message string) {
	text, err := json.Marshal(map[string]string{"error": printable(message)})
	if err != nil {
		text = []byte(`{"error":"gpq"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text) // npm may be gone
}

// maxWords bounds a message, in runes.
const maxWords = 2000

// printable are words that npm may show as they are: a registry's may be among
// them. What is not seen, or turns the direction of what is, is escaped.
func printable(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > maxWords {
			return b.String() + "…"
		}
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
	}
	return b.String()
}
