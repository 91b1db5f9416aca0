package tree

import (
	"context"
	"fmt"
)

// effort bounds what a build does, whatever it does: on some graphs npm itself
// goes on for ever, at places where its tree does not grow.
type effort struct {
	ctx  context.Context
	done int
}

// maxEffort is some fifty times that of the largest real trees, and some
// seconds of work.
const maxEffort = 40_000_000

// spend counts n steps of work, and stops a build that takes too many, or that
// nobody waits for any longer.
func (f *effort) spend(n int) {
	before := f.done >> 16
	f.done += n
	if f.done > maxEffort {
		panic(stop{fmt.Errorf("%w: it takes more work than any real one", ErrEndless)})
	}
	if f.done>>16 != before && f.ctx != nil && f.ctx.Err() != nil {
		panic(stop{f.ctx.Err()})
	}
}
