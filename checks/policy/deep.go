package policy

import "bytes"

// maxNested is how deep a policy or approvals file may nest.
const maxNested = 64

// tooDeep says whether a text nests deeper than any file that people write. It
// looks before the parser does, whose time and memory grow with the depth, and
// does not tell brackets in quotes from others.
func tooDeep(text []byte) bool {
	depth, anchors := 0, 0
	for line := range bytes.Lines(text) {
		marks, fresh := 0, true
		keys := bytes.Count(line, []byte(":"))
		anchors += bytes.Count(line, []byte("&"))
		if keys > 2*maxNested || anchors > 1000 {
			return true
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':', '&', '*', '!':
				marks++
			case ' ', '\t':
			default:
				fresh = false
			}
			if depth > maxNested || fresh && marks > 2*maxNested {
				return true
			}
		}
	}
	return false
}
