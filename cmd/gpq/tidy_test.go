package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpq/resolver/store"
)

func TestTidy(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "cache"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	for _, area := range []string{"http", "registry-keys"} {
		for _, key := range []string{"old", "new"} {
			if err := s.Put(area, key, []byte(key)); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = filepath.WalkDir(s.Dir(), func(path string, _ os.DirEntry, _ error) error {
		text, err := os.ReadFile(path)
		when := now
		if err == nil && string(text) == "old" {
			when = now.Add(-31 * 24 * time.Hour)
		}
		return os.Chtimes(path, when, when)
	})
	before := now.Add(-time.Hour)
	if s.Put(tidyArea, "last", []byte(before.Format(time.RFC3339))) != nil {
		t.Fatal("no place")
	}
	tidy(s, now)
	if !s.Has("http", "old") {
		t.Error("twice on one day")
	}
	tidy(s, now.Add(tidyEvery))
	if s.Has("http", "old") || !s.Has("http", "new") || !s.Has("registry-keys", "old") {
		t.Error("pruned:", s.Has("http", "old"), s.Has("http", "new"), s.Has("registry-keys", "old"))
	}
}
