package registry

import (
	"context"
	"fmt"
	"sync"
)

// Bounds of what all packuments of a run take in memory, in bytes: so much, and
// for each of them so much more, up to the most. A tree of 1,200 packages takes
// some 110 MB.
const (
	firstWeight = 192 << 20
	nextWeight  = 96 << 10
	mostWeight  = 640 << 20
)

// load is what all packuments take so far.
type load struct {
	mu     sync.Mutex
	weight int
	many   int
	full   error // why there can be no more
}

// add takes one more, or says that it would be too much.
func (l *load) add(weight int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	most := min(firstWeight+l.many*nextWeight, mostWeight)
	if l.full == nil && l.weight+weight > most {
		l.full = fmt.Errorf("with the %d documents before, what is read takes more than %d bytes of memory", l.many, most)
	}
	if l.full != nil {
		return l.full
	}
	l.weight += weight
	l.many++
	return nil
}

// over says why there can be no more, nil where there can: nothing is fetched
// then that could not be kept.
func (l *load) over() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.full
}

// Bounds of the documents that are in memory as text: so many at all, so many of
// them above a size, in bytes, and one at a time of the largest.
const (
	maxBodies  = 64
	largeBody  = 1 << 20
	maxLarge   = 8
	hugeBody   = 8 << 20
	maxHuge    = 1
	allClasses = 3
)

// places are those for documents on their way, by class of size. Who needs
// a place of the next class keeps those it has; as all go the same way, and the
// last class waits for nobody, nobody waits for ever.
type places [allClasses]chan struct{}

func newPlaces() *places {
	return &places{make(chan struct{}, maxBodies), make(chan struct{}, maxLarge), make(chan struct{}, maxHuge)}
}

// seat is what one document holds of them.
type seat struct {
	all  *places
	held int
}

// enter waits for a place among the smallest.
func (b *places) enter(ctx context.Context) (*seat, error) {
	s := &seat{all: b}
	return s, s.upTo(ctx, 1)
}

// grow waits for the places that a document of that many bytes needs.
func (s *seat) grow(ctx context.Context, size int64) error {
	switch {
	case size > hugeBody:
		return s.upTo(ctx, 3)
	case size > largeBody:
		return s.upTo(ctx, 2)
	}
	return nil
}

func (s *seat) upTo(ctx context.Context, class int) error {
	for ; s.held < class; s.held++ {
		if err := take(ctx, s.all[s.held]); err != nil {
			return err
		}
	}
	return nil
}

// leave gives all places back.
func (s *seat) leave() {
	for ; s.held > 0; s.held-- {
		<-s.all[s.held-1]
	}
}

// take waits for a place.
func take(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
