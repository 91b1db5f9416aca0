package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
)

// longest is how long a body may take to come, all in all.
const longest = time.Hour

// Stream performs a request and gives its body as it comes. Retries end where
// the body begins. Timeout bounds all of it, 0 is an hour; so does the stall
// clock; MaxBytes bounds the body. Nothing is kept on the disk.
func (c *Client) Stream(ctx context.Context, r Request) (*Stream, error) {
	limit := orInt(r.Timeout, longest)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not all there within %s", limit))
	s, err := c.stream(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	s.Body = &timed{s.Body, cancel}
	return s, nil
}

// timed is a body with a deadline, which ends with it.
type timed struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (t *timed) Close() error {
	defer t.cancel()
	return t.ReadCloser.Close()
}

func (c *Client) stream(ctx context.Context, r Request) (*Stream, error) {
	t, err := parseTarget(r)
	if err != nil {
		return nil, err
	}
	if c.o.Offline {
		return nil, failure(t, "offline", nil)
	}
	x := exchange{r: r, t: t}
	for try := 0; ; try++ {
		s, err := c.open(ctx, x)
		o := outcome{try: try, err: err}
		if err == nil {
			o.resp = &Response{Status: s.Status, Header: s.Header}
		}
		wait, again := c.again(ctx, x, o)
		if !again {
			return s, describe(err, try+1)
		}
		if s != nil {
			_ = s.Body.Close()
		}
		c.retries.Add(1)
		if sleep(ctx, wait) != nil {
			return nil, failure(t, fmt.Sprintf("given up after %d tries", try+1), context.Cause(ctx))
		}
	}
}

// Whole makes a Stream of an answer that is there already.
func Whole(r *Response) *Stream {
	return &Stream{
		Status: r.Status, Header: r.Header, Length: int64(len(r.Body)),
		Body: io.NopCloser(bytes.NewReader(r.Body)),
	}
}
