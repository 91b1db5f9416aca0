package main

import (
	"time"

	"gpq/resolver/store"
)

// What the cache folder may grow to. What says who was trusted (keys, trust
// roots, refusals) is not pruned: it is small, and worth more with age.
const (
	tidyArea   = "tidy"
	tidyEvery  = 24 * time.Hour
	keptFor    = 30 * 24 * time.Hour
	keptBytes  = 2 << 30
	inUseStill = 2 * time.Hour
)

// tidy prunes the cache, at most once a day over all runs. It is cut off where
// the process ends, and goes on the next day.
func tidy(s *store.Store, now time.Time) {
	if last, err := s.Get(tidyArea, "last", 64); err == nil {
		if at, err := time.Parse(time.RFC3339, string(last)); err == nil && now.Sub(at) < tidyEvery && !at.After(now) {
			return
		}
	}
	if s.Put(tidyArea, "last", []byte(now.UTC().Format(time.RFC3339))) != nil {
		return
	}
	_, _ = s.Prune(store.Limits{
		MaxBytes: keptBytes, MaxAge: keptFor, MinAge: inUseStill, Now: now,
		Areas: []string{"blob", "contents", "http", "proofs", "services", "sri", "tmp"},
	})
}
