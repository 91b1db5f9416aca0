package registry

import "fmt"

// Bounds of what one packument may make of the memory. The public registry's
// largest stay at a tenth of them.
const (
	maxWeight = 96 << 20 // bytes, about, of all that is kept of it
	maxText   = 1 << 20  // bytes of one text that is kept
	maxMany   = 20_000   // names, people or signatures in one place
	maxDepth  = 512      // of values within values: a packument has five levels
)

// What things cost beside their text, in bytes.
const (
	perEntry   = 96  // of a map, with its key
	perVersion = 768 // a Manifest, and what leads to it
	perPair    = 40  // of a list
)

// room is what is left of maxWeight. passing is what is given back when the
// document has been read.
type room struct{ left, passing int }

// spend takes from the room; an error says that there is none left.
func (d *decoder) spend(n int) error {
	if d.room.left -= n; d.room.left < 0 {
		return d.fail(fmt.Sprintf("it would take more than %d bytes of memory", maxWeight))
	}
	return nil
}

// keepText is for a text under which something is found again, and for the n
// that were found in it.
func (d *decoder) keepText(raw []byte, n int) error {
	d.room.passing += len(raw) + perEntry
	return d.spend(len(raw) + perEntry + n*perPair)
}

// few is an error where there are too many of something in one place.
func (d *decoder) few(n int) error {
	if n > maxMany {
		return d.fail(fmt.Sprintf("more than %d in one place", maxMany))
	}
	return nil
}

// part is a decoder for a text that this one has passed.
func (d *decoder) part(raw []byte) *decoder {
	return &decoder{scanner: scanner{b: raw}, strings: d.strings, room: d.room}
}

func (s *scanner) tooLong() error {
	return s.fail(fmt.Sprintf("a text of more than %d bytes", maxText))
}
