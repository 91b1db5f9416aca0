package registry

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// SyntaxError says that a document is no JSON, or not the shape it must have.
type SyntaxError struct {
	Offset int64 // bytes from the start
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset)
}

// scanner walks through one JSON text without building anything. What it
// passes over is checked for grammar as JSON.parse does, but for UTF-8.
type scanner struct {
	b     []byte
	i     int
	depth int
}

func (s *scanner) fail(reason string) error {
	if s.i >= len(s.b) {
		reason = "the document is cut off"
	}
	return &SyntaxError{Offset: int64(s.i), Reason: reason}
}

// next passes white space and gives the byte that follows, 0 at the end.
func (s *scanner) next() byte {
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c > ' ' || (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			return c
		}
		s.i++
	}
	return 0
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// str passes a string, from its opening quote on, and gives what stands
// between the quotes, and whether a backslash is in it.
func (s *scanner) str() (raw []byte, escaped bool, err error) {
	s.i++
	start := s.i
	for {
		s.plain()
		if s.i >= len(s.b) {
			return nil, false, s.fail("unfinished string")
		}
		switch s.b[s.i] {
		case '"':
			s.i++
			return s.b[start : s.i-1], escaped, nil
		case '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return nil, false, err
			}
		default:
			return nil, false, s.fail("control character in a string")
		}
	}
}

// plain goes on to the next quote, backslash or control character, eight
// bytes at a time.
func (s *scanner) plain() {
	b, i := s.b, s.i
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, back := w^('"'*ones), w^('\\'*ones)
		hit := ((quote-ones)&^quote | (back-ones)&^back | (w-' '*ones)&^w) & highs
		if hit != 0 {
			s.i = i + bits.TrailingZeros64(hit)/8
			return
		}
		i += 8
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	s.i = i
}

// escape passes one escape sequence, from its backslash on.
func (s *scanner) escape() error {
	s.i++
	if s.i >= len(s.b) {
		return s.fail("")
	}
	switch s.b[s.i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.i++
		return nil
	case 'u':
		for k := 0; k < 4; k++ {
			s.i++
			if s.i >= len(s.b) || hexValue(s.b[s.i]) < 0 {
				return s.fail("bad \\u escape")
			}
		}
		s.i++
		return nil
	}
	return s.fail("unknown escape")
}

func hexValue(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// skip passes one value of any kind.
func (s *scanner) skip() error {
	switch c := s.next(); {
	case c == '"':
		_, _, err := s.str()
		return err
	case c == '{':
		return s.members(nil)
	case c == '[':
		return s.elements(nil)
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	return s.fail("unexpected character")
}

// raw passes one value and gives its text.
func (s *scanner) raw() ([]byte, error) {
	s.next()
	start := s.i
	err := s.skip()
	return s.b[start:s.i], err
}

func (s *scanner) word(w string) error {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return s.fail("unexpected word")
	}
	s.i += len(w)
	return nil
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}

func (s *scanner) at(c byte) bool { return s.i < len(s.b) && s.b[s.i] == c }

func (s *scanner) number() error {
	if s.at('-') {
		s.i++
	}
	if s.at('0') {
		s.i++
	} else if !s.digits() {
		return s.fail("bad number")
	}
	if s.at('.') {
		s.i++
		if !s.digits() {
			return s.fail("bad number")
		}
	}
	if !s.at('e') && !s.at('E') {
		return nil
	}
	s.i++
	if s.at('+') || s.at('-') {
		s.i++
	}
	if !s.digits() {
		return s.fail("bad number")
	}
	return nil
}

// enter and leave count the nesting.
func (s *scanner) enter() error {
	s.i++
	s.depth++
	if s.depth > maxDepth {
		return s.fail("nested too deep")
	}
	return nil
}

// members passes an object, from its brace on. For each member it calls visit,
// which must pass the value; a nil visit passes everything.
func (s *scanner) members(visit func(key []byte) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		c := s.next()
		if c == '}' && first {
			break
		}
		if c != '"' {
			return s.fail("expected a member name")
		}
		if err := s.member(visit); err != nil {
			return err
		}
		if c = s.next(); c == '}' {
			break
		}
		if c != ',' {
			return s.fail("expected , or }")
		}
		s.i++
	}
	s.i++
	s.depth--
	return nil
}

func (s *scanner) member(visit func(key []byte) error) error {
	key, escaped, err := s.str()
	if err != nil {
		return err
	}
	if s.next() != ':' {
		return s.fail("expected :")
	}
	s.i++
	if visit == nil {
		return s.skip()
	}
	if len(key) > maxText {
		return s.tooLong()
	}
	if escaped {
		key = unescape(key)
	}
	s.next()
	return visit(key)
}

// elements passes an array, from its bracket on, as members does an object.
func (s *scanner) elements(visit func() error) error {
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		if s.next() == ']' && first {
			break
		}
		var err error
		if visit == nil {
			err = s.skip()
		} else {
			err = visit()
		}
		if err != nil {
			return err
		}
		c := s.next()
		if c == ']' {
			break
		}
		if c != ',' {
			return s.fail("expected , or ]")
		}
		s.i++
	}
	s.i++
	s.depth--
	return nil
}
