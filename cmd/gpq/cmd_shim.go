package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"gpq/shim/shell"
)

func (p *process) shimCommand() *cli.Command {
	return &cli.Command{
		Name:  "shim",
		Usage: "put gpq before npm in every shell, undo it, say what is in force",
		Subcommands: []*cli.Command{
			{Name: "install", ArgsUsage: "[SHELL…]", Usage: "set the shells up: bash, zsh, fish, powershell; without a name those that are here",
				Flags: []cli.Flag{
					&cli.BoolFlag{Name: "ci", Usage: "put gpq ahead on PATH for the steps of a CI job that follow"},
					&cli.BoolFlag{Name: "run-if-gone", Usage: "should gpq be gone some day: run npm with a warning instead of failing"},
				},
				Action: func(c *cli.Context) error {
					return p.shimInstall(c.Args().Slice(), c.Bool("ci"), c.Bool("run-if-gone"))
				}},
			{Name: "uninstall", Usage: "take every byte of it back", Action: func(c *cli.Context) error { return plainly(c, p.shimUninstall) }},
			{Name: "status", Usage: "what is in force", Action: func(c *cli.Context) error { return plainly(c, p.shimStatus) }},
			{Name: "hook", ArgsUsage: "SHELL", Usage: "print the lines, for those who keep their dotfiles themselves",
				Action: func(c *cli.Context) error {
					if err := wantArgs(c, 1, 1); err != nil {
						return err
					}
					return p.printFor(c.Args().First(), func(k shell.Kind) (string, error) { return shell.Hook(p.shellEnv(false), k) })
				}},
		},
		Action: func(*cli.Context) error {
			return usagef("gpq shim install|uninstall|status|hook SHELL", errors.New("shim: say what to do"))
		},
	}
}

func (p *process) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", ArgsUsage: "SHELL", Usage: "print the completion for bash, zsh, fish or powershell",
		Action: func(c *cli.Context) error {
			if err := wantArgs(c, 1, 1); err != nil {
				return err
			}
			return p.printFor(c.Args().First(), shell.Completion)
		},
	}
}

func (p *process) printFor(name string, make func(shell.Kind) (string, error)) error {
	k, err := shell.KindOf(name)
	if err != nil {
		return usagef("", err)
	}
	text, err := make(k)
	if err != nil {
		return usagef("", err)
	}
	_, err = fmt.Fprint(p.out, text)
	return err
}

// shellEnv is where shells are set up.
func (p *process) shellEnv(runIfGone bool) shell.Env {
	vars := map[string]string{}
	for _, kv := range p.env {
		key, value, _ := strings.Cut(kv, "=")
		vars[key] = value
	}
	return shell.Env{Home: p.home(), Vars: vars, Gpq: p.front(), RunIfGone: runIfGone}
}

// front is the file that people call: where gpq was installed as two, the small
// one beside this.
func (p *process) front() string {
	dir, base := filepath.Split(p.self)
	if base == "gpq-core" {
		return filepath.Join(dir, "gpq")
	}
	return p.self
}

func (p *process) shimInstall(names []string, ci, runIfGone bool) error {
	e := p.shellEnv(runIfGone)
	if ci {
		done, out, err := shell.CI(e)
		for _, line := range done {
			p.say("%s", line)
		}
		_, _ = fmt.Fprint(p.out, out)
		return err
	}
	var kinds []shell.Kind
	for _, name := range names {
		k, err := shell.KindOf(name)
		if err != nil {
			return usagef("", err)
		}
		kinds = append(kinds, k)
	}
	if len(kinds) == 0 {
		kinds = e.Detect()
	}
	if err := p.showChanges(shell.Install(e, kinds)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, "open a new shell; gpq doctor then shows what stands before npm, gpq shim uninstall takes all of it back")
	return err
}

func (p *process) shimUninstall() error {
	r := shell.Uninstall(p.shellEnv(false))
	if len(r.Changes) == 0 && r.Err() == nil {
		_, _ = fmt.Fprintln(p.out, "nothing of gpq's is in any shell")
	}
	return p.showChanges(r)
}

func (p *process) showChanges(r shell.Result) error {
	for _, c := range r.Changes {
		if c.Err == nil {
			_, _ = fmt.Fprintf(p.out, "%-8s %s\n", c.Did, c.Path)
		}
	}
	for _, n := range r.Notes {
		p.say("%s", n)
	}
	if err := r.Err(); err != nil {
		return &exitError{1, err, "what could be done was done"}
	}
	return nil
}

func (p *process) shimStatus() error {
	s := shell.StatusOf(p.shellEnv(false))
	line := func(where string, state shell.State) { _, _ = fmt.Fprintf(p.out, "  %-18s %s\n", state, where) }
	_, _ = fmt.Fprintln(p.out, "gpq")
	line(s.Gpq.Path, s.Gpq.State)
	for _, f := range s.Files {
		line(f.Path, f.State)
	}
	for _, sh := range s.Shells {
		_, _ = fmt.Fprintln(p.out, sh.Kind)
		for _, pl := range sh.Places {
			line(pl.Path, pl.State)
		}
		for _, a := range sh.Aliases {
			_, _ = fmt.Fprintf(p.out, "  %-18s %s:%d: %s\n", "alias of yours", a.File, a.Line, a.Text)
		}
	}
	first := "another npm comes first"
	if s.First {
		first = "gpq comes first"
	} else if !s.OnPath {
		first = "gpq's folder is not on it"
	}
	_, err := fmt.Fprintf(p.out, "PATH here and now\n  %s\n", first)
	return err
}
