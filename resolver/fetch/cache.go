package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"gpq/resolver/store"
)

// area is the cache's own part of the store.
const area = "http"

// entry is a kept answer: this in one small file, the body as a blob beside.
type entry struct {
	Schema int          `json:"schema"`
	At     int64        `json:"at"` // Unix seconds of the last word from the server
	Header http.Header  `json:"header"`
	Body   store.Digest `json:"body"` // of the compressed body
	Size   int64        `json:"size"` // of the body
}

const schema = 1

// maxScratch bounds the room to compress into that is kept for the next body.
const maxScratch = 4 << 20

// keptHeaders are all that is kept of an answer's headers.
var keptHeaders = [...]string{"Content-Type", "Etag", "Last-Modified", "Cache-Control", "Npm-Notice", "Vary"}

// cacheKey tells apart what may be answered differently. The credential goes
// in as part of a hash alone, so that a private answer is found only by who
// could have asked for it.
func cacheKey(r Request, t target) string {
	secret := sha256.Sum256([]byte("gpq cache\x00" + t.secret))
	return strings.Join([]string{t.url.String(), r.Header.Get("Accept"), hex.EncodeToString(secret[:])}, "\n")
}

func cacheable(r Request) bool {
	return (r.Method == "" || r.Method == http.MethodGet) && !r.NoStore && r.Body == nil
}

// lookup finds what is kept for a request. Anything odd is nothing.
func (c *Client) lookup(r Request, key string) *entry {
	if !cacheable(r) {
		return nil
	}
	data, err := c.o.Store.Get(area, key, 1<<20)
	if err != nil {
		return nil
	}
	var e entry
	if json.Unmarshal(data, &e) != nil || e.Schema != schema || e.Size < 0 {
		return nil
	}
	return &e
}

// fresh says whether an entry may be taken without asking.
func (c *Client) fresh(e *entry, limit time.Duration) bool {
	if c.o.Offline {
		return true
	}
	if limit <= 0 || c.o.Now == nil {
		return false
	}
	age := c.o.Now().Sub(time.Unix(e.At, 0))
	return age >= 0 && age < limit
}

// condition makes a request one for what has changed.
func (e *entry) condition(h http.Header) {
	if e == nil {
		return
	}
	if tag := e.Header.Get("Etag"); tag != "" {
		h.Set("If-None-Match", tag)
	} else if when := e.Header.Get("Last-Modified"); when != "" {
		h.Set("If-Modified-Since", when)
	}
}

// revive makes an answer of an entry; nil where its body is gone or damaged,
// or larger than this request allows.
func (c *Client) revive(ctx context.Context, e *entry, r Request) *Response {
	if e.Size > c.limit(r) {
		return nil
	}
	if r.Grow != nil && e.Size > firstRoom && r.Grow(ctx, e.Size) != nil {
		return nil
	}
	body, err := c.Stored(string(e.Body), c.limit(r))
	if err != nil || int64(len(body)) != e.Size {
		return nil
	}
	c.cached.Add(1)
	return &Response{Status: http.StatusOK, Header: e.Header, Body: body, Cached: true, Ref: string(e.Body)}
}

// Stored gives a body that an earlier Response named as Ref, at most maxBytes
// of it. It is the same body, or store.ErrNotFound.
func (c *Client) Stored(ref string, maxBytes int64) ([]byte, error) {
	packed, err := c.o.Store.ReadBlob(store.Digest(ref), maxBytes+maxBytes/8+1024)
	if err != nil {
		return nil, err
	}
	n, err := s2.DecodedLen(packed)
	if err != nil || int64(n) > maxBytes {
		return nil, store.ErrNotFound
	}
	body, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, store.ErrNotFound
	}
	return body, nil
}

// keep writes an answer to the disk and gives its Ref. What cannot be kept is
// no error: the answer is there all the same.
func (c *Client) keep(x exchange, resp *Response) string {
	if !cacheable(x.r) || c.o.Store == nil || c.o.Now == nil {
		return ""
	}
	if strings.Contains(strings.ToLower(resp.Header.Get("Cache-Control")), "no-store") {
		return ""
	}
	now := c.o.Now()
	room, _ := c.scratch.Get().(*[]byte)
	if room == nil {
		room = new([]byte)
	}
	packed := s2.Encode((*room)[:cap(*room)], resp.Body)
	ref, err := c.o.Store.PutBlob(packed, now)
	if cap(packed) <= maxScratch {
		*room = packed
		c.scratch.Put(room)
	}
	if err != nil {
		return ""
	}
	c.write(x.key, entry{Schema: schema, At: now.Unix(), Header: kept(resp.Header), Body: ref, Size: int64(len(resp.Body))})
	return string(ref)
}

func kept(h http.Header) http.Header {
	out := http.Header{}
	for _, name := range keptHeaders {
		if v := h.Values(name); len(v) > 0 {
			out[http.CanonicalHeaderKey(name)] = v
		}
	}
	return out
}

func (c *Client) write(key string, e entry) {
	data, err := json.Marshal(e)
	if err != nil {
		return
	}
	_ = c.o.Store.Put(area, key, data)
}

// noted is how long the last word on an entry stands as it was written, where
// its request goes by no age.
const noted = 24 * time.Hour

// touch notes that the server has just said that an entry still holds.
func (c *Client) touch(x exchange, h http.Header) {
	if c.o.Now == nil {
		return
	}
	if age := c.o.Now().Sub(time.Unix(x.old.At, 0)); x.r.Fresh == 0 && age >= 0 && age < noted && !changes(x.old.Header, kept(h)) {
		return
	}
	e := *x.old
	e.At = c.o.Now().Unix()
	e.Header = e.Header.Clone()
	for name, v := range kept(h) {
		e.Header[name] = v
	}
	c.write(x.key, e)
}

// changes says whether news has a header that old has otherwise.
func changes(old, news http.Header) bool {
	for name, v := range news {
		if !slices.Equal(old[name], v) {
			return true
		}
	}
	return false
}
