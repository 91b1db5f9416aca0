package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lockPoll is how long a waiter sleeps between two tries.
const lockPoll = 20 * time.Millisecond

// Lock takes the advisory lock of that name and waits for it as long as ctx
// allows. It is held until unlock is called or the process ends.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	path, err := s.file("lock", name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the name is a digest
	if err != nil {
		return nil, err
	}
	for {
		done, err := tryLock(f)
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if done {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("lock %s is held: %w", path, ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}
