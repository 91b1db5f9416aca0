package shim

import (
	"sort"
	"strings"
)

// sessionKey names the socket at which the gpq above answers. It is no more than an address: whoever is found there must
// be this very program, and above this process.
const sessionKey = "GPQ_SESSION"

// Session is what a gpq tells the gpqs that npm's scripts call below it, so that nobody is asked twice. It can only spare a
// question about an artefact that was cleared, by digest; it never spares a check.
type Session struct {
	Cleared []string          // NAME@VERSION INTEGRITY
	Strict  bool              // the one above never asks
	Env     map[string]string // what the variables were which the one above has set for its npm; "" for not at all
}

// Permits is whether this artefact was cleared above. An artefact without integrity never was.
func (s Session) Permits(name, version, integrity string) bool {
	if integrity == "" {
		return false
	}
	i := sort.SearchStrings(s.Cleared, name+"@"+version+" "+integrity)
	return i < len(s.Cleared) && s.Cleared[i] == name+"@"+version+" "+integrity
}

// Restore is env as it was before the gpq above set its own registry there.
func (s Session) Restore(env []string) []string {
	out := make([]string, 0, len(env))
	for _, kv := range env {
		key, _, _ := strings.Cut(kv, "=")
		if _, changed := s.Env[key]; !changed && key != sessionKey {
			out = append(out, kv)
		}
	}
	for key, value := range s.Env {
		if value != "" {
			out = append(out, key+"="+value)
		}
	}
	sort.Strings(out)
	return out
}
