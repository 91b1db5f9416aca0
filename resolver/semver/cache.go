package semver

import "sync"

// cacheLimit bounds each half of a Cache, in entries.
const cacheLimit = 1 << 17

// Cache keeps what was read, for one run of a resolver. It is safe for
// concurrent use; its zero value is empty and ready. When full it starts anew.
type Cache struct {
	mu       sync.RWMutex
	versions map[versionKey]versionEntry
	ranges   map[rangeKey]rangeEntry
}

type versionKey struct {
	text  string
	loose bool
}

type versionEntry struct {
	v   Version
	err error
}

type rangeKey struct {
	text string
	opts Options
}

type rangeEntry struct {
	r   Range
	err error
}

// Version is Parse, remembered.
func (c *Cache) Version(s string, loose bool) (Version, error) {
	k := versionKey{s, loose}
	c.mu.RLock()
	e, ok := c.versions[k]
	c.mu.RUnlock()
	if ok {
		return e.v, e.err
	}
	e.v, e.err = Parse(s, loose)
	if len(s) > maxLength {
		return e.v, e.err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.versions == nil || len(c.versions) >= cacheLimit {
		c.versions = map[versionKey]versionEntry{}
	}
	c.versions[k] = e
	return e.v, e.err
}

// Range is ParseRange, remembered.
func (c *Cache) Range(s string, o Options) (Range, error) {
	k := rangeKey{s, o}
	c.mu.RLock()
	e, ok := c.ranges[k]
	c.mu.RUnlock()
	if ok {
		return e.r, e.err
	}
	e.r, e.err = ParseRange(s, o)
	if len(s) > maxLength {
		return e.r, e.err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ranges == nil || len(c.ranges) >= cacheLimit {
		c.ranges = map[rangeKey]rangeEntry{}
	}
	c.ranges[k] = e
	return e.r, e.err
}

// Satisfies is the function of that name, with everything remembered.
func (c *Cache) Satisfies(version, rng string, o Options) bool {
	r, err := c.Range(rng, o)
	if err != nil {
		return false
	}
	v, err := c.Version(version, o.Loose)
	return err == nil && r.Test(v)
}
