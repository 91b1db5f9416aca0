package prompt

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/term"
)

// What survey writes to find out how large the terminal is and where its
// cursor stands.
const (
	toTheCorner = "\x1b[999;999f"
	whereIsIt   = "\x1b[6n"
	goBack      = "\x1b8"
)

// console is the terminal as survey sees it. Survey asks the terminal for its
// size and its cursor, and waits for the answer for ever; what gives none
// (script, expect, an editor's terminal, a serial line) would take the person's
// answer for it. So these questions are answered here, and never reach it.
type console struct {
	*os.File

	width  int // of the question, in columns
	corner bool
	told   bytes.Buffer // answers that survey has not read yet
}

func newConsole(f *os.File, width int) *console { return &console{File: f, width: width} }

// Read gives the answers to survey's own questions first, then what is typed.
func (c *console) Read(p []byte) (int, error) {
	if c.told.Len() > 0 {
		return c.told.Read(p)
	}
	return c.File.Read(p)
}

// Write shows what survey writes, save its questions.
func (c *console) Write(p []byte) (int, error) {
	switch string(p) {
	case toTheCorner:
		c.corner = true
		return len(p), nil
	case whereIsIt:
		c.tell()
		return len(p), nil
	case goBack:
		c.corner = false
	}
	return c.File.Write(p)
}

// tell answers where the cursor is: in the corner, which is the size, or behind
// the question. The row is not known: there is made to be another one below,
// and then it only matters that it is not the last.
// A terminal that has gone is told of by the next reading: survey takes no
// cursor at all for one.
func (c *console) tell() {
	columns, rows, err := term.GetSize(int(c.Fd()))
	if err != nil || columns < 1 || rows < 2 {
		columns, rows = 80, 24
	}
	if c.corner {
		fmt.Fprintf(&c.told, "\x1b[%d;%dR", rows, columns)
		return
	}
	fmt.Fprintf(&c.told, "\x1b[1;%dR", c.width%columns+1)
	_, _ = c.WriteString("\x1bD\x1b[1A") // one line down, at the bottom by scrolling, and up again
}
