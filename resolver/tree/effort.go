package tree

import (
	"context"
	"fmt"
)

// effort bounds what a build does and what it makes, whatever that is for: on
// some graphs npm itself goes on for ever, at places where its tree does not
// grow.
type effort struct {
	ctx                 context.Context
	done, glances       int
	nodes, edges, tries int
}

// Bounds of a build. A tree of 1,300 packages from the public registry takes
// 500,000 steps, 4,700 nodes and 37,000 edges, and with more packages it is not
// much more for each of them.
const (
	maxEffort = 40_000_000 // some seconds of work
	maxMade   = 400_000    // nodes, also those that are never placed
	maxAsked  = 1_500_000  // edges of them
	maxTries  = 400_000    // places tried for one package and its peers
)

// spend counts n steps of work, and stops a build that takes too many, or that
// nobody waits for any longer.
func (f *effort) spend(n int) {
	before := f.done >> 16
	f.done += n
	if f.done > maxEffort {
		f.stop("it takes more work than any real one")
	}
	if f.done>>16 != before && f.ctx != nil && f.ctx.Err() != nil {
		panic(stop{f.ctx.Err()})
	}
}

// glance counts what is next to no work, but grows with the square of a tree.
func (f *effort) glance() {
	if f.glances++; f.glances&255 == 0 {
		f.spend(1)
	}
}

func (f *effort) madeNode() {
	if f.nodes++; f.nodes > maxMade {
		f.stop("more packages are tried than any real one has")
	}
	f.spend(10)
}

func (f *effort) madeEdge() {
	if f.edges++; f.edges > maxAsked {
		f.stop("more is asked for than in any real one")
	}
}

func (f *effort) tried() {
	if f.tries++; f.tries > maxTries {
		f.stop("there are too many ways to place one package and its peers")
	}
	f.spend(5)
}

func (f *effort) stop(why string) { panic(stop{fmt.Errorf("%w: %s", ErrEndless, why)}) }
