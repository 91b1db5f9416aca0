package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"gpq/checks/storytest"
	"gpq/testdata/stories"
)

const firstStory = "S01-axios-1x-downgrade"

func (p *process) demoCommand() *cli.Command {
	return &cli.Command{
		Name: "demo", ArgsUsage: "[STORY]",
		Usage: "replay recorded attack stories against a built-in registry, with no network",
		Action: func(c *cli.Context) error {
			if err := wantArgs(c, 0, 1); err != nil {
				return err
			}
			shown := *p
			shown.err = p.out // what gpq would say is what is to be seen here
			if c.NArg() == 1 {
				return shown.demo(c.Context, storyNamed(c.Args().First()))
			}
			if err := shown.demo(c.Context, firstStory); err != nil {
				return err
			}
			return shown.listStories()
		},
	}
}

// storyNamed takes a story's number for its name: S01.
func storyNamed(word string) string {
	for _, name := range stories.Names() {
		if strings.EqualFold(name, word) || strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)+"-") {
			return name
		}
	}
	return word
}

// demo shows one story: what happened, and what gpq does about it.
func (p *process) demo(ctx context.Context, name string) error {
	s, err := p.openStage(name)
	if err != nil {
		return err
	}
	defer s.close()
	_, _ = fmt.Fprintf(p.out, "%s\n%s\n\n$ gpq install %s --strict\n", s.story.Name, s.story.Comment, strings.Join(s.story.Install, " "))
	code := s.play(ctx, p, append([]string{"install", "--strict"}, s.story.Install...)...)
	_, err = fmt.Fprintf(p.out, "\nexit code %d: %s\n", code, whatHappened(code))
	return err
}

func whatHappened(code int) string {
	switch code {
	case exitOK:
		return "npm ran"
	case exitRefused:
		return "refused; npm did not run, and nothing was installed"
	case exitUndecided:
		return "could not decide; npm did not run"
	}
	return "npm ended so"
}

// listStories shows the other stories, a line each, by what they are.
func (p *process) listStories() error {
	_, _ = fmt.Fprintln(p.out, "\nmore stories, gpq demo NAME:")
	for _, kind := range [...]struct{ letter, what string }{
		{"S", "attacks on record, and (with a small letter) what is left of them when this or that is taken away"},
		{"V", "ways around the checks"},
		{"B", "harmless, and very like an attack"},
		{"W", "harmless, and every day's"},
	} {
		_, _ = fmt.Fprintln(p.out, "\n"+kind.what)
		for _, name := range stories.Names() {
			if !strings.HasPrefix(name, kind.letter) {
				continue
			}
			text, err := stories.Read(name)
			if err != nil {
				return err
			}
			s, err := storytest.Parse(name, text)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(p.out, "  %-46s %s\n", name, title(s.Comment))
		}
	}
	return nil
}

// title is the first sentence of a story, or as much of it as fits on a line. A point within a word (axios 1.14.1) ends none.
func title(comment string) string {
	const most = 110
	line := ""
	for _, word := range strings.Fields(comment) {
		if len([]rune(line+word)) > most {
			return line + "…"
		}
		line = strings.TrimSpace(line + " " + word)
		if whole, ended := strings.CutSuffix(line, "."); ended {
			return whole
		}
	}
	return line
}
