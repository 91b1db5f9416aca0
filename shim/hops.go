package shim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// hopsKey is set for a version manager's shim, which may look along PATH and find gpq again. It holds
// PID:COUNT:DIGEST|PATH|PATH…: who became or started the shim, how often the same call came round, what was tried.
const hopsKey = "GPQ_HOPS"

// maxHops is how often the same command may come round through started shims, where process numbers do not tell.
const maxHops = 4

// LoopError says that every npm found leads back to gpq; exit code 127.
type LoopError struct{ Tried []string }

func (e *LoopError) Error() string {
	return "every npm on PATH leads back to gpq: " + strings.Join(e.Tried, ", ")
}

// Hint says what to do.
func (e *LoopError) Hint() string {
	return "choose a node version in your version manager, or set GPQ_NPM to the full path of the real npm"
}

// hops reads how gpq came to be called. tried are the files to leave out: those this very process has become before.
func (w World) hops() (next string, tried []string, err error) {
	digest := w.digest()
	head, list, _ := strings.Cut(w.get(hopsKey), "|")
	parts := strings.Split(head, ":")
	count := 0
	if len(parts) == 3 && parts[2] == digest {
		count, _ = strconv.Atoi(parts[1])
	}
	var paths []string
	if list != "" {
		paths = strings.Split(list, "|")
	}
	switch {
	case count > maxHops:
		return "", nil, &LoopError{Tried: paths}
	case count > 0 && parts[0] == strconv.Itoa(w.PID):
		tried = paths
	}
	next = fmt.Sprintf("%d:%d:%s", w.PID, count+1, digest)
	if len(tried) > 0 {
		next += "|" + list
	}
	return next, tried, nil
}

// digest is short for the call: a script's npm with other words, elsewhere or of another script is another call.
func (w World) digest() string {
	h := sha256.New()
	for _, s := range append([]string{w.Dir, w.get("npm_lifecycle_event"), w.get("npm_lifecycle_script"), w.get("npm_package_json")}, w.Args...) {
		_, _ = fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// environ is env for t: with the note for the way back where t is not npm itself, without one where it is.
func (t Tool) environ(env []string) []string {
	out := make([]string, 0, len(env)+1)
	for _, kv := range env {
		if !strings.HasPrefix(kv, hopsKey+"=") {
			out = append(out, kv)
		}
	}
	if t.hops != "" {
		out = append(out, hopsKey+"="+t.hops)
	}
	return out
}
