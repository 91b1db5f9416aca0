package domain

import (
	"context"
	"encoding/json"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"gpq/checks/service"
	"gpq/resolver/fetch"
)

// Bootstrap as an RDAP base means: the server that IANA's table names for
// each top-level domain.
const Bootstrap = "bootstrap"

// IANA is where the table is renewed from.
const IANA = "https://data.iana.org/rdap/dns.json"

// How long what was found out is kept, and the whole time a plan may take.
const (
	keepGood = 7 * 24 * time.Hour
	keepBad  = 24 * time.Hour
	renewal  = 7 * 24 * time.Hour
	Budget   = 3 * time.Second
	perQuery = 2 * time.Second // the rest is for the DNS
	parallel = 2               // at one server
	maxBody  = 1 << 20
	// parallelDNS is how many domains without an RDAP server are looked for in
	// the DNS at once.
	parallelDNS = 8
)

// Options say whom to ask. The zero value asks nobody.
type Options struct {
	Doer fetch.Doer
	// RDAP is Bootstrap, or a base URL that answers «domain/NAME» for every
	// domain; "" switches RDAP off.
	RDAP string
	// Renew is where the table comes from; "" keeps the embedded one. It is
	// asked only where RDAP is Bootstrap.
	Renew string
	// DNS is SystemDNS or host:port; "" switches the DNS off.
	DNS    string
	Cache  service.Cache // nil: nothing is kept
	Now    func() time.Time
	Budget time.Duration // 0 is Budget
}

// Client asks who holds domains. It is safe for concurrent use.
type Client struct {
	o   Options
	dns *dns

	mu      sync.Mutex
	servers Servers
	loaded  bool
	at      map[string]*server // by base URL
	behind  sync.WaitGroup
}

// server is one RDAP server: asked by two at a time.
type server struct {
	*service.Client
	turn chan struct{}
}

// New makes a client.
func New(o Options) *Client {
	if o.Budget <= 0 {
		o.Budget = Budget
	}
	return &Client{o: o, dns: &dns{server: o.DNS}, at: map[string]*server{}}
}

// Off says that RDAP is switched off: the DNS alone tells nothing that could
// be flagged.
func (c *Client) Off() bool { return c == nil || c.o.RDAP == "" }

// Public says that the world's own servers are asked, and not a place that
// the user named.
func (c *Client) Public() bool { return c.o.RDAP == Bootstrap }

