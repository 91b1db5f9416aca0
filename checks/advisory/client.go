package advisory

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"gpq/checks/service"
	"gpq/resolver/fetch"
)

// DefaultOSV is the public service's base URL.
const DefaultOSV = "https://api.osv.dev/"

// The names of the lists, for people.
const (
	listOSV = "OSV"
	listNPM = "registry advisories"
)

// Deadline bounds the asking about a whole plan.
const Deadline = 12 * time.Second

// Query is one exact version to ask about. Registry is its base URL.
type Query struct{ Name, Version, Registry string }

// Ask is a Query and where it may be asked.
type Ask struct {
	Query
	// Withheld, if not nil, keeps the name from OSV and says why; its own
	// registry and a local export may be asked all the same.
	Withheld error
}

// Registries answers for the registries' own advisories: «name → advisories»
// as npm's bulk endpoint gives it.
type Registries interface {
	Advisories(ctx context.Context, registryURL string, versions map[string][]string) ([]byte, error)
}

// Options say whom to ask. The zero value asks nobody.
type Options struct {
	Doer fetch.Doer
	// OSV is its base URL; "" switches it off.
	OSV string
	// Registries gives the registries' own advisories; nil asks none.
	Registries Registries
	// Database is a local OSV export, a folder or a zip; where it is set, it
	// answers instead of OSV. Index is the folder for its index.
	Database, Index string
	Cache           service.Cache // nil: nothing is kept
	Now             func() time.Time
	Deadline        time.Duration // 0 is Deadline
}

// Client asks for advisories. It is safe for concurrent use.
type Client struct {
	o   Options
	osv *service.Client

	once sync.Once
	db   *Database
	dbe  error

	mu      sync.Mutex
	outages map[string]string // registries that gave no answer
}

// New makes a client.
func New(o Options) *Client {
	if o.Deadline <= 0 {
		o.Deadline = Deadline
	}
	return &Client{o: o, outages: map[string]string{}, osv: service.New(o.Doer, service.Options{
		Base: o.OSV, Timeout: o.Deadline, MaxBytes: maxAnswer, Now: o.Now,
	})}
}

// Public says that the world's own OSV is asked, and not a place that the
// user named.
func (c *Client) Public() bool { return c.o.Database == "" && c.osv.Base() == DefaultOSV }

// Reports finds out about every query. Each has a Report in the answer, whose
// Sources say what was asked and what failed.
func (c *Client) Reports(ctx context.Context, asks []Ask) map[Query]Report {
	ctx, cancel := context.WithTimeout(ctx, c.o.Deadline)
	defer cancel()
	asks = distinct(asks)
	var listed, own found
	var wg sync.WaitGroup
	wg.Go(func() { listed = c.listed(ctx, asks) })
	wg.Go(func() { own = c.registries(ctx, asks) })
	wg.Wait()
	out := make(map[Query]Report, len(asks))
	for _, a := range asks {
		l, r := listed[a.Query], own[a.Query]
		var hold []entry
		for _, e := range slices.Concat(l.entries, r.entries) {
			if e.holds(a.Version) {
				hold = append(hold, e)
			}
		}
		out[a.Query] = Report{Records: merge(hold), OSV: l.source, Registry: r.source}
	}
	return out
}

// found is what one source gave, by query.
type found map[Query]answer

type answer struct {
	entries []entry
	source  Source
}

func distinct(asks []Ask) []Ask {
	seen := map[Query]bool{}
	return slices.DeleteFunc(slices.Clone(asks), func(a Ask) bool {
		again := seen[a.Query]
		seen[a.Query] = true
		return again
	})
}

// listed asks OSV or the local export in its place.
func (c *Client) listed(ctx context.Context, asks []Ask) found {
	if c.o.Database != "" {
		return c.fromDatabase(asks)
	}
	out := found{}
	var public []Query
	for _, a := range asks {
		switch {
		case a.Withheld != nil:
			out[a.Query] = answer{source: Source{Name: c.osv.Host(), Off: true, Err: a.Withheld}}
		case c.osv.Off():
			out[a.Query] = answer{source: Source{Name: "OSV", Off: true, Err: service.ErrOff}}
		default:
			public = append(public, a.Query)
		}
	}
	c.askOSV(ctx, public, out)
	return out
}

func (c *Client) fromDatabase(asks []Ask) found {
	c.once.Do(func() { c.db, c.dbe = OpenDatabase(c.o.Database, c.o.Index) })
	out := found{}
	for _, a := range asks {
		got := answer{source: Source{Name: c.o.Database, Err: c.dbe}}
		if c.dbe == nil {
			got.entries, got.source.Err = c.db.about(a.Name)
		}
		out[a.Query] = got
	}
	return out
}

// Outages has one line, with host and reason, for each source that failed.
func (c *Client) Outages() []string {
	var out []string
	if line := c.osv.Outage(); line != "" {
		out = append(out, line)
	}
	if c.dbe != nil {
		out = append(out, c.dbe.Error())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range c.outages {
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// Figures are the requests made to OSV and their bytes.
func (c *Client) Figures() (requests int, sent, received int64) {
	if c == nil {
		return 0, 0, 0
	}
	return c.osv.Figures()
}

var errNone = errors.New("keeps no advisories")
