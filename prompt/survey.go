package prompt

import (
	"bufio"
	"context"
	"strings"

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

// ask is false too where survey stumbles over a terminal that goes away under
// it (it panics where it cannot learn of its cursor): No, not a crash.
func (t *Terminal) ask(question string) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	if t.dumb {
		return t.askPlainly(question)
	}
	c := newConsole(t.file, len("? "+question+" (y/N) "))
	err := survey.AskOne(
		&survey.Confirm{Message: question, Default: false},
		&yes,
		survey.WithStdio(c, c, c),
	)
	if err != nil {
		return false
	}
	return yes
}

// askPlainly asks with nothing but letters, as long as what is typed is no answer.
func (t *Terminal) askPlainly(question string) bool {
	typed := bufio.NewReaderSize(t.file, 4096)
	for {
		if _, err := t.file.WriteString(question + " (y/N) "); err != nil {
			return false
		}
		line, err := typed.ReadSlice('\n')
		if err != nil {
			return false
		}
		switch strings.ToLower(strings.TrimSpace(string(line))) {
		case "y", "yes":
			return true
		case "", "n", "no":
			return false
		}
	}
}
