package registry

import (
	"context"
	"errors"
	"sync"
)

// shared gives every caller of a key the one value that the first of them
// fetched.
type shared[T comparable] struct {
	mu  sync.Mutex
	all map[string]*flight[T]
}

// flight is one value that is being fetched, or has been.
type flight[T comparable] struct {
	done  chan struct{}
	value T
	err   error
}

// abandoned is the error of a fetch whose caller gave up.
type abandoned struct{ error }

func (a abandoned) Unwrap() error { return a.error }

// get fetches, waits, or gives what is there. A caller whose context ends
// takes only itself away: if it was the one that fetched, another goes on.
func (s *shared[T]) get(ctx context.Context, key string, do func(context.Context) (T, error)) (T, error) {
	for {
		f, mine := s.join(key)
		if mine {
			f.value, f.err = do(ctx)
			s.land(ctx, key, f)
			return f.value, f.err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
		var gone abandoned
		if !errors.As(f.err, &gone) || ctx.Err() != nil {
			return f.value, f.err
		}
	}
}

// join finds the flight of a key, or begins it.
func (s *shared[T]) join(key string) (f *flight[T], mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.all[key]; f != nil {
		return f, false
	}
	if s.all == nil {
		s.all = map[string]*flight[T]{}
	}
	f = &flight[T]{done: make(chan struct{})}
	s.all[key] = f
	return f, true
}

// forget lets the next caller fetch anew, where gone is still what is there.
func (s *shared[T]) forget(key string, gone T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.all[key]; f != nil && f.landed() && f.value == gone {
		delete(s.all, key)
	}
}

// peek gives the value of a key if it is there.
func (s *shared[T]) peek(key string) (value T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.all[key]; f != nil && f.landed() && f.err == nil {
		return f.value, true
	}
	return value, false
}

func (f *flight[T]) landed() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

func (s *shared[T]) land(ctx context.Context, key string, f *flight[T]) {
	if f.err != nil && ctx.Err() != nil {
		f.err = abandoned{f.err}
		s.mu.Lock()
		delete(s.all, key)
		s.mu.Unlock()
	}
	close(f.done)
}
