package prompt

import (
	"context"

	"github.com/AlecAivazis/survey/v2"
	"golang.org/x/term"
)

// Confirm asks through survey on the opened terminal. The terminal's mode is
// put back also when the context ends first (hang-up, SIGTERM): then the
// answer is No and the reader is left behind for the process to end.
func (t *Terminal) Confirm(ctx context.Context, question string) bool {
	fd := int(t.file.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return false
	}
	answer := make(chan bool, 1)
	go func() { answer <- t.ask(question) }()
	select {
	case yes := <-answer:
		return yes && ctx.Err() == nil
	case <-ctx.Done():
		_ = term.Restore(fd, before)
		return false
	}
}

func (t *Terminal) ask(question string) bool {
	yes := false
	c := newConsole(t.file, len("? "+question+" (y/N) "))
	err := survey.AskOne(
		&survey.Confirm{Message: question, Default: false},
		&yes,
		survey.WithStdio(c, c, c),
	)
	return err == nil && yes
}
