// Package service is how gpq asks a public service: its own deadline and
// bound, a circuit that opens for the run, and one line that says what failed.
package service

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"gpq/resolver/fetch"
)

// threshold is how many failures in a run open the circuit.
const threshold = 3

// Options say where a service is and how long it may take.
type Options struct {
	Base string // http(s) base URL; "" switches the service off
	// Timeout bounds one request; 0 is 5 seconds.
	Timeout time.Duration
	// MaxBytes bounds one answer; 0 is 8 MB.
	MaxBytes int64
	// NoRetry makes the first answer of each request final.
	NoRetry bool
	Now     func() time.Time // required: for Retry-After
}

// ErrOff says that the service is switched off.
var ErrOff = errors.New("switched off")

// Client asks one service. It is safe for concurrent use.
type Client struct {
	doer fetch.Doer
	o    Options
	host string
	bad  error // the base is no URL

	mu       sync.Mutex
	failures int
	last     error
	waitTill time.Time // from Retry-After
	requests int
	sent     int64 // bytes of bodies
	received int64 // bytes of answers
}

// Error says that a service gave no usable answer. It names the host.
type Error struct {
	Host, Reason string
	Err          error
}

func (e *Error) Error() string { return e.Host + ": " + e.Reason }
func (e *Error) Unwrap() error { return e.Err }

// New makes a client. A base that is no http(s) URL makes every request fail
// with that reason.
func New(doer fetch.Doer, o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 20
	}
	c := &Client{doer: doer, o: o, host: o.Base}
	u, err := url.Parse(o.Base)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		c.host = u.Host
		c.o.Base = strings.TrimRight(o.Base, "/") + "/"
	} else if o.Base != "" {
		c.bad = &Error{Host: strconv.Quote(o.Base), Reason: "is no http or https base URL"}
		c.failures, c.last = threshold, c.bad
	}
	return c
}

// Base is the base URL with a trailing slash; "" if the service is off.
func (c *Client) Base() string {
	if c.Off() {
		return ""
	}
	return c.o.Base
}

// Off says that the service was switched off.
func (c *Client) Off() bool { return c == nil || c.o.Base == "" }

// Host is where the service is; "" if it is off.
func (c *Client) Host() string {
	if c.Off() {
		return ""
	}
	return c.host
}

// Request is one question to the service: Path is relative to its base and
// already escaped.
type Request struct {
	Path   string
	Accept string // "" is application/json
	Body   []byte // not nil: POST, as JSON
	Header http.Header
}

// Do asks. Statuses below 500 but for 429 are answers; everything else is an
// *Error, and three of them end the asking for this client's life.
func (c *Client) Do(ctx context.Context, r Request) (*fetch.Response, error) {
	if c.Off() {
		return nil, ErrOff
	}
	if err := c.closed(); err != nil {
		return nil, err
	}
	resp, err := c.doer.Do(ctx, c.request(r))
	if err == nil {
		err = c.judge(resp)
	}
	return resp, c.count(ctx, r, resp, err)
}

func (c *Client) request(r Request) fetch.Request {
	h := r.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if r.Accept == "" {
		r.Accept = "application/json"
	}
	h.Set("Accept", r.Accept)
	q := fetch.Request{
		URL: c.o.Base + r.Path, Header: h, MaxBytes: c.o.MaxBytes,
		Timeout: c.o.Timeout, NoStore: true, NoRetry: c.o.NoRetry,
	}
	if r.Body != nil {
		h.Set("Content-Type", "application/json")
		q.Method, q.Body = http.MethodPost, r.Body
	}
	return q
}

// closed says why nothing is asked now; nil if something may be.
func (c *Client) closed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bad != nil {
		return c.bad
	}
	if c.failures >= threshold {
		return &Error{Host: c.host, Reason: "not asked any more: " + reason(c.last), Err: c.last}
	}
	if d := c.waitTill.Sub(c.o.Now()); d > 0 {
		return &Error{Host: c.host, Reason: fmt.Sprintf("asks to be left alone for another %s", d.Round(time.Second)), Err: c.last}
	}
	return nil
}

func (c *Client) judge(resp *fetch.Response) error {
	switch {
	case resp.Status == http.StatusTooManyRequests:
		c.hold(resp)
		return &Error{Host: c.host, Reason: "too many requests (status 429)"}
	case resp.Status >= 500:
		c.hold(resp)
		return &Error{Host: c.host, Reason: fmt.Sprintf("status %d", resp.Status)}
	}
	return nil
}

// hold keeps a Retry-After: seconds or a date, at most a day.
func (c *Client) hold(resp *fetch.Response) {
	now := c.o.Now()
	d, ok := RetryAfter(resp.Header, now)
	if !ok && resp.Status == http.StatusTooManyRequests {
		d, ok = time.Minute, true
	}
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waitTill = now.Add(min(d, 24*time.Hour))
}

// RetryAfter reads a Retry-After header; false where there is none to read.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 1<<31 {
		return time.Duration(n) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now)), true
	}
	return 0, false
}

// count keeps the circuit and the figures. What the caller itself called off
// is no failure of the service.
func (c *Client) count(ctx context.Context, r Request, resp *fetch.Response, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.sent += int64(len(r.Body))
	if resp != nil {
		c.received += int64(len(resp.Body))
	}
	if err == nil {
		c.failures = 0
		return nil
	}
	var own *Error
	if !errors.As(err, &own) {
		err = &Error{Host: c.host, Reason: reason(err), Err: err}
	}
	c.last = err
	if !errors.Is(ctx.Err(), context.Canceled) {
		c.failures++
	}
	return err
}

// Refuse counts an answer that cannot be read as a failure and gives the
// error that says so.
func (c *Client) Refuse(why string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures++
	c.last = &Error{Host: c.host, Reason: why}
	return c.last
}

// HoldTill is until when the service asked to be left alone; zero if it did
// not. KeepTill takes it over from an earlier run.
func (c *Client) HoldTill() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waitTill
}

// KeepTill asks nothing before t.
func (c *Client) KeepTill(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waitTill = t
}

// Outage is one line with host and reason, "" if the last request succeeded or
// none was made.
func (c *Client) Outage() string {
	if c.Off() {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || c.failures == 0 {
		return ""
	}
	return c.host + ": " + reason(c.last)
}

// Figures are the requests made and the bytes of bodies sent and received.
func (c *Client) Figures() (requests int, sent, received int64) {
	if c == nil {
		return 0, 0, 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests, c.sent, c.received
}

// reason is an error's text without the host that stands before it.
func reason(err error) string {
	var own *Error
	var door *fetch.Error
	switch {
	case err == nil:
		return "no answer"
	case errors.As(err, &own):
		return own.Reason
	case errors.As(err, &door):
		return door.Reason
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	default:
		return err.Error()
	}
}
