package domain

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gpq/checks/service"
	"gpq/resolver/fetch"
)

const (
	tableKey   = "rdap-bootstrap"
	triedKey   = "rdap-bootstrap-tried"
	maxTable   = 2 << 20
	renewLimit = 2500 * time.Millisecond
)

// load takes the newest table at hand, and behind the run's back renews a kept
// one that is older than a week, for the next run. After a failure it is tried
// again a day later.
func (c *Client) load(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded || c.o.RDAP != Bootstrap {
		return
	}
	c.loaded = true
	c.servers, _ = ParseServers(embedded)
	etag, table, at, ok := c.keptTable()
	if ok {
		newer, err := ParseServers(table)
		if err == nil {
			c.servers = newer.over(c.servers)
		} else {
			etag, at = "", time.Time{}
		}
	}
	if c.renewalDue(at) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
		c.behind.Go(func() {
			defer cancel()
			c.renew(ctx, etag, table)
		})
	}
}

func (c *Client) renewalDue(at time.Time) bool {
	if c.o.Renew == "" || c.o.Cache == nil || c.o.Now().Sub(at) < renewal {
		return false
	}
	_, tried := service.Fresh(c.o.Cache, triedKey, c.o.Now(), keepBad)
	return !tried
}

// Wait waits for what runs behind: at most a few seconds.
func (c *Client) Wait() { c.behind.Wait() }

// keptTable is the kept answer: the ETag on a line of its own, then the body.
func (c *Client) keptTable() (etag string, table []byte, at time.Time, ok bool) {
	b, at, ok := get(c.o.Cache, tableKey)
	if !ok {
		return "", nil, time.Time{}, false
	}
	tag, body, ok := strings.Cut(string(b), "\n")
	return tag, []byte(body), at, ok
}

// renew asks IANA by ETag. A table that cannot be read changes nothing.
func (c *Client) renew(ctx context.Context, etag string, table []byte) {
	service.Keep(c.o.Cache, triedKey, nil, c.o.Now())
	h := http.Header{"Accept": {"application/json"}}
	if etag != "" {
		h.Set("If-None-Match", etag)
	}
	resp, err := c.o.Doer.Do(ctx, fetch.Request{
		URL: c.o.Renew, Header: h, MaxBytes: maxTable, Timeout: renewLimit, NoStore: true, NoRetry: true,
	})
	if err != nil {
		return
	}
	switch resp.Status {
	case http.StatusOK:
		etag, table = resp.Header.Get("Etag"), resp.Body
		if _, err := ParseServers(table); err != nil {
			return
		}
	case http.StatusNotModified:
	default:
		return
	}
	etag = strings.NewReplacer("\n", "", "\r", "").Replace(etag)
	service.Keep(c.o.Cache, tableKey, append([]byte(etag+"\n"), table...), c.o.Now())
}

func get(c service.Cache, key string) ([]byte, time.Time, bool) {
	if c == nil {
		return nil, time.Time{}, false
	}
	return c.Get(key)
}

func itoa(n int) string { return strconv.Itoa(n) }
