package main

import (
	"context"
	"fmt"
	"os"
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
	if s.own.NoGuard {
		return s.settle(becameNot(s.tool.BecomeUnchecked(s.npmArgs(), s.env)))
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	refusals := &refusals{}
	g, err := guard.Start(ctx, guard.Options{
		Clear: clear, Source: s.client, Tarballs: s.larder, Admit: s.admitter(rep), Refused: refusals.add,
		Upstream: guard.Upstream{
			Doer: s.fetch, Registry: s.client.RegistryFor, Authorization: s.config.RegistryOptions().Authorization,
		},
		Scopes: s.scopes(), NoProxy: s.noProxy(),
	})
	if err != nil {
		return s.settle(err)
	}
	defer func() { _ = g.Close() }()
	res, err := s.tool.Run(ctx, shim.Child{
		Args: g.Args(s.npmArgs()), Env: g.Env(s.env), Stdin: os.Stdin, Stdout: s.out, Stderr: s.err,
		Own: s.cmd.Class == argv.Exec || s.cmd.Class == argv.Init,
	})
	if err != nil {
		return s.settle(becameNot(err))
	}
	refusals.tell(s)
	if res.Signal != 0 {
		shim.EndBy(res.Signal)
	}
	return res.ExitCode()
}

// letNPMFail: npm would not get as far as fetching. It is run all the same,
// behind a guard that clears nothing, so that the person reads npm's own words
// and scripts see npm's own code.
func (s *session) letNPMFail(ctx context.Context, plan *resolver.Plan, stop func()) int {
	s.say("npm will not go on with this: %s", report.Escape(plan.Failure.Error()))
	stop()
	return s.run(ctx, &checks.Report{At: s.now(), Plan: plan}, checks.Clearance{})
}

// npmArgs are npm's words; npx's stand in the form of npm exec already where
// the tool is npm's.
func (s *session) npmArgs() []string { return s.cmd.Args }

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
		s.say("npm was refused %s: %s", report.Escape(what), report.Escape(x.Reason.Error()))
	}
}
