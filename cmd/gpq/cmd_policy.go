package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"gpq/checks"
	"gpq/checks/policy"
	"gpq/prompt/report"
	"gpq/resolver/npmrc"
	"gpq/shim/argv"
)

// startingPolicy changes nothing: it shows what can be changed.
//
//go:embed starting-policy.yaml
var startingPolicy string

func (p *process) policyCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name:  "policy",
		Usage: "write a starting policy, show the one in force, try it on a recorded report",
		Subcommands: []*cli.Command{
			{Name: "init", Usage: "write a starting policy to the user's folder, or with --project here",
				Flags: []cli.Flag{&cli.BoolFlag{Name: "project", Usage: "write .gpq/policy.yaml in this project: it can only tighten"}},
				Action: func(c *cli.Context) error {
					return plainly(c, func() error { return p.policyInit(own, c.Bool("project")) })
				}},
			{Name: "show", Usage: "the policy in force, and where each value came from",
				Action: func(c *cli.Context) error { return plainly(c, func() error { return p.policyShow(own) }) }},
			{Name: "test", ArgsUsage: "FILE", Usage: "decide a recorded JSON report by the policy in force",
				Action: func(c *cli.Context) error {
					if err := wantArgs(c, 1, 1); err != nil {
						return err
					}
					return p.policyTest(own, c.Args().First())
				}},
		},
		Action: func(c *cli.Context) error {
			return usagef("gpq policy init|show|test", errors.New("policy: say what to do"))
		},
	}
}

// plainly does what takes no words.
func plainly(c *cli.Context, do func() error) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	return do()
}

// loadPolicy reads the layers for the project of the working folder.
func (p *process) loadPolicy(own argv.Own) (*policy.Loaded, error) {
	c, err := npmrc.Load(npmrc.Options{Cwd: p.dir, Home: p.home(), Environ: p.env})
	if err != nil {
		return nil, err
	}
	l, err := policy.Load(p.policyFiles(own.Policy, c.Root))
	if err != nil {
		return nil, usagef("", err)
	}
	return l, nil
}

func (p *process) policyShow(own argv.Own) error {
	l, err := p.loadPolicy(own)
	if err != nil {
		return err
	}
	return l.Show(p.out)
}

func (p *process) policyInit(own argv.Own, project bool) error {
	file := p.policyFiles(own.Policy, p.dir).User
	if project {
		file = p.policyFiles("", p.dir).Project
	}
	if _, err := os.Stat(file); err == nil {
		return usagef("edit it, or remove it first", fmt.Errorf("%s is there already", file))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	err := writeFile(file, func(w io.Writer) error { _, err := io.WriteString(w, startingPolicy); return err })
	if err == nil {
		_, err = fmt.Fprintf(p.out, "wrote %s\n", file)
	}
	return err
}

// policyTest applies the policy in force to the findings of a recorded report.
func (p *process) policyTest(own argv.Own, file string) error {
	in, err := os.Open(p.abs(file))
	if err != nil {
		return usagef("", err)
	}
	defer func() { _ = in.Close() }()
	d, err := report.Read(in)
	if err != nil {
		return usagef("record one with --report json=FILE", fmt.Errorf("%s: %w", file, err))
	}
	l, err := p.loadPolicy(own)
	if err != nil {
		return err
	}
	rep, err := checks.FromDocument(d)
	if err != nil {
		return usagef("", fmt.Errorf("%s: %w", file, err))
	}
	l.Policy.Reconsider(rep)
	for _, m := range []struct {
		name string
		mode checks.Mode
	}{{"terminal", checks.Mode{Terminal: true}}, {"no terminal", checks.Mode{}}, {"strict", checks.Mode{Strict: true}}} {
		_, _ = fmt.Fprintf(p.out, "%-12s %s\n", m.name, l.Policy.Decide(rep, m.mode))
	}
	return report.WriteText(p.out, rep.Document(l.Policy.Decide(rep, checks.Mode{}), version, d.Request), report.TextOptions{All: true})
}
