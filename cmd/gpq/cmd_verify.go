package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"gpq/checks"
	"gpq/prompt/report"
	"gpq/resolver"
	"gpq/resolver/pick"
	"gpq/resolver/spec"
	"gpq/shim"
	"gpq/shim/argv"
)

func (p *process) verifyCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name: "verify", ArgsUsage: "NAME[@VERSION]…",
		Usage:       "verify registry signature and attestations of single packages, and show what is proven; --json for machines",
		Description: "Each fact is from a certificate, a transparency log or a signature that was verified." + forMachines,
		Flags:       jsonForHelp(), SkipFlagParsing: true,
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if wantsHelp(words) {
				return cli.ShowSubcommandHelp(c)
			}
			return p.verify(c.Context, own, words)
		},
	}
}

func (p *process) verify(ctx context.Context, own argv.Own, words []string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s, err := p.openWords(ctx, own, "verify", words)
	if err != nil {
		return err
	}
	if len(s.cmd.Positionals) == 0 {
		return usagef("gpq verify NAME[@VERSION]…", errors.New("verify: no package named"))
	}
	plan := &resolver.Plan{Request: s.request()}
	for _, word := range s.cmd.Positionals {
		it, err := s.single(ctx, word)
		if err != nil {
			return s.unplanned(err)
		}
		plan.Items = append(plan.Items, it)
	}
	r := s.runner()
	r.Checks, r.Tarballs = checks.ProofChecks(), nil
	rep, proven, err := r.Prove(ctx, plan)
	if err != nil {
		return &exitError{exitRefused, errors.New("interrupted"), ""}
	}
	if err := s.printProven(rep, proven); err != nil {
		return err
	}
	return verdictCode(rep, s.policy)
}

// single finds the one version that a word names, as npm would choose it.
func (s *session) single(ctx context.Context, word string) (resolver.Item, error) {
	sp := spec.Parse(word, spec.Place{Dir: s.dir, Home: s.home()})
	if !sp.Registry() {
		return resolver.Item{}, usagef("gpq verify NAME[@VERSION]…", fmt.Errorf("%s names no package of a registry", report.Escape(word)))
	}
	target := sp.Target()
	pack, err := s.client.Packument(ctx, target.Name)
	if err != nil {
		return resolver.Item{}, err
	}
	var picker pick.Picker
	m, err := picker.Pick(pack, target, pick.Options{})
	if err != nil {
		return resolver.Item{}, err
	}
	return resolver.Item{
		Package: resolver.Package{
			Name: pack.Name, Version: m.Version, Registry: pack.Registry,
			Tarball: m.Dist.Tarball, Integrity: resolver.Integrity(m.Dist.Integrity),
		},
		Specs: []spec.Spec{sp}, Via: [][]string{{pack.Name}}, Direct: true, Named: true,
	}, nil
}

// openWords sets a session up for one of gpq's own commands that takes npm's
// flags: the words are read as those of npm install.
func (p *process) openWords(ctx context.Context, own argv.Own, name string, words []string) (*session, error) {
	all := append([]string{"install"}, words...)
	tool, err := shim.Find("npm", p.shimWorld(all))
	if err != nil {
		return nil, &exitError{exitNoNPM, err, hintOf(err)}
	}
	cmd := shim.Call{Args: all}.Parse(tool, p.shimWorld(all), p.home())
	if cmd.Class != argv.Install {
		return nil, usagef("gpq help shows how it is called", fmt.Errorf("%s: npm would not read this as packages", name))
	}
	for _, flag := range cmd.Unknown {
		if !strings.Contains(flag, ":") { // @scope:registry and //host/:_authToken are nobody's table's
			return nil, usagef("gpq help shows how it is called", fmt.Errorf("%s: neither gpq nor this npm knows --%s", name, flag))
		}
	}
	s, err := p.open(ctx, job{own: own, cmd: cmd, tool: tool})
	if err == nil {
		s.cmd.Name, s.larder.looks = name, true
	}
	return s, err
}

func (s *session) printProven(rep *checks.Report, proven []checks.Proven) error {
	d := rep.Document(s.policy.Decide(rep, s.mode()), version, s.documentRequest())
	return s.print(d, func() error {
		for i := range proven {
			if err := report.WriteProven(s.out, &proven[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
