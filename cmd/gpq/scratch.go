package main

import (
	"fmt"
	"os"

	"gpq/resolver/store"
)

// openStore opens the cache. Where its folder cannot be used (it is somebody
// else's, as under sudo, or cannot be written) this run has one of its own, and
// keeps nothing.
func (s *session) openStore() error {
	opened, err := store.Open(s.cacheDir())
	if err == nil {
		err = writable(s.cacheDir())
	}
	if err == nil {
		s.store = opened
		return nil
	}
	why := err
	if s.scratch, err = os.MkdirTemp("", "gpq-run-"); err == nil {
		s.store, err = store.Open(s.scratch)
	}
	if err != nil {
		return fmt.Errorf("the cache folder %s: %w", s.cacheDir(), why)
	}
	s.say("the cache cannot be used, nothing is kept: %v", why)
	return nil
}

func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".gpq-*")
	if err != nil {
		return err
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// clearScratch removes this run's own folder.
func (p *process) clearScratch() {
	if p.scratch != "" {
		_ = os.RemoveAll(p.scratch)
		p.scratch = ""
	}
}
