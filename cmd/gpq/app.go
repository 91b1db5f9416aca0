package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"gpq/shim"
	"gpq/shim/argv"
)

// version is gpq's own; the release build sets it.
var version = "0.1.0"

// app runs gpq's own commands. npm's flags mean the same there as with npm, so
// the commands that resolve take their words unread.
func (p *process) app(ctx context.Context, call shim.Call) int {
	words := append([]string{"gpq", call.Word}, call.Args...)
	if call.Word == "version" {
		words[1] = "--version"
	}
	err := p.commands(call.Own).RunContext(ctx, words)
	var theLibrarys cli.ExitCoder
	if errors.As(err, &theLibrarys) { // its own refusal, of a help topic that is none
		err = usagef("gpq help lists gpq's own commands, gpq npm help npm's", fmt.Errorf("help: gpq has no command %q of its own", strings.Join(call.Args, " ")))
	}
	return p.settle(err)
}

func (p *process) commands(own argv.Own) *cli.App {
	a := cli.NewApp()
	a.Name, a.Version = "gpq", version
	a.Usage = "check everything npm would fetch, before npm fetches it"
	a.UsageText = manual
	a.Writer, a.ErrWriter = p.out, p.err
	a.ExitErrHandler = func(*cli.Context, error) {}
	a.Flags = ownFlagsForHelp()
	a.Commands = []*cli.Command{
		p.checkCommand(own), p.verifyCommand(own), p.approveCommand(own), p.baselineCommand(own),
		p.policyCommand(own), p.reportCommand(), p.checksCommand(), p.shimCommand(), p.doctorCommand(own),
		p.demoCommand(), p.completionCommand(),
	}
	speakAsGpq(a.Commands)
	return a
}

// speakAsGpq gives commands gpq's own words for wrong use, and takes out what the library adds to their help.
func speakAsGpq(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelpCommand = true
		c.OnUsageError = func(c *cli.Context, err error, _ bool) error {
			if flag, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
				err = fmt.Errorf("%s: there is no flag --%s here", c.Command.Name, flag)
			}
			return usagef(c.Command.HelpName+" --help shows how it is called", err)
		}
		for _, f := range c.Flags {
			if b, ok := f.(*cli.BoolFlag); ok {
				b.DisableDefaultText = true
			}
		}
		speakAsGpq(c.Subcommands)
	}
}

// wantsHelp is for the commands that read their words as npm does.
func wantsHelp(words []string) bool {
	for _, w := range words {
		switch w {
		case "--":
			return false
		case "--help", "-h":
			return true
		}
	}
	return false
}

// jsonForHelp is the one flag of check and verify that is neither npm's nor every command's; it is read with npm's.
func jsonForHelp() []cli.Flag {
	return []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "the report as JSON on standard output"}}
}

const forMachines = "\nExit code: 0 nothing found at warning or above, 3 something found, 4 something required could not be told.\n" +
	"gpq's own flags (gpq help) and npm's mean what they mean to gpq install."

// ownFlagsForHelp are shown; they were taken out of the words before.
func ownFlagsForHelp() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "strict", DisableDefaultText: true, Usage: "never ask: danger or warning is refused (3), a required answer that is missing too (4)"},
		&cli.StringFlag{Name: "report", Usage: "also write the report: `FORMAT[=FILE]`, of text, json, sarif and html; may be given several times"},
		&cli.StringFlag{Name: "policy", Usage: "the user's policy `FILE` instead of the default one"},
		&cli.StringFlag{Name: "trusted-root", Usage: "another Sigstore trusted root, `FILE`"},
		&cli.StringFlag{Name: "registry-keys", Usage: "registry signing keys, `FILE`"},
		&cli.BoolFlag{Name: "no-guard", DisableDefaultText: true, Usage: "do not stand between npm and the registry after the checks"},
	}
}

// wantArgs refuses a wrong number of words.
func wantArgs(c *cli.Context, least, most int) error {
	n := c.NArg()
	if n >= least && (most < 0 || n <= most) {
		return nil
	}
	return usagef(strings.TrimSpace("usage: "+c.Command.HelpName+" "+c.Command.ArgsUsage), fmt.Errorf("%s: wrong number of words", c.Command.Name))
}
