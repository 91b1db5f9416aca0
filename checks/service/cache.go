package service

import (
	"encoding/binary"
	"time"

	"gpq/resolver/store"
)

// Cache keeps answers between runs. A cache that fails is an empty one.
type Cache interface {
	// Get gives what was kept under key and when; false if nothing was.
	Get(key string) (data []byte, stored time.Time, ok bool)
	Put(key string, data []byte, stored time.Time)
}

// maxCached bounds one kept answer, in bytes.
const maxCached = 4 << 20

// Kept is a Cache in one area of a store. Without a Store it keeps nothing.
type Kept struct {
	Store *store.Store
	Area  string // "" is "outside"
}

func (k Kept) area() string {
	if k.Area == "" {
		return "outside"
	}
	return k.Area
}

// Get reads an entry: 8 bytes of Unix time, then the data.
func (k Kept) Get(key string) ([]byte, time.Time, bool) {
	if k.Store == nil {
		return nil, time.Time{}, false
	}
	b, err := k.Store.Get(k.area(), key, maxCached+8)
	if err != nil || len(b) < 8 {
		return nil, time.Time{}, false
	}
	return b[8:], time.Unix(int64(binary.BigEndian.Uint64(b)), 0), true //nolint:gosec // any time will do
}

// Put writes an entry; what cannot be written is not kept.
func (k Kept) Put(key string, data []byte, stored time.Time) {
	if k.Store == nil || len(data) > maxCached {
		return
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(stored.Unix())) //nolint:gosec // read back the same way
	_ = k.Store.Put(k.area(), key, append(b, data...))
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
