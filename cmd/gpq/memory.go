package main

import (
	"runtime/debug"
	"sync"
)

// Memory in bytes that is used before it is collected more eagerly than Go does
// by itself: enough for a tree of 1,300 packages, and so much for each package
// beyond, so that a larger tree does not spend its time on collecting.
const (
	enoughMemory = 168 << 20
	packageTakes = 112 << 10
)

// garbage is by how much of what is in use, in percent, memory grows before it is
// collected: below the limit above there is room, and collecting small heaps
// again and again is a tenth of a short run.
const garbage = 200

// memory is how much of it the process may use freely. The zero value has set
// nothing yet.
type memory struct {
	mu    sync.Mutex
	limit int64
	seen  int
}

// another is told of one package more.
func (m *memory) another() {
	m.mu.Lock()
	m.seen++
	n := m.seen
	m.mu.Unlock()
	if n%256 == 0 {
		m.allow(n)
	}
}

// allowMemory sets what the environment leaves open.
func (s *session) allowMemory() {
	if s.getenv("GOMEMLIMIT") == "" {
		s.memory.allow(0)
	}
	if s.getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// allow makes room for that many packages; it never takes any away.
func (m *memory) allow(packages int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	limit := max(enoughMemory, int64(packages)*packageTakes)
	if limit > m.limit {
		m.limit = limit
		debug.SetMemoryLimit(limit)
	}
}
