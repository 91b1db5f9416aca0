package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// quick are options that wait for nothing long.
func quick() Options {
	return Options{MinWait: time.Millisecond, MaxWait: 50 * time.Millisecond, Stall: 150 * time.Millisecond, Timeout: 5 * time.Second, Now: time.Now}
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func do(t *testing.T, c *Client, r Request) (*Response, *Error) {
	t.Helper()
	resp, err := c.Do(context.Background(), r)
	if err == nil {
		return resp, nil
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *Error: %v", err)
	}
	if e.Host == "" || strings.ContainsAny(e.Error(), "\n") {
		t.Errorf("error without host, or of several lines: %q", e.Error())
	}
	return nil, e
}

func TestAnswers(t *testing.T) {
	zeros := bytes.Repeat([]byte{0}, 1<<20)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(zeros)
	_ = z.Close()
	gz := func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip") }
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, n int)
		max    int64
		status int
		body   string
		err    string // part of the reason
		asked  int    // requests that arrive
	}{
		"plain":          {answer: func(w http.ResponseWriter, _ int) { fmt.Fprint(w, "hello") }, status: 200, body: "hello", asked: 1},
		"not found":      {answer: func(w http.ResponseWriter, _ int) { w.WriteHeader(404) }, status: 404, asked: 1},
		"compressed":     {answer: func(w http.ResponseWriter, _ int) { gz(w); _, _ = w.Write(packed.Bytes()) }, max: 2 << 20, status: 200, body: string(zeros), asked: 1},
		"gzip bomb":      {answer: func(w http.ResponseWriter, _ int) { gz(w); _, _ = w.Write(packed.Bytes()) }, max: 1000, err: "larger than 1000 bytes", asked: 1},
		"exactly enough": {answer: func(w http.ResponseWriter, _ int) { fmt.Fprint(w, "12345") }, max: 5, status: 200, body: "12345", asked: 1},
		"one too many":   {answer: func(w http.ResponseWriter, _ int) { fmt.Fprint(w, "123456") }, max: 5, err: "larger than 5 bytes", asked: 1},
		"one too many, in pieces": {answer: func(w http.ResponseWriter, _ int) {
			fmt.Fprint(w, "123")
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "456")
		}, max: 5, err: "larger than 5 bytes", asked: 1},
		"not gzip at all":      {answer: func(w http.ResponseWriter, _ int) { gz(w); fmt.Fprint(w, "hello") }, err: "damaged", asked: 4},
		"gzip, cut":            {answer: func(w http.ResponseWriter, _ int) { gz(w); _, _ = w.Write(packed.Bytes()[:50]) }, max: 2 << 20, err: "damaged", asked: 4},
		"another encoding":     {answer: func(w http.ResponseWriter, _ int) { w.Header().Set("Content-Encoding", "br"); fmt.Fprint(w, "x") }, err: "encoding", asked: 1},
		"busy, then not":       {answer: func(w http.ResponseWriter, n int) { onlyAt(w, n, 3, 503) }, status: 200, body: "at last", asked: 3},
		"busy for ever":        {answer: func(w http.ResponseWriter, _ int) { w.WriteHeader(503) }, status: 503, asked: 4},
		"too many requests":    {answer: func(w http.ResponseWriter, n int) { w.Header().Set("Retry-After", "0"); onlyAt(w, n, 2, 429) }, status: 200, body: "at last", asked: 2},
		"later than one waits": {answer: func(w http.ResponseWriter, _ int) { w.Header().Set("Retry-After", "2"); w.WriteHeader(429) }, status: 429, asked: 1},
		"later, as a date": {answer: func(w http.ResponseWriter, _ int) {
			w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, status: 503, asked: 1},
		"cut body": {answer: func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
		}, err: "unexpected EOF", asked: 4},
		"hang before the answer": {answer: func(http.ResponseWriter, int) { time.Sleep(400 * time.Millisecond) }, err: "for 150ms", asked: 2},
		"hang in the body": {answer: func(w http.ResponseWriter, _ int) {
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
			time.Sleep(400 * time.Millisecond)
		}, err: "for 150ms", asked: 2},
		"one byte now and then": {answer: func(w http.ResponseWriter, _ int) {
			for range 10 {
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(60 * time.Millisecond)
			}
		}, err: "next to none, for 150ms", asked: 2},
		"connection closed": {answer: func(w http.ResponseWriter, _ int) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		}, err: "EOF", asked: 4},
		"redirect to nowhere": {answer: func(w http.ResponseWriter, _ int) { w.WriteHeader(302) }, err: "nowhere", asked: 1},
		"redirect in a ring":  {answer: func(w http.ResponseWriter, _ int) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, err: "too many redirects", asked: 6},
		"redirect to a file": {answer: func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		}, err: "not an http", asked: 1},
		"endless header": {answer: func(w http.ResponseWriter, _ int) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, err: "header", asked: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { test.answer(w, int(n.Add(1))) })
			resp, err := do(t, New(quick()), Request{URL: s.URL + "/x", MaxBytes: test.max})
			switch {
			case err != nil && (test.err == "" || !strings.Contains(err.Reason, test.err)):
				t.Errorf("error %q, want %q", err.Reason, test.err)
			case err == nil && test.err != "":
				t.Errorf("no error but %d %.20q, want %q", resp.Status, resp.Body, test.err)
			case err == nil && (resp.Status != test.status || string(resp.Body) != test.body):
				t.Errorf("%d %.40q, want %d %.40q", resp.Status, resp.Body, test.status, test.body)
			}
			if got := int(n.Load()); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
		})
	}
}

