package servicetest

import (
	"sync"
	"time"
)

// Memory is a Cache for one run.
type Memory struct {
	mu sync.Mutex
	m  map[string]kept
}

type kept struct {
	data []byte
	at   time.Time
}

// Get gives what was Put.
func (m *Memory) Get(key string) ([]byte, time.Time, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.m[key]
	return k.data, k.at, ok
}

// Put keeps data.
func (m *Memory) Put(key string, data []byte, stored time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m == nil {
		m.m = map[string]kept{}
	}
	m.m[key] = kept{data, stored}
}
