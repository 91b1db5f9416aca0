package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Client performs requests. Make one with New; the zero Client refuses.
type Client struct {
	o                                Options
	transports                       map[string]*http.Transport
	broken                           error // why nothing can be asked: a CA that cannot be read
	mu                               sync.Mutex
	hosts                            map[string]*host
	scratch                          sync.Pool // *[]byte, to compress into
	requests, retries, bytes, cached atomic.Int64
}

// host is what the client knows of one «scheme://host:port».
type host struct {
	slots    chan struct{}
	failures atomic.Int32 // connection failures since the last answer
	stalls   atomic.Int32 // answers waited for in vain since the last whole one
}

// patience is how many connection failures in a row, over all requests to a
// host, it takes to ask that host only once from then on; and how many answers
// waited for in vain, to ask it no more.
const patience = 12

// New makes a client. Settings that cannot be used (a CA file without a
// certificate) make every request fail with the reason.
func New(o Options) *Client {
	o = o.withDefaults()
	c := &Client{o: o, hosts: map[string]*host{}}
	c.transports, c.broken = transports(o)
	return c
}

// Stats gives the figures so far.
func (c *Client) Stats() Stats {
	return Stats{Requests: c.requests.Load(), Retries: c.retries.Load(), Bytes: c.bytes.Load(), Cached: c.cached.Load()}
}

// CloseIdle closes connections that nobody uses.
func (c *Client) CloseIdle() {
	for _, t := range c.transports {
		t.CloseIdleConnections()
	}
}

// Do performs one request; see Doer.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	t, err := parseTarget(r)
	if err != nil {
		return nil, err
	}
	if r.Timeout == 0 {
		r.Timeout = c.o.Timeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, fmt.Errorf("no answer within %s", r.Timeout))
	defer cancel()
	key := cacheKey(r, t)
	old := c.lookup(r, key)
	if old != nil && c.fresh(old, r.Fresh) {
		if resp := c.revive(ctx, old, r); resp != nil {
			return resp, nil
		}
		old = nil
	}
	if c.o.Offline {
		return nil, failure(t, "offline, and nothing of it is kept", nil)
	}
	return c.ask(ctx, exchange{r: r, t: t, key: key, old: old})
}

// exchange is one request with what the cache has for it.
type exchange struct {
	r   Request
	t   target
	key string
	old *entry
}

func (c *Client) ask(ctx context.Context, x exchange) (*Response, error) {
	resp, err := c.persist(ctx, x)
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusNotModified && x.old != nil {
		if kept := c.revive(ctx, x.old, x.r); kept != nil {
			c.touch(x, resp.Header)
			return kept, nil
		}
		x.old = nil // damaged on the disk: ask for all of it
		if resp, err = c.persist(ctx, x); err != nil {
			return nil, err
		}
	}
	if resp.Status == http.StatusOK {
		resp.Ref = c.keep(x, resp)
	}
	return resp, nil
}

// persist tries until there is an answer worth having, or none to be had.
func (c *Client) persist(ctx context.Context, x exchange) (*Response, error) {
	for try := 0; ; try++ {
		resp, err := c.once(ctx, x)
		wait, again := c.again(ctx, x, outcome{try, resp, err})
		if !again {
			return resp, describe(err, try+1)
		}
		c.retries.Add(1)
		if err2 := sleep(ctx, wait); err2 != nil {
			if err == nil {
				return resp, nil
			}
			return nil, describe(err, try+1)
		}
	}
}

// describe adds the number of tries to an error that took several.
func describe(err error, tries int) error {
	var e *Error
	if tries > 1 && errors.As(err, &e) {
		again := *e
		again.Reason = fmt.Sprintf("%s, after %d tries", e.Reason, tries)
		return &again
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// hostOf gives the state of a target's origin.
func (c *Client) hostOf(t target) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := origin(t.url)
	h := c.hosts[key]
	if h == nil {
		h = &host{slots: make(chan struct{}, c.o.PerHost)}
		c.hosts[key] = h
	}
	return h
}
