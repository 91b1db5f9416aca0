package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"gpq/checks"
	"gpq/prompt/report"
	"gpq/shim/argv"
)

func (p *process) checkCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name: "check", ArgsUsage: "[SPEC…]",
		Usage:       "resolve and check, print the report, run nothing; --json for machines",
		Description: "Without SPEC: the project in this folder, by its lockfile if there is one, else by its package.json." + forMachines,
		Flags:       jsonForHelp(), SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if wantsHelp(words) {
				return cli.ShowSubcommandHelp(c)
			}
			return p.checkOnly(c.Context, own, words)
		},
	}
}

// checkOnly judges what npm install would do with these words, and tells.
func (p *process) checkOnly(ctx context.Context, own argv.Own, words []string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s, err := p.openWords(ctx, own, "check", words)
	if err != nil {
		return err
	}
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if plan.Failure != nil {
		return &exitError{exitUndecided, plan.Failure, "npm would stop with this"}
	}
	rep, err := s.check(ctx, plan)
	if err != nil {
		return err
	}
	v := s.policy.Decide(rep, s.mode())
	d := rep.Document(v, version, s.documentRequest())
	text := func() error { return report.WriteText(s.out, d, s.textOptions(s.out, d, true)) }
	if err := s.print(d, text); err != nil {
		return err
	}
	return verdictCode(rep, s.policy)
}

// print writes the report to standard output, which is the command's own: as
// JSON with --json, else for a person; and what else was asked for, as ever.
func (s *session) print(d *checks.Document, forPerson func() error) error {
	if err := s.writeReports(d); err != nil {
		return err
	}
	if s.cmd.Flag("json") == "true" {
		return report.Write(s.out, report.JSON, d)
	}
	return forPerson()
}

// verdictCode is the exit code of check and verify, which is what --strict would
// decide: 3 where anything stands at warning or above, 4 where something
// required is unknown or could not be made known.
func verdictCode(rep *checks.Report, policy *checks.Policy) error {
	switch policy.Decide(rep, checks.Mode{Strict: true}) {
	case checks.Allow:
		return nil
	case checks.Block:
		return quiet(exitRefused)
	default:
		return quiet(exitUndecided)
	}
}

// quiet is an exit code that has been explained already.
type quiet int

func (quiet) Error() string { return "" }
