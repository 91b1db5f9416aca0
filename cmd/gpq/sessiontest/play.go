package sessiontest

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

// A terminal's script has one step in a line; «#» begins a comment:
//
//	expect TEXT     until that stands on the screen, behind what was expected before
//	send TEXT       type it; Go's escapes, as \r for the enter key, are understood
//	key NAME        enter, ctrl-c, ctrl-d, ctrl-z, escape, up, down, left, right
//	pause DURATION  do nothing
//	signal NAME     to the command alone, as «SIGTERM»
//	hangup          close the terminal
type step struct{ verb, text string }

var keys = map[string]string{"enter": "\r", "ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-z": "\x1a", "escape": "\x1b",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D"}

// parsePlay reads a terminal's script.
func parsePlay(script string) ([]step, error) {
	var steps []step
	for n, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		verb, text, _ := strings.Cut(line, " ")
		s := step{verb, strings.TrimSpace(text)}
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("line %d of the terminal's script: %w", n+1, err)
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func (s *step) check() error {
	switch s.verb {
	case "hangup":
		return nil
	case "expect":
		if s.text == "" {
			return fmt.Errorf("expect what?")
		}
		return nil
	case "pause":
		_, err := time.ParseDuration(s.text)
		return err
	case "signal":
		if _, ok := signals[s.text]; !ok {
			return fmt.Errorf("no signal %q", s.text)
		}
		return nil
	case "key":
		if keys[s.text] == "" {
			return fmt.Errorf("no key %q", s.text)
		}
		s.text = keys[s.text]
		return nil
	case "send":
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(s.text, `"`, `\"`) + `"`)
		s.text = text
		return err
	}
	return fmt.Errorf("no step %q", s.verb)
}

// show is a terminal as somebody sits before it.
type show struct {
	master *os.File
	rows   uint16
	cols   uint16
	done   chan struct{}

	mu   sync.Mutex
	buf  []byte
	more chan struct{} // has one in it when buf has grown
	seen int           // how much of the plain text was expected already
	told int           // how much of buf was looked through for questions
}

func newShow(master *os.File, size pty.Winsize) *show {
	s := &show{master: master, rows: size.Rows, cols: size.Cols, done: make(chan struct{}), more: make(chan struct{}, 1)}
	go s.read()
	return s
}

// whereIs asks a terminal for the place of the cursor, corner sends the cursor
// to the last corner there is.
const (
	whereIs = "\x1b[6n"
	corner  = "\x1b[999;999f"
)

// tell answers the questions in what was newly shown; a question may come in
// pieces. Where the cursor is matters to nobody but those who measure the
// terminal with it.
func (s *show) tell() {
	for {
		i := strings.Index(string(s.buf[s.told:]), whereIs)
		if i < 0 {
			return
		}
		answer := "\x1b[1;1R"
		if strings.HasSuffix(string(s.buf[:s.told+i]), corner) {
			answer = fmt.Sprintf("\x1b[%d;%dR", s.rows, s.cols)
		}
		s.told += i + len(whereIs)
		_, _ = s.master.WriteString(answer) // the command may be gone
	}
}

// read takes what is written to the terminal, until nobody can write any more.
func (s *show) read() {
	defer close(s.done)
	chunk := make([]byte, 4096)
	for {
		n, err := s.master.Read(chunk)
		if n > 0 {
			s.mu.Lock()
			s.buf = append(s.buf, chunk[:n]...)
			s.tell()
			s.mu.Unlock()
			select {
			case s.more <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

func (s *show) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.buf)
}

// play does the steps.
func (s *show) play(steps []step, p *os.Process) error {
	for _, st := range steps {
		var err error
		switch st.verb {
		case "expect":
			err = s.expect(st.text)
		case "send", "key":
			s.rest()
			_, err = s.master.WriteString(st.text)
		case "pause":
			d, _ := time.ParseDuration(st.text) // was checked
			time.Sleep(d)
		case "signal":
			err = p.Signal(signals[st.text])
		case "hangup":
			err = s.master.Close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rest waits until the screen has come to rest, as a person does before typing:
// programs that ask a terminal where its cursor is lose what comes with the
// answer. A screen that never rests is not waited for.
func (s *show) rest() {
	for range 10 {
		select {
		case <-s.more:
		case <-time.After(100 * time.Millisecond):
			return
		case <-s.done:
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// expect waits for a text.
func (s *show) expect(text string) error {
	deadline := time.After(patience)
	for {
		all := Plain(s.text())
		if i := strings.Index(all[min(s.seen, len(all)):], text); i >= 0 {
			s.seen += i + len(text)
			return nil
		}
		select {
		case <-s.more:
		case <-s.done:
			if strings.Contains(Plain(s.text())[min(s.seen, len(all)):], text) {
				continue
			}
			return fmt.Errorf("the command ended, and %q was never shown", text)
		case <-deadline:
			return fmt.Errorf("%q was not shown within %v", text, patience)
		}
	}
}

// drain waits for the rest of what was shown; what still runs in the
// background may hold the terminal open.
func (s *show) drain() {
	select {
	case <-s.done:
	case <-time.After(2 * time.Second):
	}
}

// control are the sequences that move, colour or ask.
var control = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)|\x1b[()][A-Z0-9]|\x1b[@-Z\\\\-_=>78]")

// Plain is what a terminal was sent, without control sequences and with
// ordinary line ends.
func Plain(raw string) string {
	text := strings.ReplaceAll(control.ReplaceAllString(raw, ""), "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n")
}
