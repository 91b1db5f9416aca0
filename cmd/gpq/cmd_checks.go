package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"gpq/checks"
	"gpq/prompt/report"
)

func (p *process) checksCommand() *cli.Command {
	return &cli.Command{
		Name: "checks", ArgsUsage: "[ID]",
		Usage: "list the checks, or show the page of one",
		Action: func(c *cli.Context) error {
			if err := wantArgs(c, 0, 1); err != nil {
				return err
			}
			if c.NArg() == 0 {
				p.listChecks()
				return nil
			}
			return p.showCheck(checks.ID(c.Args().First()))
		},
	}
}

func (p *process) listChecks() {
	for _, c := range checks.All() {
		_, _ = fmt.Fprintf(p.out, "%-20s %s\n", c.ID, c.Title)
	}
}

func (p *process) showCheck(id checks.ID) error {
	for _, c := range checks.All() {
		if c.ID == id {
			_, _ = fmt.Fprintf(p.out, "%s: %s\n\n%s\n", c.ID, c.Title, strings.TrimSpace(c.Doc))
			return nil
		}
	}
	return usagef("gpq checks lists them", fmt.Errorf("there is no check %q", report.Escape(string(id))))
}
