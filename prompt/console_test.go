package prompt

import (
	"bytes"
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A pseudo-terminal of which nobody answers questions about its cursor, as
// script, expect and many an editor give one.
func TestConfirmOnATerminalThatTellsNothing(t *testing.T) {
	for typed, want := range map[string]bool{"y\r": true, "yes\r": true, "n\r": false, "\r": false, "\x03": false, "\x04": false, "what\rn\r": false, "R\ry\r": true} {
		for _, size := range []*pty.Winsize{{}, {Rows: 24, Cols: 80}, {Rows: 1, Cols: 1}} {
			shown, got := confirmed(t, size, false, typed)
			if got != want {
				t.Errorf("%q on %v: %v, want %v", typed, *size, got, want)
			}
			if bytes.Contains(shown, []byte(whereIsIt)) {
				t.Errorf("%q: the terminal was asked where its cursor is: %q", typed, shown)
			}
		}
	}
}

// TestConfirmOnADumbTerminal: plain text, in both directions.
func TestConfirmOnADumbTerminal(t *testing.T) {
	for typed, want := range map[string]bool{"y\r": true, "YES\r": true, "n\r": false, "\r": false, "\x04": false, "y\x04\x04": false, "what\rn\r": false, "what\ry\r": true} {
		shown, got := confirmed(t, &pty.Winsize{Rows: 24, Cols: 80}, true, typed)
		if got != want {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
		if bytes.Contains(shown, []byte("\x1b")) {
			t.Errorf("%q: a dumb terminal was sent %q", typed, shown)
		}
	}
}

func confirmed(t *testing.T, size *pty.Winsize, dumb bool, typed string) ([]byte, bool) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal here:", err)
	}
	defer func() { _ = master.Close() }()
	if err := pty.Setsize(master, size); err != nil {
		t.Fatal(err)
	}
	s := &screen{}
	done := make(chan struct{})
	go func() { defer close(done); s.read(master) }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	answer := make(chan bool, 1)
	go func() { answer <- (&Terminal{file: slave, dumb: dumb}).Confirm(ctx, "Go on?") }()
	s.wait(ctx, "(y/N)")
	if _, err := master.WriteString(typed); err != nil {
		t.Fatal(err)
	}
	got := <-answer
	if ctx.Err() != nil {
		t.Errorf("%q: nobody heard the answer", typed)
	}
	_ = slave.Close()
	<-done
	return s.bytes(), got
}

// screen keeps what was shown.
type screen struct {
	mu  sync.Mutex
	all []byte
}

func (s *screen) read(from *os.File) {
	chunk := make([]byte, 4096)
	for {
		n, err := from.Read(chunk)
		s.mu.Lock()
		s.all = append(s.all, chunk[:n]...)
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *screen) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.all)
}

func (s *screen) wait(ctx context.Context, text string) {
	for ctx.Err() == nil && !bytes.Contains(s.bytes(), []byte(text)) {
		time.Sleep(5 * time.Millisecond)
	}
}

// TestConsoleGone: survey panics where it can learn of no cursor, so a terminal
// that has gone still tells of one, and ends the reading behind it.
func TestConsoleGone(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "terminal")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	c := newConsole(f, 20)
	if n, err := c.Write([]byte(whereIsIt)); err != nil || n != len(whereIsIt) {
		t.Errorf("%d bytes, %v", n, err)
	}
	buf := make([]byte, 64)
	if n, err := c.Read(buf); err != nil || string(buf[:n]) != "\x1b[1;21R" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if _, err := c.Read(buf); err == nil {
		t.Error("a terminal that has gone is read from without an end")
	}
}