// onlyAt answers with a body at the n-th request, else with a status.
func onlyAt(w http.ResponseWriter, n, at, status int) {
	if n < at {
		w.WriteHeader(status)
		return
	}
	fmt.Fprint(w, "at last")
}

func TestSecretsStayHome(t *testing.T) {
	var mu sync.Mutex
	got := map[string]http.Header{}
	keep := func(where string, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got[where] = r.Header.Clone()
	}
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { keep("other", r) })
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		keep("home"+r.URL.Path, r)
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/away":
			http.Redirect(w, r, strings.Replace(other.URL, "http://", "http://u:p@", 1)+"/x", http.StatusFound)
		}
	})
	c := New(quick())
	h := http.Header{"Cookie": {"c"}, "Npm-Otp": {"1"}, "Accept": {"a"}}
	for _, path := range []string{"/same", "/away"} {
		if _, err := do(t, c, Request{URL: home.URL + path, Secret: "Bearer s3cret", Header: h}); err != nil {
			t.Fatal(err)
		}
	}
	for where, want := range map[string]string{"home/same": "Bearer s3cret", "home/end": "Bearer s3cret", "other": ""} {
		if a := got[where].Get("Authorization"); a != want {
			t.Errorf("%s gets %q, want %q", where, a, want)
		}
	}
	if got["other"].Get("Cookie")+got["other"].Get("Npm-Otp") != "" || got["other"].Get("Accept") != "a" {
		t.Errorf("the other host gets %v", got["other"])
	}
	// Userinfo is a credential for its own host, and is told nobody.
	address := strings.Replace(home.URL, "http://", "http://me:hidden@", 1)
	if _, err := do(t, c, Request{URL: address + "/user"}); err != nil {
		t.Fatal(err)
	}
	if a := got["home/user"].Get("Authorization"); a != "Basic bWU6aGlkZGVu" {
		t.Errorf("userinfo became %q", a)
	}
	home.Close()
	_, err := do(t, c, Request{URL: address + "/away?token=hidden", Secret: "Bearer hidden", NoRetry: true})
	if err == nil || strings.Contains(err.Error()+err.URL, "hidden") || strings.Contains(fmt.Sprint(err.Err), "hidden") {
		t.Errorf("the error tells a secret: %v %+v", err, err)
	}
}

func TestNoDowngrade(t *testing.T) {
	plain := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked in the clear") })
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer s.Close()
	o := quick()
	o.InsecureTLS = true
	if _, err := do(t, New(o), Request{URL: s.URL}); err == nil || !strings.Contains(err.Reason, "https to http") {
		t.Errorf("got %v", err)
	}
}

func TestAddresses(t *testing.T) {
	c := New(quick())
	for _, address := range []string{"", "ftp://a.example/", "file:///etc/passwd", "https://", "//a.example", "http://a b/", "https://a.example:99999999/", "javascript:1"} {
		if _, err := c.Do(context.Background(), Request{URL: address, NoRetry: true}); err == nil {
			t.Errorf("%q was asked", address)
		}
	}
	var none *Client
	if _, err := (&Client{}).Do(context.Background(), Request{URL: "http://127.0.0.1/"}); err == nil {
		t.Error("the zero client asks")
	}
	_ = none
}

func TestDeadlines(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(100 * time.Millisecond) })
	c := New(quick())
	_, err := do(t, c, Request{URL: s.URL, Timeout: 20 * time.Millisecond})
	if err == nil || err.Reason != "no answer within 20ms" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err2 := c.Do(ctx, Request{URL: s.URL})
	if err2 == nil || !errors.Is(err2, context.DeadlineExceeded) {
		t.Errorf("got %v", err2)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := c.Do(ctx, Request{URL: s.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPerHost(t *testing.T) {
	var now, most atomic.Int64
	s := serve(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
	})
	o := quick()
	o.PerHost = 3
	c := New(o)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = c.Do(context.Background(), Request{URL: s.URL}) })
	}
	wg.Wait()
	if most.Load() > 3 {
		t.Errorf("%d at a time", most.Load())
	}
	if st := c.Stats(); st.Requests != 20 {
		t.Errorf("%+v", st)
	}
}

func TestGivesUpOnADeadHost(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	})
	c := New(quick())
	for range 10 {
		_, _ = do(t, c, Request{URL: s.URL})
	}
	if n := c.Stats().Requests; n > patience+10 {
		t.Errorf("%d requests to a host that never answered", n)
	}
}
