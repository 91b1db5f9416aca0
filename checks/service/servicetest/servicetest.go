// Package servicetest has a door to the network for tests: it keeps what went
// through it, so that a test can hold the clients to what they may send.
package servicetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"gpq/resolver/fetch"
)

// Door performs requests without retries and keeps them.
type Door struct {
	mu   sync.Mutex
	seen []Seen
	// Rewrite, if set, gives the URL to really ask: for clients that insist on
	// a public address.
	Rewrite func(url string) string
}

// Seen is one request that went through the door.
type Seen struct {
	Method, URL string
	Header      http.Header
	Body        []byte
	Answered    int // bytes of the answer's body
}

var _ fetch.Doer = (*Door)(nil)

// Do performs one request within its time and bound.
func (d *Door) Do(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if r.Timeout <= 0 {
		r.Timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	url := r.URL
	if d.Rewrite != nil {
		url = d.Rewrite(url)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, url, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.Header = r.Header.Clone()
	resp, err := d.roundTrip(req, r)
	d.keep(r, resp)
	return resp, err
}

func (d *Door) roundTrip(req *http.Request, r fetch.Request) (*fetch.Response, error) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, &fetch.Error{URL: r.URL, Host: req.URL.Host, Reason: "no answer", Err: err}
	}
	defer resp.Body.Close()
	limit := r.MaxBytes
	if limit <= 0 {
		limit = 64 << 20
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, &fetch.Error{URL: r.URL, Host: req.URL.Host, Reason: "broken answer", Err: err}
	}
	if int64(len(b)) > limit {
		return nil, &fetch.Error{URL: r.URL, Host: req.URL.Host, Reason: fmt.Sprintf("answer over %d bytes", limit)}
	}
	return &fetch.Response{Status: resp.StatusCode, Header: resp.Header, Body: b}, nil
}

func (d *Door) keep(r fetch.Request, resp *fetch.Response) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := Seen{Method: r.Method, URL: r.URL, Header: r.Header.Clone(), Body: r.Body}
	if resp != nil {
		s.Answered = len(resp.Body)
	}
	d.seen = append(d.seen, s)
}

// Seen gives the requests so far.
func (d *Door) Seen() []Seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Seen(nil), d.seen...)
}
