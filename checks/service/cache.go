package service

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Cache keeps answers between runs. A cache that fails is an empty one.
type Cache interface {
	// Get gives what was kept under key and when; false if nothing was.
	Get(key string) (data []byte, stored time.Time, ok bool)
	Put(key string, data []byte, stored time.Time)
}

// maxCached bounds one kept answer, in bytes.
const maxCached = 4 << 20

// Folder is a Cache of one file for each key, named by the key's digest. The
// empty Folder keeps nothing. Files are replaced whole, so that two runs at
// once see one or the other.
type Folder string

func (f Folder) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(string(f), hex.EncodeToString(sum[:16]))
}

// Get reads a file; one that is not ours, or of the future, is none.
func (f Folder) Get(key string) ([]byte, time.Time, bool) {
	if f == "" {
		return nil, time.Time{}, false
	}
	path := f.path(key)
	if fi, err := os.Lstat(path); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxCached+8 {
		return nil, time.Time{}, false
	}
	b, err := os.ReadFile(path)
	if err != nil || len(b) < 8 {
		return nil, time.Time{}, false
	}
	return b[8:], time.Unix(int64(binary.BigEndian.Uint64(b)), 0), true
}

// Put writes a file; what cannot be written is not kept.
func (f Folder) Put(key string, data []byte, stored time.Time) {
	if f == "" || len(data) > maxCached || os.MkdirAll(string(f), 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(string(f), ".new-*")
	if err != nil {
		return
	}
	defer os.Remove(tmp.Name()) // gone already where the rename succeeded
	b := binary.BigEndian.AppendUint64(nil, uint64(stored.Unix()))
	_, err = tmp.Write(append(b, data...))
	if tmp.Close() != nil || err != nil {
		return
	}
	_ = os.Rename(tmp.Name(), f.path(key))
}

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

// Fresh gives what was kept under key within age before now.
func Fresh(c Cache, key string, now time.Time, age time.Duration) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	b, at, ok := c.Get(key)
	if d := now.Sub(at); !ok || d > age || d < -time.Minute {
		return nil, false
	}
	return b, true
}

// Keep puts data under key where there is a cache.
func Keep(c Cache, key string, data []byte, now time.Time) {
	if c != nil {
		c.Put(key, data, now)
	}
}
