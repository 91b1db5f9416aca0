package main

import (
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"gpq/prompt/report"
)

func (p *process) reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", ArgsUsage: "FILE --format FORMAT",
		Usage: "render a recorded JSON report again: text, json, sarif or html",
		Flags: []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: text, json, sarif or html"}},
		Action: func(c *cli.Context) error {
			file, format := c.Args().First(), c.String("format")
			words := c.Args().Slice()
			if len(words) == 3 && words[1] == "--format" { // behind the file, where the library stops reading flags
				format, words = words[2], words[:1]
			}
			if len(words) != 1 {
				return wantArgs(c, 1, 1)
			}
			f, err := report.ParseFormat(format)
			if err != nil {
				return usagef("", err)
			}
			return p.render(file, f)
		},
	}
}

func (p *process) render(file string, f report.Format) error {
	in, err := os.Open(p.abs(file))
	if err != nil {
		return usagef("", err)
	}
	defer func() { _ = in.Close() }()
	d, err := report.Read(in)
	if err != nil {
		return usagef("record one with --report json=FILE", fmt.Errorf("%s: %w", file, err))
	}
	return report.Write(p.out, f, d)
}
