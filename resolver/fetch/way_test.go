package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gpq/resolver/store"
)

func TestAuthorities(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	o := quick()
	o.Stall = 5 * time.Second // a handshake on a busy machine
	_, err := do(t, New(o), Request{URL: s.URL})
	if err == nil || strings.Contains(err.Reason, "tries") {
		t.Errorf("an unknown authority: %v", err)
	}
	o.CA = pemOf(s.Certificate().Raw)
	resp, err := do(t, New(o), Request{URL: s.URL})
	if err != nil || string(resp.Body) != "HTTP/2.0" {
		t.Errorf("%v %v", resp, err)
	}
	o.CA = nil
	o.ExtraCA = pemOf(s.Certificate().Raw)
	if _, err := do(t, New(o), Request{URL: s.URL}); err != nil {
		t.Error(err)
	}
	o.CA = []byte("nothing")
	if _, err := do(t, New(o), Request{URL: s.URL}); err == nil || !strings.Contains(err.Reason, "cafile") {
		t.Errorf("a CA that is none: %v", err)
	}
}

func TestProxy(t *testing.T) {
	var through atomic.Int64
	p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		fmt.Fprint(w, "by proxy to ", r.URL.Host)
	})
	o := quick()
	o.Proxy = func(u *url.URL) (*url.URL, error) {
		if u.Hostname() == "refused.example" {
			return nil, errors.New("no way")
		}
		return url.Parse(p.URL)
	}
	c := New(o)
	resp, err := do(t, c, Request{URL: "http://a.example/x"})
	if err != nil || string(resp.Body) != "by proxy to a.example" || through.Load() != 1 {
		t.Errorf("%v %v", resp, err)
	}
	if _, err := do(t, c, Request{URL: "http://refused.example/", NoRetry: true}); err == nil || !strings.Contains(err.Reason, "no way") {
		t.Error(err)
	}
}

func TestStream(t *testing.T) {
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			onlyAt(w, int(n.Add(1)), 2, 502)
		case "/large":
			_, _ = io.CopyN(w, endless{}, 1<<20)
		case "/stalls":
			fmt.Fprint(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(400 * time.Millisecond)
		}
	})
	c := New(quick())
	read := func(path string, limit int64) (string, error) {
		st, err := c.Stream(context.Background(), Request{URL: s.URL + path, MaxBytes: limit})
		if err != nil {
			return "", err
		}
		defer st.Body.Close() //nolint:errcheck // only read
		b, err := io.ReadAll(st.Body)
		return string(b), err
	}
	if b, err := read("/busy", 100); b != "at last" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if _, err := read("/large", 1000); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Error(err)
	}
	if _, err := read("/stalls", 1000); err == nil || !strings.Contains(err.Error(), "no data") {
		t.Error(err)
	}
	if _, err := c.Stream(context.Background(), Request{URL: "ftp://x/"}); err == nil {
		t.Error("ftp")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func newStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.TempDir() + "/cache")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
