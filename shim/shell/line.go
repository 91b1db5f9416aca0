package shell

import (
	"bytes"
	"strings"
)

// mark ends gpq's line in a start file. What follows it says how the file was before.
const mark = "# gpq-shim"

const (
	wasNew  = " (new file)"
	wasOpen = " (no newline before)"
)

// withLine is the file with gpq's line at its end, or with the one it has brought up to date. Line ends are as the file's.
func withLine(content []byte, isNew bool, line string) []byte {
	if start, end, note := findLine(content); start >= 0 {
		out := append([]byte{}, content[:start]...)
		out = append(out, line+" "+mark+note...)
		return append(out, content[end:]...)
	}
	eol := "\n"
	if i := bytes.IndexByte(content, '\n'); i > 0 && content[i-1] == '\r' {
		eol = "\r\n"
	}
	note := ""
	out := append([]byte{}, content...)
	switch {
	case isNew:
		note = wasNew
	case len(content) > 0 && content[len(content)-1] != '\n':
		note = wasOpen
		out = append(out, eol...)
	}
	return append(out, line+" "+mark+note+eol...)
}

// withoutLine is the file as it was before gpq's line. remove says that there was none.
func withoutLine(content []byte) (out []byte, remove bool) {
	for {
		start, end, note := findLine(content)
		if start < 0 {
			return content, remove
		}
		eol := 0 // the line's own end, and so that which was put before it
		for ; eol < 2 && end+eol < len(content) && content[end+eol] == "\r\n"[eol]; eol++ {
		}
		if eol == 0 && end < len(content) && content[end] == '\n' {
			eol = 1
		}
		head, tail := content[:start], content[end+eol:]
		if note == wasOpen && len(tail) == 0 {
			head = head[:max(0, len(head)-eol)]
		}
		content = append(append([]byte{}, head...), tail...)
		remove = note == wasNew && len(content) == 0
	}
}

// findLine is where gpq's first line begins and ends, without its line end; start is -1 where there is none.
func findLine(content []byte) (start, end int, note string) {
	for start < len(content) {
		end = start + bytes.IndexByte(content[start:], '\n')
		if end < start {
			end = len(content)
		}
		text := strings.TrimSuffix(string(content[start:end]), "\r")
		if at := strings.LastIndex(text, mark); at >= 0 {
			switch note := text[at+len(mark):]; note {
			case "", wasNew, wasOpen:
				return start, start + len(text), note
			}
		}
		start = end + 1
	}
	return -1, -1, ""
}
