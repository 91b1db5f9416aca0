package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// maxRedirects is how many redirects one try follows.
const maxRedirects = 5

// once is one try: the request, its redirects, and the whole body.
func (c *Client) once(ctx context.Context, x exchange) (*Response, error) {
	s, err := c.open(ctx, x)
	if err != nil {
		return nil, err
	}
	defer s.Body.Close() //nolint:errcheck // only read
	resp := &Response{Status: s.Status, Header: s.Header}
	if s.Status == http.StatusNotModified || s.Status == http.StatusNoContent {
		c.hostOf(x.t).stalls.Store(0)
		return resp, nil
	}
	resp.Body, err = readAll(s.Body, s.Length)
	return resp, err
}

// open sends the request, follows redirects, and gives the answer with its
// body still to come.
func (c *Client) open(ctx context.Context, x exchange) (*Stream, error) {
	if c == nil || c.transports == nil {
		return nil, c.refuse(x.t)
	}
	t := x.t
	for hop := 0; ; hop++ {
		s, err := c.send(ctx, x, t)
		if err != nil {
			return nil, err
		}
		if !redirects(s.Status) || x.method() != http.MethodGet {
			return s, nil
		}
		location := s.Header.Get("Location")
		_ = s.Body.Close()
		if hop == maxRedirects {
			return nil, failure(t, "too many redirects", nil)
		}
		if t, err = t.follow(location); err != nil {
			return nil, err
		}
	}
}

func (c *Client) refuse(t target) error {
	if c == nil || c.broken == nil {
		return failure(t, "no client to ask with", nil)
	}
	return failure(t, c.broken.Error(), c.broken)
}

func (x exchange) method() string {
	if x.r.Method == "" {
		return http.MethodGet
	}
	return x.r.Method
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func failure(t target, reason string, err error) *Error {
	return &Error{URL: shown(t.url), Host: t.url.Host, Reason: reason, Err: err}
}

// errStalled is the cause of a context that ended for want of data.
var errStalled = errors.New("stalled")

// send performs one hop. The slot of the host and the stall clock are held
// until the stream is closed.
func (c *Client) send(ctx context.Context, x exchange, t target) (*Stream, error) {
	h := c.hostOf(t)
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, failure(t, why(ctx, c.o.Stall, ctx.Err()), context.Cause(ctx))
	}
	if h.stalls.Load() >= patience {
		<-h.slots
		return nil, failure(t, "asked no more: it lets every request wait", errFinal)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	clock := time.AfterFunc(c.o.Stall, func() { cancel(errStalled) })
	release := func() {
		clock.Stop()
		if errors.Is(context.Cause(ctx), errStalled) {
			h.stalls.Add(1)
		}
		cancel(context.Canceled)
		<-h.slots
	}
	res, err := c.roundTrip(ctx, x, t)
	if err != nil {
		reason, cause := why(ctx, c.o.Stall, err), context.Cause(ctx)
		if cause == nil {
			cause = err
			h.failures.Add(1)
		}
		release()
		return nil, failure(t, reason, cause)
	}
	h.failures.Store(0)
	body, err := c.body(ctx, res, watch{t: t, h: h, clock: clock, release: release, limit: c.limit(x.r), grow: x.r.Grow})
	if err != nil {
		return nil, err
	}
	return &Stream{Status: res.StatusCode, Header: res.Header, Body: body, Length: length(res)}, nil
}

func (c *Client) limit(r Request) int64 {
	if r.MaxBytes > 0 {
		return r.MaxBytes
	}
	return c.o.MaxBytes
}

// length is the number of decoded bytes to come, -1 where it is not known.
func length(res *http.Response) int64 {
	if res.Header.Get("Content-Encoding") != "" {
		return -1
	}
	return res.ContentLength
}

func (c *Client) roundTrip(ctx context.Context, x exchange, t target) (*http.Response, error) {
	var body io.Reader
	if x.r.Body != nil {
		body = bytes.NewReader(x.r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, x.method(), t.url.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range t.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	if req.Header.Get("Accept-Encoding") == "" {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	if c.o.UserAgent != "" {
		req.Header.Set("User-Agent", c.o.UserAgent)
	}
	if t.secret != "" {
		req.Header.Set("Authorization", t.secret)
	}
	x.old.condition(req.Header)
	c.requests.Add(1)
	return c.transport(t).RoundTrip(req)
}

func (c *Client) transport(t target) *http.Transport {
	for _, name := range []string{t.url.Host, t.url.Hostname()} {
		if tr := c.transports[name]; tr != nil && name != "" {
			return tr
		}
	}
	return c.transports[""]
}

// why puts into words what ended a request.
func why(ctx context.Context, stall time.Duration, err error) string {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errStalled):
		return "no data, or next to none, for " + stall.String()
	case errors.Is(cause, context.Canceled):
		return "given up"
	case errors.Is(cause, context.DeadlineExceeded):
		return "no answer in time"
	case cause != nil:
		return oneLine(cause)
	}
	return oneLine(err)
}

// oneLine is an error's text without the URL that net/http puts before it.
func oneLine(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return line(err.Error())
}
