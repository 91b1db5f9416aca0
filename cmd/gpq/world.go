package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/prompt"
	"gpq/prompt/report"
	"gpq/shim/argv"
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
	return prompt.IsTerminal(f) && p.getenv("TERM") != "dumb"
}

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
	return q
}

// writeReports writes every report asked for: to its file, else to standard
// error; for gpq's own commands, which own it, to standard output.
func (s *session) writeReports(d *checks.Document) error {
	for _, r := range s.own.Reports {
		if err := s.writeReport(r, d, s.err); err != nil {
			return fmt.Errorf("the %s report cannot be written: %w", r.Format, err)
		}
	}
	return nil
}

func (s *session) writeReport(r argv.Report, d *checks.Document, otherwise io.Writer) error {
	if r.File == "" {
		return report.Write(otherwise, report.Format(r.Format), d)
	}
	return writeFile(s.abs(r.File), func(w io.Writer) error { return report.Write(w, report.Format(r.Format), d) })
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".gpq-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if err := write(tmp); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// hostPort is a URL's host.
func hostPort(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
