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
	h       *host
	clock   *time.Timer
	release func()
	limit   int64 // decoded bytes
	grow    func(ctx context.Context, size int64) error
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
	if errors.Is(err, io.EOF) {
		w.h.stalls.Store(0)
	}
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
	room int64 // decoded bytes for which grow has made room
}

// firstRoom is how much may come before anybody is asked for more room.
const firstRoom = 1 << 20

// ask makes sure that there is room for n bytes more. What is waited for meanwhile
// is not the other side.
func (b *bounded) ask(n int) error {
	if b.grow == nil {
		return nil
	}
	size := b.limit - b.left + int64(n)
	for b.room = max(b.room, firstRoom); size > b.room; {
		b.clock.Stop()
		err := b.grow(b.ctx, 2*b.room)
		b.clock.Reset(b.c.o.Stall)
		if err != nil {
			return failure(b.t, why(b.ctx, b.c.o.Stall, err), err)
		}
		b.room *= 2
	}
	return nil
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
	if err := b.ask(len(p)); err != nil {
		return 0, err
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

// Pieces of a body whose length is not known, or that is long: each as large as
// all before it, within these bounds.
const (
	minPiece = 4 << 10
	maxPiece = 256 << 10
)

// readAll reads a body whose length is known or guessed. A promised length is
// believed for maxPiece bytes at most; so that what turns out too large is never
// in memory twice, it is put together at the end.
func readAll(r io.Reader, length int64) ([]byte, error) {
	piece := make([]byte, 0, min(max(length, minPiece), maxPiece)+1)
	var full [][]byte
	size := 0
	for {
		if len(piece) == cap(piece) {
			full = append(full, piece)
			piece = make([]byte, 0, min(size, maxPiece))
		}
		n, err := r.Read(piece[len(piece):cap(piece)])
		piece, size = piece[:len(piece)+n], size+n
		if errors.Is(err, io.EOF) {
			return joined(full, piece, size), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func joined(full [][]byte, last []byte, size int) []byte {
	if len(full) == 0 {
		return last
	}
	all := make([]byte, 0, size)
	for _, piece := range full {
		all = append(all, piece...)
	}
	return append(all, last...)
}

// line makes one line of foreign words.
func line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 300 {
		s = s[:300]
	}
	return s
}
