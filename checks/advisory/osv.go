package advisory

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"

	"gpq/checks/service"
)

// What OSV allows, and what we allow it.
const (
	batch     = 1000
	maxAnswer = 8 << 20
	maxPages  = 50     // of one query
	details   = 8      // requests at once
	maxHits   = 2_000  // ids for one version
	maxIDs    = 10_000 // in all
	maxTold   = 64 << 20
)

type osvQuery struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Version string `json:"version"`
	Token   string `json:"page_token,omitempty"`
}

// hit is one id that OSV names for a version.
type hit struct {
	ID       string `json:"id"`
	Modified string `json:"modified"`
}

// osvResult is what OSV says of one version.
type osvResult struct {
	Vulns json.RawMessage `json:"vulns"`
	Next  string          `json:"next_page_token"`
}

// askOSV asks about all queries, in batches with all their pages, and then for
// the details of every id once.
func (c *Client) askOSV(ctx context.Context, queries []Query, out found) {
	hits := map[Query][]hit{}
	for chunk := range slices.Chunk(queries, batch) {
		got, err := c.batch(ctx, chunk)
		for _, q := range chunk {
			out[q] = answer{source: Source{Name: c.osv.Host(), Err: err}}
		}
		for q, h := range got {
			hits[q] = h
		}
	}
	if err := c.few(hits); err != nil {
		for _, q := range queries {
			out[q] = answer{source: Source{Name: c.osv.Host(), Err: err}}
		}
	}
	records := c.details(ctx, hits)
	for q, hs := range hits {
		a := out[q]
		for _, h := range hs {
			a.entries = append(a.entries, c.entry(h, records[h.ID], q.Name))
		}
		out[q] = a
	}
}

// few refuses an answer with more ids than there can be, and keeps of it as many
// as may be asked about.
func (c *Client) few(hits map[Query][]hit) error {
	n := 0
	for q, hs := range hits {
		if n += len(hs); n > maxIDs {
			hits[q] = hs[:max(0, len(hs)-(n-maxIDs))]
		}
	}
	if n > maxIDs {
		return c.osv.Refuse(fmt.Sprintf("it names more than %d ids", maxIDs))
	}
	return nil
}

// entry makes what is known of a hit: its details about this package, else
// OSV's bare word that it holds for this version.
func (c *Client) entry(h hit, r *osvRecord, name string) entry {
	if r != nil {
		if e, ok := r.about(name); ok || e.Withdrawn {
			e.Source = listOSV
			return e
		}
	}
	return entry{
		ID: h.ID, Malware: isMalware([]string{h.ID}, nil, ""), Vague: true,
		URL: "https://osv.dev/vulnerability/" + h.ID, Source: listOSV,
	}
}

// batch asks about up to 1,000 versions, page by page. With an error there may
// still be hits: what was named before it counts.
func (c *Client) batch(ctx context.Context, queries []Query) (map[Query][]hit, error) {
	out := map[Query][]hit{}
	tokens := map[Query]string{}
	left := queries
	for range maxPages {
		got, err := c.page(ctx, left, tokens)
		if err != nil {
			return out, err
		}
		var more []Query
		for i, r := range got {
			q := left[i]
			hits, err := list[hit](r.Vulns, maxHits-len(out[q]))
			if err != nil {
				return out, c.osv.Refuse("its ids for one version: " + err.Error())
			}
			out[q] = append(out[q], usable(hits)...)
			if r.Next != "" && r.Next != tokens[q] {
				tokens[q] = r.Next
				more = append(more, q)
			}
		}
		if left = more; len(left) == 0 {
			return out, nil
		}
	}
	return out, c.osv.Refuse(fmt.Sprintf("more than %d pages about one version", maxPages))
}

func usable(hits []hit) []hit {
	return slices.DeleteFunc(hits, func(h hit) bool { return !idForm().MatchString(h.ID) })
}

func (c *Client) page(ctx context.Context, queries []Query, tokens map[Query]string) ([]osvResult, error) {
	var ask struct {
		Queries []osvQuery `json:"queries"`
	}
	for _, q := range queries {
		o := osvQuery{Version: q.Version, Token: tokens[q]}
		o.Package.Ecosystem, o.Package.Name = "npm", q.Name
		ask.Queries = append(ask.Queries, o)
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	resp, err := c.osv.Do(ctx, service.Request{Path: "v1/querybatch", Body: body})
	if err != nil {
		return nil, err
	}
	if resp.Status != 200 {
		return nil, c.osv.Refuse(fmt.Sprintf("status %d to querybatch", resp.Status))
	}
	var got struct {
		Results json.RawMessage `json:"results"`
	}
	if json.Unmarshal(resp.Body, &got) == nil {
		if all, err := list[osvResult](got.Results, len(queries)); err == nil && len(all) == len(queries) {
			return all, nil
		}
	}
	return nil, c.osv.Refuse("its answer to querybatch cannot be read")
}

// details fetches each id once, from the cache where it holds that very
// edition. An id without details is left out, and so is what comes after maxTold
// bytes of them.
func (c *Client) details(ctx context.Context, hits map[Query][]hit) map[string]*osvRecord {
	edition := map[string]string{}
	for _, hs := range hits {
		for _, h := range hs {
			edition[h.ID] = max(edition[h.ID], h.Modified)
		}
	}
	out := make(map[string]*osvRecord, len(edition))
	room := &atomic.Int64{}
	room.Store(maxTold)
	var mu sync.Mutex
	var wg sync.WaitGroup
	turn := make(chan struct{}, details)
	for id, modified := range edition {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if r := c.detail(ctx, id, modified, room); r != nil {
				mu.Lock()
				defer mu.Unlock()
				out[id] = r
			}
		})
	}
	wg.Wait()
	return out
}

func (c *Client) detail(ctx context.Context, id, modified string, room *atomic.Int64) *osvRecord {
	key := "osv/1/" + c.osv.Base() + "/" + id + "/" + modified
	if c.o.Cache != nil && modified != "" {
		if b, _, ok := c.o.Cache.Get(key); ok && room.Add(-int64(len(b))) > 0 {
			if r, err := parseOSV(b); err == nil && r.ID == id {
				return &r
			}
		}
	}
	resp, err := c.osv.Do(ctx, service.Request{Path: "v1/vulns/" + url.PathEscape(id)})
	if err != nil || resp.Status != 200 || room.Add(-int64(len(resp.Body))) < 0 {
		return nil
	}
	r, err := parseOSV(resp.Body)
	if err != nil || r.ID != id {
		return nil
	}
	if modified != "" {
		service.Keep(c.o.Cache, key, resp.Body, c.o.Now())
	}
	return &r
}
