//go:build !unix

package shim

// Held is an npm that stands ready; here there is none.
type Held struct{}

// Hold gives nil: Run does all of it.
func (t Tool) Hold(World, string, Child) *Held { return nil }

// Drop has nothing to end.
func (h *Held) Drop() {}
