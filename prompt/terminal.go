package prompt

import (
	"os"

	"golang.org/x/term"
)

// terminalPath is the controlling terminal of this process on every Unix.
const terminalPath = "/dev/tty"

// IsTerminal says whether f is a terminal.
func IsTerminal(f *os.File) bool {
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// leastWidth is what a text can be set for: a narrower terminal breaks its lines itself.
const leastWidth = 20

// Width is the terminal's width in columns, or 80 where f is none or does not tell.
func Width(f *os.File) int {
	if f == nil {
		return 80
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w < 1 {
		return 80
	}
	return max(w, leastWidth)
}
