package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// outcome is how one try went.
type outcome struct {
	try  int // from 0
	resp *Response
	err  error
}

// again says whether to try once more, and after how long.
func (c *Client) again(ctx context.Context, x exchange, o outcome) (time.Duration, bool) {
	if x.r.NoRetry || o.try >= c.o.Retries || ctx.Err() != nil {
		return 0, false
	}
	if o.err != nil && (final(o.err) || c.hostOf(x.t).failures.Load() >= patience) {
		return 0, false
	}
	// A host that lets one wait twice does so on purpose; likewise one that lets all wait.
	if errors.Is(o.err, errStalled) && (o.try > 0 || c.hostOf(x.t).stalls.Load() >= patience) {
		return 0, false
	}
	if o.err == nil && !busy(o.resp.Status) {
		return 0, false
	}
	wait := c.o.MinWait << min(o.try, 16)
	wait = min(wait, c.o.MaxWait)
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // spreads load, keeps no secret
	if o.err == nil {
		asked := c.retryAfter(o.resp.Header)
		if asked > c.o.MaxWait {
			return 0, false
		}
		wait = max(wait, asked)
	}
	if end, ok := ctx.Deadline(); ok && c.o.Now != nil && c.o.Now().Add(wait).After(end) {
		return 0, false
	}
	return wait, true
}

// busy are the answers that may be others a moment later.
func busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout ||
		status >= 500 && status != http.StatusNotImplemented
}

// final are the errors that another try would not change.
func final(err error) bool {
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var dns *net.DNSError
	switch {
	case errors.Is(err, errFinal), errors.Is(err, context.Canceled):
		return true
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid), errors.As(err, &verify):
		return true
	case errors.As(err, &dns):
		return dns.IsNotFound
	}
	var e *Error
	return errors.As(err, &e) && e.Err == nil // refused by this client itself
}

// retryAfter reads the header as seconds or as a date.
func (c *Client) retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(s) * time.Second //nolint:gosec // 31 bits
	}
	if t, err := http.ParseTime(v); err == nil && c.o.Now != nil {
		return max(t.Sub(c.o.Now()), 0)
	}
	return 0
}
