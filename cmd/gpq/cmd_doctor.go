package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"github.com/urfave/cli/v2"

	"gpq/checks/policy"
	"gpq/prompt/report"
	"gpq/resolver/fetch"
	"gpq/resolver/npmrc"
	"gpq/shim"
	"gpq/shim/argv"
	"gpq/shim/shell"
)

func (p *process) doctorCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "which npm, which shims, which trust root, which registries; ends with a refusal that really ran",
		Action: func(c *cli.Context) error {
			if err := wantArgs(c, 0, 0); err != nil {
				return err
			}
			return p.doctor(c.Context, own)
		},
	}
}

// doctor tells what is in force, a section at a time, and fails where gpq would
// not protect: no npm, or a bad package that was not refused.
func (p *process) doctor(ctx context.Context, own argv.Own) error {
	f := shim.Gather(ctx, p.shimWorld(nil), p.cacheDir())
	p.doctorNPM(f)
	p.doctorShells(ctx)
	if f.NPM.Path == "" {
		return &exitError{exitNoNPM, errors.New("no real npm on PATH"), "install npm, or set GPQ_NPM to its full path"}
	}
	s, err := p.openWords(ctx, own, "doctor", nil)
	if err != nil {
		return err
	}
	s.doctorConfig()
	s.doctorTrust(ctx)
	s.doctorRegistries(ctx)
	return p.doctorRefusal(ctx)
}

func (p *process) heading(s string) { _, _ = fmt.Fprintln(p.out, s) }

func (p *process) fact(what, format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, "  %-16s %s\n", what, report.Escape(fmt.Sprintf(format, args...)))
}

func (p *process) doctorNPM(f shim.Facts) {
	p.heading("npm")
	if f.NPM.Path != "" {
		p.fact("npm", "%s %s", f.Versions.NPM, f.NPM.Path)
		p.fact("node", "%s %s", f.Versions.Node, f.Node.Path)
	}
	if f.NPM.Manager != "" {
		p.fact("managed by", "%s", f.NPM.Manager)
	}
	for _, t := range f.Others {
		p.fact("also there", "%s", t.Path)
	}
	for _, x := range f.Passed {
		p.fact("passed over", "%s: %s", x.Path, x.Why)
	}
	for _, err := range f.Problems {
		p.fact("problem", "%v", err)
	}
}

// doctorShells asks each shell that is here what npm is there.
func (p *process) doctorShells(ctx context.Context) {
	p.heading("shells")
	env := p.shellEnv(false)
	for _, k := range env.Detect() {
		st, err := shim.AskShell(ctx, p.shimWorld(nil), string(k), env.Root())
		switch {
		case err != nil:
			p.fact(string(k), "could not be asked: %v", err)
		case st.Gpq:
			p.fact(string(k), "npm is gpq")
		case st.Own:
			p.fact(string(k), "npm is yours (%s); gpq comes behind it, and checks where that calls npm", st.Says)
		default:
			p.fact(string(k), "npm is not gpq (%s)", st.Says)
		}
	}
	st := shell.StatusOf(env)
	switch {
	case st.First:
		p.fact("PATH", "gpq comes before npm, for scripts and editors too")
	case slices.ContainsFunc(st.Shells, func(s shell.ShellStatus) bool { return s.InForce() }):
		p.fact("PATH", "npm comes before gpq in this shell; in a new one gpq comes first")
	default:
		p.fact("PATH", "npm comes before gpq: gpq shim install changes that")
	}
}

func (s *session) doctorConfig() {
	s.heading("configuration")
	s.fact("cache", "%s", s.cacheDir())
	s.fact("settings", "%s", s.configDir())
	var layers []npmrc.Layer
	for l := range s.config.Files {
		layers = append(layers, l)
	}
	sort.Slice(layers, func(i, j int) bool { return layers[i] < layers[j] })
	for _, l := range layers {
		s.fact("npmrc, "+l.String(), "%s", s.config.Files[l])
	}
	for _, n := range s.config.Notes {
		s.fact("note", "%s", n)
	}
	for _, l := range changed(s.loaded) {
		s.fact("policy", "%s = %s (%s)", l.Path, l.Value, l.From)
	}
}

// changed are the settings that some file has set.
func changed(l *policy.Loaded) []policy.Line {
	var out []policy.Line
	for _, line := range l.Lines() {
		if line.From != "built in" && line.From != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *session) doctorTrust(ctx context.Context) {
	s.heading("trust")
	s.keeper.Wait(ctx)
	from, age, err := s.keeper.Status()
	s.fact("trusted root", "%s, %d days old", from.Source, int(age/day))
	if age > 90*day {
		s.fact("", "that is old: gpq renews it where tuf-repo-cdn.sigstore.dev can be reached")
	}
	if err != nil {
		s.fact("renewal", "failed: %v", err)
	}
}

func (s *session) doctorRegistries(ctx context.Context) {
	s.heading("registries")
	for _, r := range s.config.Registries() {
		name := r.Scope
		if name == "" {
			name = "default"
		}
		at := withoutSecrets([]string{r.URL})[0]
		began := s.now()
		resp, err := s.fetch.Do(ctx, fetch.Request{URL: r.URL + "-/npm/v1/keys", Timeout: 10 * time.Second, NoStore: true, NoRetry: true, Secret: s.config.RegistryOptions().Authorization(r.URL)})
		switch took := s.now().Sub(began).Milliseconds(); {
		case err != nil:
			s.fact(name, "%s: %v", at, err)
		case resp.Status == 200:
			s.fact(name, "%s: signs (%d ms)", at, took)
		default:
			s.fact(name, "%s: answers, has no signing keys (%d, %d ms)", at, resp.Status, took)
		}
	}
}

// doctorRefusal installs a bad package of gpq's own in a scratch folder: it must
// be refused.
func (p *process) doctorRefusal(ctx context.Context) error {
	p.heading("refusal")
	s, err := p.openStage(firstStory)
	if err != nil {
		return err
	}
	defer s.close()
	quietly := *p
	null, err := openNull()
	if err != nil {
		return err
	}
	defer func() { _ = null.Close() }()
	quietly.err, quietly.out = null, null
	code := s.play(ctx, &quietly, "install", "--strict", s.story.Install[0])
	installed, _ := filepath.Glob(filepath.Join(s.dir, "project", "node_modules", "*"))
	if code != exitRefused || len(installed) > 0 {
		return &exitError{1, fmt.Errorf("a package with a known attack in it was not refused (exit code %d)", code), "gpq does not protect here; please report this"}
	}
	p.fact(firstStory, "refused, nothing installed: gpq works here")
	return nil
}
