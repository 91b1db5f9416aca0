package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"gpq/checks"
	"gpq/prompt"
	"gpq/prompt/report"
	"gpq/resolver"
)

// judged runs the whole pipeline for a command that may fetch.
func (p *process) judged(ctx context.Context, j job, stop func()) int {
	s, err := p.open(ctx, j)
	if err != nil {
		return p.settle(err)
	}
	if !s.target().Fetches() { // npx of what is installed here
		stop()
		p.clearScratch()
		return p.settle(becameNot(s.tool.BecomeUnchecked(s.cmd.Args, s.env)))
	}
	s.hold()
	defer func() { s.held.Drop() }()
	plan, err := s.plan(ctx)
	if err != nil {
		return p.settle(err)
	}
	if plan.Failure != nil { // npm would stop here by itself: it says why better than we do
		return s.letNPMFail(ctx, plan, stop)
	}
	rep, err := s.check(ctx, plan)
	if err != nil {
		return p.settle(err)
	}
	v := s.policy.Decide(rep, s.mode())
	s.remember(rep)
	if err := s.tell(rep, v); err != nil {
		return p.settle(err)
	}
	clear, err := s.consent(ctx, rep, v)
	if err != nil {
		return p.settle(err)
	}
	s.accepted()
	stop() // from here on signals are npm's
	return s.run(ctx, rep, clear)
}

// check finds the facts out and asks every check about every item. The plan's
// tarballs begin to arrive meanwhile.
func (s *session) check(ctx context.Context, plan *resolver.Plan) (*checks.Report, error) {
	s.larder.stock(ctx, plan)
	if s.getenv("GOMEMLIMIT") == "" {
		s.memory.allow(len(plan.Items))
	}
	rep, err := s.runner().Run(ctx, plan)
	if err != nil {
		return nil, &exitError{exitRefused, errors.New("interrupted: npm did not run"), ""}
	}
	rep.Notices = append(s.notices, rep.Notices...)
	if s.scratch == "" {
		go tidy(s.store, s.now())
	}
	return rep, nil
}

// accepted: the run was let through, and with it what had changed about keys.
func (s *session) accepted() {
	for _, c := range s.collectors {
		if p, ok := c.(*checks.ProofCollector); ok {
			if err := p.AcceptKeys(); err != nil {
				s.say("registry keys could not be remembered: %v", err)
			}
		}
	}
}

func (s *session) mode() checks.Mode {
	return checks.Mode{Strict: s.own.Strict, Terminal: !s.own.Strict && s.terminal()}
}

// terminal says whether somebody can be asked: standard error is a terminal,
// CI is not set, and the terminal itself can be opened.
func (s *session) terminal() bool {
	if !prompt.Interactive(s.err, s.getenv("CI")) {
		return false
	}
	t, err := prompt.Open(s.dumb())
	if err != nil {
		return false
	}
	_ = t.Close()
	return true
}

// tell writes the report: for the person, and in every form asked for.
func (s *session) tell(rep *checks.Report, v checks.Verdict) error {
	d := rep.Document(v, version, s.documentRequest())
	if err := report.WriteText(s.err, d, s.textOptions(s.err, d, false)); err != nil {
		return err
	}
	return s.writeReports(d)
}

// textOptions are for a text on stream.
func (s *session) textOptions(stream *os.File, d *checks.Document, all bool) report.TextOptions {
	o := report.TextOptions{Width: prompt.Width(stream), Color: s.color(stream), All: all, Elapsed: elapsed(s.now().Sub(s.began))}
	for _, id := range s.policy.Required {
		o.Required = append(o.Required, string(id))
	}
	return o
}

func elapsed(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// consent turns the verdict into a clearance: at once, after a yes, or never.
func (s *session) consent(ctx context.Context, rep *checks.Report, v checks.Verdict) (checks.Clearance, error) {
	var c checks.Consent
	switch v {
	case checks.Allow:
	case checks.Ask:
		if c.Given = s.ask(ctx, rep); !c.Given {
			return checks.Clearance{}, &exitError{exitRefused, errors.New("refused: npm did not run"), ""}
		}
	case checks.Block:
		return checks.Clearance{}, &exitError{exitRefused, errors.New("refused: npm did not run"), s.whyNotAsked(rep)}
	default:
		return checks.Clearance{}, &exitError{exitUndecided, errors.New("could not decide: something required could not be looked up; npm did not run"), ""}
	}
	clear, err := rep.Clear(v, c)
	if err != nil {
		return clear, &exitError{exitRefused, err, ""}
	}
	return clear, nil
}

// whyNotAsked tells the person why there was no question.
func (s *session) whyNotAsked(*checks.Report) string {
	switch {
	case s.own.Strict:
		return "--strict asks nobody; an approval or a policy can accept what is known to be good"
	case !s.mode().Terminal:
		return "there is no terminal to ask on; an approval or a policy can accept what is known to be good"
	}
	return "known malware is never just asked about"
}

func (s *session) ask(ctx context.Context, rep *checks.Report) bool {
	return s.confirm(ctx, question(rep.Summary(), len(rep.Plan.Unresolved), s.cmd.Name))
}

// confirm asks on the terminal, opened for this one question. Nobody else has it
// meanwhile: node would put it back at its end as it found it.
func (s *session) confirm(ctx context.Context, question string) bool {
	s.held.Drop()
	t, err := prompt.Open(s.dumb())
	if err != nil {
		return false
	}
	defer func() { _ = t.Close() }()
	var asker prompt.Asker = t
	return asker.Confirm(ctx, question)
}

func question(sum checks.Summary, open int, command string) string {
	what := "with what could not be told"
	switch {
	case sum.Danger > 0 && sum.Warning > 0:
		what = fmt.Sprintf("despite %s and %s", count(sum.Danger, "danger"), count(sum.Warning, "warning"))
	case sum.Danger > 0:
		what = "despite " + count(sum.Danger, "danger")
	case sum.Warning > 0:
		what = "despite " + count(sum.Warning, "warning")
	case open > 0:
		what = fmt.Sprintf("with %d unresolved", open)
	}
	if command == "" {
		command = "command"
	}
	return fmt.Sprintf("Let npm %s go on %s?", command, what)
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
