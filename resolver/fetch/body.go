package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Stream is an answer whose body is still to come. Reading it can fail with an
// *Error: too large, stalled, cut off. It must be closed.
type Stream struct {
	Status int
	Header http.Header
	Body   io.ReadCloser
	Length int64 // decoded bytes; -1 where not known. Said, not proved.
}

// watch is what keeps a body within its bounds.
type watch struct {
	t       target
	clock   *time.Timer
	release func()
	limit   int64 // decoded bytes
}

// body wraps an answer's body: counted, timed, decoded, bounded.
func (c *Client) body(ctx context.Context, res *http.Response, w watch) (io.ReadCloser, error) {
	raw := &wire{c: c, ctx: ctx, body: res.Body, watch: w, came: -1}
	b := &bounded{wire: raw, from: raw, left: w.limit}
	switch encoding := strings.ToLower(strings.TrimSpace(res.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		if res.ContentLength > w.limit {
			_ = b.Close()
			return nil, b.tooLarge()
		}
	case "gzip", "x-gzip":
		b.lazy = func() (io.Reader, error) { return gzip.NewReader(raw) }
	default:
		_ = b.Close()
		return nil, failure(w.t, "answers in an encoding that was not asked for", errFinal)
	}
	return b, nil
}

// errFinal marks an *Error that trying again would not change.
var errFinal = errors.New("final")

// wire is the body as it comes over the network.
type wire struct {
	watch
	c      *Client
	ctx    context.Context
	body   io.ReadCloser
	came   int // bytes since the clock was set; less than 0 before the first
	closed bool
}

// drip is how many bytes must come before the stall clock begins anew. A
// server that gives one byte now and then holds nobody for long.
const drip = 4 << 10

func (w *wire) Read(p []byte) (int, error) {
	if w.came < 0 || w.came >= drip {
		w.came = 0
		w.clock.Reset(w.c.o.Stall)
	}
	n, err := w.body.Read(p)
	w.came += n
	w.c.bytes.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		reason, cause := why(w.ctx, w.c.o.Stall, err), context.Cause(w.ctx)
		if cause == nil {
			cause = err
		}
		err = failure(w.t, reason, cause)
	}
	return n, err
}

func (w *wire) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.body.Close()
	w.release()
	return err
}

// bounded is the decoded body, at most left bytes of it.
type bounded struct {
	*wire
	from io.Reader
	lazy func() (io.Reader, error) // opens the decoder on the first Read
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.lazy != nil {
		from, err := b.lazy()
		if err != nil {
			return 0, b.decoding(err)
		}
		b.from, b.lazy = from, nil
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	if int64(n) > b.left {
		return 0, b.tooLarge()
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.decoding(err)
	}
	return n, err
}

func (b *bounded) tooLarge() error {
	return failure(b.t, fmt.Sprintf("the answer is larger than %d bytes", b.limit), errFinal)
}

// decoding names an error of the decoder; one of the network is named already.
func (b *bounded) decoding(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return failure(b.t, "the compressed answer is damaged: "+line(err.Error()), err)
}

// readAll reads a body whose length is known or guessed. A promised length is
// believed for 16 MiB at most.
func readAll(r io.Reader, length int64) ([]byte, error) {
	size := min(max(length, 4<<10), 16<<20) + 1
	buf := make([]byte, 0, size)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// line makes one line of foreign words.
func line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = s[:300]
	}
	return s
}
