package main

import (
	"os"
	"path/filepath"
	"strings"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/prompt"
)

// runner is the checks with the world they may see.
func (s *session) runner() *checks.Runner {
	if s.collectors == nil {
		s.collectors = []checks.Collector{s.proofs(), s.outside()}
	}
	return &checks.Runner{
		Checks: checks.All(), Policy: s.policy, Packuments: s.client, Tarballs: s.larder,
		Collectors: s.collectors, Now: s.now(), ProjectRegistries: s.projectRegistries(),
	}
}

// projectRegistries are the registries that only the project names, by scope.
func (s *session) projectRegistries() map[string]string {
	out := map[string]string{}
	for _, r := range s.config.Registries() {
		if r.ProjectOnly {
			out[r.Scope] = r.URL
		}
	}
	return out
}

// proofs makes the collector of what can be verified.
func (s *session) proofs() *checks.ProofCollector {
	return &checks.ProofCollector{
		Source: s.client, Trust: s.keeper, Cache: attest.NewCache(s.store), Pins: attest.NewPins(s.store), Now: s.now(),
	}
}

// color says whether a stream gets colours: NO_COLOR and FORCE_COLOR as
// everywhere, else where it is a terminal.
func (p *process) color(f *os.File) bool {
	if p.getenv("NO_COLOR") != "" {
		return false
	}
	if v := p.getenv("FORCE_COLOR"); v != "" {
		return v != "0" && v != "false"
	}
	return prompt.IsTerminal(f) && !p.dumb()
}

// dumb says whether the terminal knows no escape sequences.
func (p *process) dumb() bool { return p.getenv("TERM") == "dumb" }

// documentRequest is the request as the report tells it.
func (s *session) documentRequest() checks.DocumentRequest {
	q := checks.DocumentRequest{Command: s.cmd.Name, Args: []string{}, Directory: "."}
	verb := false
	for _, a := range s.cmd.Args {
		if !verb && a == s.cmd.Verb {
			verb = true
			continue
		}
		q.Args = append(q.Args, a)
	}
	if rel, err := filepath.Rel(s.dir, s.config.Root); err == nil {
		q.Directory = filepath.ToSlash(rel)
	}
	q.Args = withoutSecrets(q.Args)
	return q
}

// hostPort is a URL's host.
func hostPort(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
