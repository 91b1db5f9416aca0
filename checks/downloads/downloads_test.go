package downloads_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gpq/checks/downloads"
	"gpq/checks/downloads/downloadstest"
	"gpq/checks/service"
	"gpq/checks/service/servicetest"
)

var now = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func client(base string, cache service.Cache) *downloads.Client {
	return downloads.New(downloads.Options{Doer: &servicetest.Door{}, Base: base, Cache: cache, Now: func() time.Time { return now }})
}

func TestWeekly(t *testing.T) {
	s := downloadstest.Start(map[string]int64{"express": 30_000_000, "left-pad": 1_000_000, "@babel/core": 50_000_000, "rare": 12, "none-yet": 0})
	defer s.Close()
	var kept servicetest.Memory
	ask := []string{"express", "left-pad", "@babel/core", "@babel/new", "rare", "brand-new", "none-yet", "express"}
	for run := range 2 {
		got := client(s.URL, &kept).Weekly(context.Background(), ask)
		for name, want := range map[string]downloads.Week{
			"express": {Count: 30_000_000}, "left-pad": {Count: 1_000_000}, "@babel/core": {Count: 50_000_000},
			"@babel/new": {None: true}, "rare": {Count: 12}, "brand-new": {None: true}, "none-yet": {Count: 0},
		} {
			a := got[name]
			if a.Err != nil || a.Week.Count != want.Count || a.Week.None != want.None {
				t.Errorf("%s: %+v, want %+v", name, a, want)
			}
		}
		if n := len(s.Asked()); n != 3 {
			t.Errorf("run %d: %d requests, want 3: %q", run, n, s.Asked())
		}
	}
}

func TestOneName(t *testing.T) {
	s := downloadstest.Start(map[string]int64{"express": 7})
	defer s.Close()
	got := client(s.URL, nil).Weekly(context.Background(), []string{"express"})
	if got["express"].Week.Count != 7 || got["express"].Err != nil {
		t.Errorf("%+v", got)
	}
}

func TestManyNames(t *testing.T) {
	figures := map[string]int64{}
	var ask []string
	for i := range 300 {
		n := fmt.Sprintf("package-number-%d", i)
		figures[n] = int64(i)
		ask = append(ask, n)
	}
	s := downloadstest.Start(figures)
	defer s.Close()
	got := client(s.URL, nil).Weekly(context.Background(), ask)
	if len(s.Asked()) != 3 || got["package-number-299"].Week.Count != 299 {
		t.Errorf("%d requests, %+v", len(s.Asked()), got["package-number-299"])
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		status int
		retry  string
		reason string
	}{{429, "120", "too many requests"}, {503, "", "status 503"}, {400, "", "status 400"}, {404, "", "status 404"}} {
		s := downloadstest.Start(map[string]int64{"express": 7})
		s.Fail(c.status, c.retry)
		cl := client(s.URL, nil)
		got := cl.Weekly(context.Background(), []string{"express", "koa"})["express"]
		if got.Err == nil || !strings.Contains(got.Err.Error(), c.reason) || !strings.HasPrefix(got.Err.Error(), "127.0.0.1") {
			t.Errorf("%d: %v", c.status, got.Err)
		}
		if cl.Outage() == "" {
			t.Errorf("%d: no line for the summary", c.status)
		}
		s.Fail(0, "")
		got = cl.Weekly(context.Background(), []string{"express"})["express"]
		if left := got.Err != nil && strings.Contains(got.Err.Error(), "left alone for another 2m"); left != (c.status == 429) {
			t.Errorf("%d: afterwards %+v", c.status, got)
		}
		s.Close()
	}
}

func TestCircuitAndOff(t *testing.T) {
	s := downloadstest.Start(nil)
	defer s.Close()
	s.Fail(500, "")
	cl := client(s.URL, nil)
	for range 6 {
		cl.Weekly(context.Background(), []string{"express"})
	}
	if n := len(s.Asked()); n != 3 {
		t.Errorf("%d requests to a failing service, want 3", n)
	}
	off := client("", nil)
	if a := off.Weekly(context.Background(), []string{"express"})["express"]; !off.Off() || a.Err == nil {
		t.Errorf("off: %+v", a)
	}
	for _, bad := range []string{"not a url", "ftp://x/", "file:///etc/passwd"} {
		if a := client(bad, nil).Weekly(context.Background(), []string{"x"})["x"]; a.Err == nil {
			t.Errorf("%s: %+v", bad, a)
		}
	}
}
