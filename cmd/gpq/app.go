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
	if errors.As(err, &theLibrarys) { // its own refusals, as of a help topic that is none
		err = usagef("gpq help shows what there is", errors.New(theLibrarys.Error()))
	}
	return p.settle(err)
}

func (p *process) commands(own argv.Own) *cli.App {
	a := cli.NewApp()
	a.Name, a.Version = "gpq", version
	a.Usage = "check everything npm would fetch, before npm fetches it"
	a.UsageText = manual
	a.Writer, a.ErrWriter = p.out, p.err
	a.HideHelpCommand = false
	a.Suggest = true
	a.ExitErrHandler = func(*cli.Context, error) {}
	a.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return usagef("gpq help shows what there is", err) }
	a.CommandNotFound = nil
	a.Flags = ownFlagsForHelp()
	a.Commands = []*cli.Command{
		p.checkCommand(own), p.verifyCommand(own), p.approveCommand(own), p.baselineCommand(own),
		p.policyCommand(own), p.reportCommand(), p.checksCommand(), p.shimCommand(), p.doctorCommand(own),
		p.demoCommand(), p.completionCommand(),
	}
	for _, c := range a.Commands {
		c.OnUsageError = a.OnUsageError
	}
	return a
}

// ownFlagsForHelp are shown; they were taken out of the words before.
func ownFlagsForHelp() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "strict", Usage: "never ask: danger or warning is refused (3), a required answer that is missing too (4)"},
		&cli.StringSliceFlag{Name: "report", Usage: "also write the report: `FORMAT[=FILE]`, text, json, sarif or html"},
		&cli.StringFlag{Name: "policy", Usage: "the user's policy `FILE` instead of the default one"},
		&cli.StringFlag{Name: "trusted-root", Usage: "another Sigstore trusted root, `FILE`"},
		&cli.StringFlag{Name: "registry-keys", Usage: "registry signing keys, `FILE`"},
		&cli.BoolFlag{Name: "no-guard", Usage: "do not stand between npm and the registry after the checks"},
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
