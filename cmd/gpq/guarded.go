package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"gpq/checks"
	"gpq/prompt/report"
	"gpq/resolver"
	"gpq/shim"
	"gpq/shim/argv"
	"gpq/shim/guard"
)

// run lets the real npm have what was cleared: as a child, behind the guard.
func (s *session) run(ctx context.Context, rep *checks.Report, clear checks.Clearance) int {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if err := errors.Join(s.sameFiles(ctx, rep.Plan), s.sameCommits(ctx, rep.Plan)); err != nil {
		return s.settle(err)
	}
	if s.own.NoGuard {
		return s.settle(becameNot(s.tool.BecomeUnchecked(s.cmd.Args, s.env)))
	}
	npm, words, err := s.asNPM()
	if err != nil {
		return s.fail(exitNoNPM, err, hintOf(err))
	}
	refusals := &refusals{}
	g, err := s.guard(ctx, rep, clear, refusals)
	if err != nil {
		return s.settle(err)
	}
	defer func() { _ = g.Close() }()
	go s.larder.lend(ctx, clear)
	if g.Blocked() {
		s.say("npm will fail to fetch repositories and folders: the packages come from several hosts; --no-guard lets it")
	}
	env := g.Env(s.env)
	if upper, err := shim.Answer("", s.sessionFor(env, clear)); err == nil { // without it, scripts' own npm asks again
		defer func() { _ = upper.Close() }()
		env = append(env, upper.Env()...)
	}
	res, err := npm.Run(ctx, shim.Child{
		Args: g.Args(words), Env: env, Dir: s.dir, Stdin: os.Stdin, Stdout: s.out, Stderr: s.err,
		Own: s.cmd.Class == argv.Exec || s.cmd.Class == argv.Init, Held: s.held,
	})
	s.repair(g)
	if err != nil {
		return s.settle(becameNot(err))
	}
	s.laidDown(ctx, rep.Plan)
	s.cloned(rep.Plan)
	refusals.tell(s)
	if res.Signal != 0 {
		shim.EndBy(res.Signal)
	}
	return res.ExitCode()
}

// repair takes the guard's address out of the lockfiles that npm has written.
func (s *session) repair(g *guard.Guard) {
	for _, dir := range s.installedInto() {
		if err := g.Repair(dir); err != nil {
			s.say("%v", err)
		}
	}
}

// hold has node read npm's files while there is still something to ask and to
// check. npm itself begins in run, or not at all.
func (s *session) hold() {
	npm, words, err := s.asNPM()
	if err != nil || s.own.NoGuard {
		return
	}
	s.held = npm.Hold(s.shimWorld(words), s.cmd.Name, shim.Child{Env: s.env, Dir: s.dir, Stdin: os.Stdin, Stdout: s.out, Stderr: s.err})
}

func (s *session) guard(ctx context.Context, rep *checks.Report, clear checks.Clearance, r *refusals) (*guard.Guard, error) {
	return guard.Start(ctx, guard.Options{
		Clear: clear, Source: s.client, Tarballs: s.larder, Admit: s.admitter(rep), Refused: r.add,
		Upstream: guard.Upstream{
			Doer: s.fetch, Registry: s.client.RegistryFor, Authorization: s.client.Authorization,
		},
		Scopes: s.scopes(), NoProxy: s.noProxy(), Files: s.laysFiles(rep.Plan), Local: rep.Plan.Request.LocalFile,
	})
}

// asNPM is npm with its words; npx is npm exec, so that the guard's settings can
// stand where npm reads them and not the command that npx runs.
func (s *session) asNPM() (shim.Tool, []string, error) {
	if !s.cmd.Npx {
		return s.tool, s.cmd.Args, nil
	}
	words := argv.ExecWords(s.cmd.Args, s.vers.NPM)
	if dir := s.tool.PackageDir(); dir != "" {
		npm := s.tool
		npm.Name, npm.Path = "npm", filepath.Join(dir, "bin", "npm-cli.js")
		return npm, words, nil
	}
	npm, err := shim.Find("npm", s.shimWorld(words))
	return npm, words, err
}

// sessionFor is what a gpq that npm's scripts call below is told: what was
// cleared, and what the environment was before the guard.
func (s *session) sessionFor(guarded []string, clear checks.Clearance) func() shim.Session {
	before := map[string]string{}
	for _, kv := range guarded {
		key, value, _ := strings.Cut(kv, "=")
		if was := s.getenv(key); was != value {
			before[key] = was
		}
	}
	told := shim.Session{Strict: s.own.Strict, Env: before}
	for _, p := range clear.Packages() {
		told.Cleared = append(told.Cleared, p.Name+"@"+p.Version+" "+string(p.Integrity))
	}
	return func() shim.Session { return told }
}

// installedInto are the folders whose lockfiles npm may have written.
func (s *session) installedInto() []string {
	q := s.request()
	dirs := []string{s.config.Root}
	if q.Dir != "" {
		dirs[0] = q.Dir
	}
	if q.GlobalDir != "" {
		dirs = append(dirs, q.GlobalDir)
	}
	if s.cmd.Class == argv.Exec || s.cmd.Class == argv.Init {
		npx := filepath.Join(s.npmCache(), "_npx")
		own, _ := os.ReadDir(npx) // without it npm has written nothing there
		for _, e := range own {
			dirs = append(dirs, filepath.Join(npx, e.Name()))
		}
	}
	return dirs
}

// letNPMFail: npm would not get as far as fetching. It is run all the same,
// behind a guard that clears nothing, so that the person reads npm's own words
// and scripts see npm's own code.
func (s *session) letNPMFail(ctx context.Context, plan *resolver.Plan, stop func()) int {
	if words := plan.Failure.Error(); report.Escape(words) != words { // npm would show them as they are
		return s.settle(s.unplanned(plan.Failure))
	}
	s.say("npm will not go on with this: %v", plan.Failure)
	stop()
	return s.run(ctx, &checks.Report{At: s.now(), Plan: plan}, checks.Clearance{})
}

// scopes are those with a registry of their own.
func (s *session) scopes() []string {
	var out []string
	for _, r := range s.config.Registries() {
		if r.Scope != "" {
			out = append(out, r.Scope)
		}
	}
	return out
}

func (s *session) noProxy() string {
	v, _, _ := s.config.Get("noproxy")
	return v
}

// admitter judges what npm asks for unannounced: one package at a time, by the
// same checks and the same policy. Nobody is asked while npm has the terminal.
func (s *session) admitter(rep *checks.Report) func(context.Context, resolver.Package) error {
	return func(ctx context.Context, p resolver.Package) error {
		plan := &resolver.Plan{Request: rep.Plan.Request, Items: []resolver.Item{{Package: p, Via: [][]string{{p.Name}}}}}
		one, err := s.runner().Run(ctx, plan)
		if err != nil {
			return err
		}
		v := s.policy.Decide(one, checks.Mode{Strict: s.own.Strict})
		if _, err := one.Clear(v, checks.Consent{}); err != nil {
			return fmt.Errorf("gpq did not expect it, and checked now it is not cleared: %w", err)
		}
		return nil
	}
}

// refusals are what the guard did not let through.
type refusals struct {
	mu  sync.Mutex
	all []guard.Refusal
}

func (r *refusals) add(x guard.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, x)
}

// tell has a line for each, after npm has spoken.
func (r *refusals) tell(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.all {
		what := x.Path
		if x.Package.Name != "" {
			what = x.Package.Name + "@" + x.Package.Version
		}
		s.say("npm was refused %s: %v", what, x.Reason)
	}
}
