package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"gpq/prompt/report"
)

func (p *process) reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", ArgsUsage: "FILE [--format FORMAT]",
		Usage: "render a recorded JSON report again: text, json, sarif or html",
		Flags: []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT` to write: text, json, sarif or html"}},
		Action: func(c *cli.Context) error {
			file, format := c.Args().First(), c.String("format")
			words := c.Args().Slice()
			if len(words) > 1 { // behind the file, where the library stops reading flags
				if after, ok := formatAfter(words[1:]); ok {
					format, words = after, words[:1]
				}
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

// formatAfter reads --format FORMAT and --format=FORMAT.
func formatAfter(words []string) (string, bool) {
	name, value, cut := strings.Cut(words[0], "=")
	switch {
	case strings.TrimLeft(name, "-") != "format" || !strings.HasPrefix(name, "-"):
		return "", false
	case cut && len(words) == 1:
		return value, true
	case !cut && len(words) == 2:
		return words[1], true
	}
	return "", false
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
