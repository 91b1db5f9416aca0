package registry

import (
	"context"
	"errors"

	"github.com/klauspost/compress/s2"

	"gpq/resolver/store"
)

// storer is a Doer that keeps bodies.
type storer interface {
	Stored(ref string, maxBytes int64) ([]byte, error)
}

// Raw gives the document that Packument was decoded from, byte for byte. It
// lies on the disk meanwhile; where it has been deleted it is fetched again,
// and must be the same. It must be closed: few large ones are there at a time.
func (c *Client) Raw(ctx context.Context, name string) (*Raw, error) {
	h, err := c.packument(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := c.raws.enter(ctx)
	if err == nil {
		err = s.grow(ctx, int64(h.size))
	}
	raw := &Raw{Header: h.header.Clone(), seat: s}
	if err == nil {
		raw.Body, err = c.body(ctx, name, h)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return raw, nil
}

// Close gives back the room that the document had in memory.
func (r *Raw) Close() {
	if r.seat != nil {
		r.seat.leave()
	}
}

func (c *Client) body(ctx context.Context, name string, h *held) ([]byte, error) {
	if h.ref == "" {
		return s2.Decode(nil, h.packed)
	}
	if body, err := c.doer.(storer).Stored(h.ref, maxPackument); err == nil {
		return body, nil
	}
	resp, err := c.get(ctx, name, h.url, nil)
	if err != nil {
		return nil, err
	}
	if string(store.SHA256(s2.Encode(nil, resp.Body))) != h.ref {
		return nil, unreadable(name, h.url, errors.New("the document has changed since it was checked"))
	}
	return resp.Body, nil
}
