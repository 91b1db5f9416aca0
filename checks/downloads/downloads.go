// Package downloads asks how often packages were downloaded last week.
package downloads

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"gpq/checks/service"
	"gpq/resolver/fetch"
)

// Default is the public service's base URL.
const Default = "https://api.npmjs.org/"

// What the service's protocol allows, and what we allow it.
const (
	batch    = 128 // unscoped names a request
	maxPath  = 6000
	parallel = 6 // requests for scoped names
	deadline = 5 * time.Second
	keep     = 24 * time.Hour
	maxBody  = 1 << 20
)

// Week is how often a package was downloaded in the last seven days.
type Week struct {
	Count int64
	// None: the service knows no figures for this name, as for packages of the
	// last day or two. Count is 0 then.
	None bool
	// AtLeast: Count is a lower bound, since the name is known to be one of the
	// most used.
	AtLeast bool
	End     time.Time // last day counted; zero if the service did not say
}

// Floor is what each of the most used packages has in a week, at the least.
const Floor = 50_000

// Answer is one name's figures, or why there are none.
type Answer struct {
	Week Week
	Err  error
}

// Options say whom to ask. The zero value asks nobody.
type Options struct {
	Doer  fetch.Doer
	Base  string        // "" switches the service off
	Cache service.Cache // nil: nothing is kept
	Now   func() time.Time
	// Deadline bounds one call of Weekly; 0 is 5 seconds.
	Deadline time.Duration
}

// Client asks the downloads service. It is safe for concurrent use.
type Client struct {
	*service.Client
	o Options
}

// New makes a client.
func New(o Options) *Client {
	if o.Deadline <= 0 {
		o.Deadline = deadline
	}
	return &Client{o: o, Client: service.New(o.Doer, service.Options{
		Base: o.Base, Timeout: o.Deadline, MaxBytes: maxBody, NoRetry: true, Now: o.Now,
	})}
}

// Off says that the service is switched off.
func (c *Client) Off() bool { return c == nil || c.Client.Off() }

// Outage is one line with host and reason; "" if the service did not fail.
func (c *Client) Outage() string {
	if c.Off() {
		return ""
	}
	return c.Client.Outage()
}

// Public says that the world's own service is asked, and not a place that the
// user named.
func (c *Client) Public() bool { return c.Base() == Default }

// Weekly gives last week's downloads of each name, in as few requests as the
// service allows. Every name has an Answer.
func (c *Client) Weekly(ctx context.Context, names []string) map[string]Answer {
	ctx, cancel := context.WithTimeout(ctx, c.o.Deadline)
	defer cancel()
	out := make(map[string]Answer, len(names))
	groups := plan(c.takeKept(names, out))
	var mu sync.Mutex
	var wg sync.WaitGroup
	turn := make(chan struct{}, parallel)
	for _, g := range groups {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			got := c.ask(ctx, g)
			mu.Lock()
			defer mu.Unlock()
			for n, a := range got {
				out[n] = a
			}
		})
	}
	wg.Wait()
	return out
}

// takeKept answers what it can from the cache and gives the names left.
func (c *Client) takeKept(names []string, out map[string]Answer) []string {
	var left []string
	for _, n := range names {
		if _, done := out[n]; done {
			continue
		}
		var w Week
		b, ok := service.Fresh(c.o.Cache, c.key(n), c.o.Now(), keep)
		if !ok || json.Unmarshal(b, &w) != nil {
			left = append(left, n)
			continue
		}
		out[n] = Answer{Week: w}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

func (c *Client) key(name string) string { return "downloads/1/" + c.o.Base + "/" + name }

// plan splits names into requests: scoped ones single, the others together.
func plan(names []string) [][]string {
	var out [][]string
	var bulk []string
	length := 0
	for _, n := range names {
		if strings.HasPrefix(n, "@") {
			out = append(out, []string{n})
			continue
		}
		if len(bulk) == batch || length+len(n) > maxPath {
			out, bulk, length = append(out, bulk), nil, 0
		}
		bulk = append(bulk, n)
		length += len(n) + 1
	}
	if len(bulk) > 0 {
		out = append(out, bulk)
	}
	return out
}

// ask makes one request; every name of the group has an answer.
func (c *Client) ask(ctx context.Context, names []string) map[string]Answer {
	escaped := make([]string, len(names))
	for i, n := range names {
		escaped[i] = strings.ReplaceAll(url.PathEscape(n), "%2F", "/")
	}
	resp, err := c.Do(ctx, service.Request{Path: "downloads/point/last-week/" + strings.Join(escaped, ",")})
	var got map[string]Week
	if err == nil {
		got, err = c.read(names, resp)
	}
	out := make(map[string]Answer, len(names))
	for _, n := range names {
		w, ok := got[n]
		switch {
		case err != nil:
			out[n] = Answer{Err: err}
			continue
		case !ok:
			w = Week{None: true}
		}
		out[n] = Answer{Week: w}
		if b, err := json.Marshal(w); err == nil {
			service.Keep(c.o.Cache, c.key(n), b, c.o.Now())
		}
	}
	return out
}

type point struct {
	Downloads *int64 `json:"downloads"`
	Package   string `json:"package"`
	End       string `json:"end"`
}

// read reads both forms: one name gives a point or a 404, several give points
// by name, null for a name without figures.
func (c *Client) read(names []string, resp *fetch.Response) (map[string]Week, error) {
	if resp.Status == 404 && len(names) == 1 && saysError(resp.Body) {
		return nil, nil
	}
	if resp.Status != 200 {
		return nil, c.Refuse(fmt.Sprintf("status %d", resp.Status))
	}
	points := map[string]*point{}
	if len(names) == 1 {
		var p point
		if json.Unmarshal(resp.Body, &p) != nil || p.Downloads == nil || p.Package != "" && p.Package != names[0] {
			return nil, c.Refuse("its answer about downloads cannot be read")
		}
		points[names[0]] = &p
	} else if json.Unmarshal(resp.Body, &points) != nil {
		return nil, c.Refuse("its answer about downloads cannot be read")
	}
	out := map[string]Week{}
	for n, p := range points {
		if p == nil || p.Downloads == nil || *p.Downloads < 0 {
			continue
		}
		end, _ := time.Parse(time.DateOnly, p.End)
		out[n] = Week{Count: *p.Downloads, End: end}
	}
	return out, nil
}

// saysError tells the service's own «not found» from any other 404.
func saysError(body []byte) bool {
	var e struct {
		Error string `json:"error"`
	}
	return json.Unmarshal(body, &e) == nil && e.Error != ""
}