// Lookup finds out about registrable domains, each asked about once, within
// the budget; the first ones first. Every domain has a record in the answer.
func (c *Client) Lookup(ctx context.Context, domains []string) map[string]Record {
	ctx, cancel := context.WithTimeout(ctx, c.o.Budget)
	defer cancel()
	c.load(ctx)
	queues := map[*server][]string{}
	out := make(map[string]Record, len(domains))
	for _, d := range domains {
		if _, again := out[d]; !again {
			out[d] = Record{Domain: d}
			s := c.serverFor(d)
			queues[s] = append(queues[s], d)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for s, queue := range queues {
		workers := parallel
		if s == nil {
			workers = parallelDNS
		}
		var next atomic.Int64
		for range workers {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(queue)); i = next.Add(1) - 1 {
					r := c.one(ctx, queue[i])
					mu.Lock()
					out[queue[i]] = r
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	return out
}

// one gives what is kept of a domain, or asks.
func (c *Client) one(ctx context.Context, domain string) Record {
	key := "domain/1/" + c.o.RDAP + "/" + domain
	if r, ok := c.kept(key); ok {
		return r
	}
	r := c.ask(ctx, domain)
	r.Domain = domain
	if b, err := json.Marshal(r); err == nil && (r.Held || r.Absent) {
		service.Keep(c.o.Cache, key, b, c.o.Now())
	}
	return r
}

func (c *Client) kept(key string) (Record, bool) {
	b, ok := service.Fresh(c.o.Cache, key, c.o.Now(), keepGood)
	var r Record
	if !ok || json.Unmarshal(b, &r) != nil {
		return Record{}, false
	}
	now := c.o.Now()
	bad := r.Absent || r.Judge(time.Time{}, now) > NotPublic || now.Sub(r.Registered) < 30*24*time.Hour
	if _, fresh := service.Fresh(c.o.Cache, key, now, keepBad); bad && !fresh {
		return Record{}, false
	}
	return r, true
}

// ask puts one question to the domain's RDAP server, and to the DNS where
// that leaves it open.
func (c *Client) ask(ctx context.Context, domain string) Record {
	s := c.serverFor(domain)
	if s == nil {
		return c.onlyDNS(ctx, domain, "its top-level domain has no RDAP server")
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return Record{Reason: s.Host() + ": not asked, the time for domains was used up"}
	}
	resp, err := s.Do(ctx, service.Request{Path: "domain/" + url.PathEscape(domain), Accept: "application/rdap+json, application/json;q=0.8"})
	c.keepHold(s)
	if err != nil {
		return c.onlyDNS(ctx, domain, err.Error())
	}
	r := c.read(ctx, domain, s, resp)
	r.Source = s.Host()
	return r
}

func (c *Client) read(ctx context.Context, domain string, s *server, resp *fetch.Response) Record {
	switch {
	case resp.Status == 200:
		r, err := parseObject(domain, resp.Body)
		if err != nil {
			return c.onlyDNS(ctx, domain, s.Refuse(err.Error()).Error())
		}
		return r
	case resp.Status == 404 && absent(resp.Header.Get("Content-Type"), resp.Body):
		return c.confirm(ctx, domain, s.Host(), resp.Body)
	case resp.Status == 404:
		return c.onlyDNS(ctx, domain, s.Host()+": status 404 without an RDAP answer")
	default:
		return c.onlyDNS(ctx, domain, s.Host()+": status "+itoa(resp.Status))
	}
}

// confirm asks the DNS about a domain that RDAP does not know. Where the user
// has switched the DNS off, RDAP's word has to do.
func (c *Client) confirm(ctx context.Context, domain, host string, body []byte) Record {
	if c.o.DNS == "" && saysAbsent(body) {
		return Record{Absent: true}
	}
	got, err := c.dns.NS(ctx, domain)
	switch got {
	case NXDomain, NoData:
		return Record{Absent: true}
	case Delegated:
		return Record{Reason: host + " does not know it, the DNS does"}
	default:
		return Record{Reason: host + " does not know it; " + err.Error()}
	}
}

// onlyDNS is for what RDAP cannot tell. A name in the DNS is held by someone,
// a name that is not may be held just as well: both stay open.
func (c *Client) onlyDNS(ctx context.Context, domain, why string) Record {
	if c.o.DNS == "" {
		return Record{Reason: why}
	}
	got, err := c.dns.NS(ctx, domain)
	switch got {
	case Delegated:
		why += "; the DNS has it"
	case NXDomain:
		why += "; the DNS has no such name"
	case NoData:
		why += "; the DNS has no name servers for it"
	default:
		why += "; " + err.Error()
	}
	return Record{Reason: why}
}

// serverFor gives the RDAP server for a domain; nil if there is none.
func (c *Client) serverFor(domain string) *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	base := c.o.RDAP
	if base == Bootstrap {
		base = c.servers.For(domain)
	}
	if base == "" {
		return nil
	}
	if s := c.at[base]; s != nil {
		return s
	}
	s := &server{turn: make(chan struct{}, parallel), Client: service.New(c.o.Doer, service.Options{
		Base: base, Timeout: perQuery, MaxBytes: maxBody, NoRetry: true, Now: c.o.Now,
	})}
	if b, _, ok := get(c.o.Cache, "rdap-hold/"+base); ok {
		if t, err := time.Parse(time.RFC3339, string(b)); err == nil && t.Sub(c.o.Now()) <= 24*time.Hour {
			s.KeepTill(t)
		}
	}
	c.at[base] = s
	return s
}

// keepHold remembers for later runs how long a server wants to be left alone.
func (c *Client) keepHold(s *server) {
	if t := s.HoldTill(); t.After(c.o.Now()) {
		service.Keep(c.o.Cache, "rdap-hold/"+s.Base(), []byte(t.Format(time.RFC3339)), c.o.Now())
	}
}

// Outages has one line for each server that failed last.
func (c *Client) Outages() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, s := range c.at {
		if line := s.Outage(); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Figures are the RDAP requests made and the bytes received.
func (c *Client) Figures() (requests int, sent, received int64) {
	if c == nil {
		return 0, 0, 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.at {
		n, out, in := s.Figures()
		requests, sent, received = requests+n, sent+out, received+in
	}
	return requests, sent, received
}
