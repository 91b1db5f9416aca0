// Package fetch is the only door to the network: limits, time-outs, retries
// and the cache are decided here, once.
package fetch

import (
	"context"
	"net/http"
	"time"
)

// Request is one bounded HTTP request.
type Request struct {
	Method string // "" is GET
	URL    string
	Header http.Header
	// Secret is the Authorization header for URL's own origin; it goes to no
	// redirect's target and into no error, log or cache key in the clear.
	Secret string
	Body   []byte
	// MaxBytes bounds the decoded answer; 0 is the client's default. A larger
	// answer is an *Error, never a cut body.
	MaxBytes int64
	// Grow is asked for room in memory, with the size it will have then, before
	// an answer grows beyond 1 MiB, and again whenever it doubles; it may wait.
	// An error ends the request.
	Grow func(ctx context.Context, size int64) error
	// Timeout bounds this request with its retries; 0 is the client's default.
	Timeout time.Duration
	// Fresh says how long a cached answer is taken without asking; after it,
	// the ETag is sent. Zero asks every time. NoStore keeps it off the disk.
	Fresh   time.Duration
	NoStore bool
	// NoRetry makes the first answer final.
	NoRetry bool
}

// Response is a whole answer in memory.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	Cached bool // from the disk, asked again or not
	// Ref names the body on the disk for Client.Stored; "" where it is not kept.
	Ref string
}

// Doer performs requests. A status other than 2xx is an answer, not an error;
// an error is an *Error and names host and reason.
type Doer interface {
	Do(ctx context.Context, r Request) (*Response, error)
}

// Error says that no answer could be had.
type Error struct {
	URL    string // without userinfo and query
	Host   string
	Reason string // lower case, one line: "no answer within 10s", "status 503 after 3 tries"
	Err    error
}

func (e *Error) Error() string { return e.Host + ": " + e.Reason }
func (e *Error) Unwrap() error { return e.Err }
