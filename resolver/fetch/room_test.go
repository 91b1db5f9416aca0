package fetch

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestGrow: room is asked for before it is taken, and while it is waited for
// the other side is not taken for one that stalls.
func TestGrow(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 5<<16)
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	o := quick()
	o.Stall, o.Timeout = time.Second, time.Minute
	var asked []int64
	r := Request{URL: s.URL, Grow: func(ctx context.Context, size int64) error {
		asked = append(asked, size)
		if size == 2<<20 {
			time.Sleep(o.Stall + o.Stall/2)
		}
		return ctx.Err()
	}}
	resp, e := do(t, New(o), r)
	if e != nil || !bytes.Equal(resp.Body, body) {
		t.Fatalf("%v, or another body", e)
	}
	if !slices.Equal(asked, []int64{2 << 20, 4 << 20, 8 << 20}) {
		t.Errorf("asked for %d", asked)
	}
	full := errors.New("no room")
	r.Grow = func(context.Context, int64) error { return full }
	if _, e := do(t, New(o), r); e == nil || !errors.Is(e, full) {
		t.Errorf("got %v", e)
	}
}

// TestPieces: a body is the same whatever pieces it comes in.
func TestPieces(t *testing.T) {
	for _, size := range []int{0, 1, minPiece, minPiece + 1, minPiece + 2, 3 * minPiece, 3*maxPiece + 7} {
		for _, said := range []int64{-1, 0, int64(size), 1 << 40} {
			body := bytes.Repeat([]byte{byte(size)}, size)
			got, err := readAll(bytes.NewReader(body), said)
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes, said to be %d: %d, %v", size, said, len(got), err)
			}
		}
	}
}

// TestSilentHost: of a host that answers nothing, nobody waits for every answer
// in turn; a whole answer makes it one that answers.
func TestSilentHost(t *testing.T) {
	var asked atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/silent":
			<-r.Context().Done()
		case "/same":
			w.WriteHeader(http.StatusNotModified)
		}
	})
	o := quick()
	o.Stall, o.Retries, o.Timeout = 20*time.Millisecond, -1, time.Minute
	c := New(o)
	for range patience {
		if _, e := do(t, c, Request{URL: s.URL + "/silent"}); e == nil || !errors.Is(e, errStalled) {
			t.Fatalf("got %v", e)
		}
	}
	before := asked.Load()
	if _, e := do(t, c, Request{URL: s.URL}); e == nil || !strings.Contains(e.Reason, "asked no more") || asked.Load() != before {
		t.Errorf("got %v, after %d requests more", e, asked.Load()-before)
	}
	o.Stall = time.Minute
	c = New(o)
	for _, path := range []string{"/", "/same"} {
		x, _ := parseTarget(Request{URL: s.URL})
		c.hostOf(x).stalls.Store(patience - 1)
		if _, e := do(t, c, Request{URL: s.URL + path}); e != nil || c.hostOf(x).stalls.Load() != 0 {
			t.Errorf("%s: %v, %d", path, e, c.hostOf(x).stalls.Load())
		}
	}
}
