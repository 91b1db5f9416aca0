package advisory

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"gpq/checks/service"
)

// What OSV allows, and what we allow it.
const (
	batch     = 1000
	maxAnswer = 32 << 20
	maxPages  = 50 // of one query
	details   = 8  // requests at once
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

type osvResults struct {
	Results []struct {
		Vulns []hit  `json:"vulns"`
		Next  string `json:"next_page_token"`
	} `json:"results"`
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
	records := c.details(ctx, hits)
	for q, hs := range hits {
		a := out[q]
		for _, h := range hs {
			a.entries = append(a.entries, c.entry(h, records[h.ID], q.Name))
		}
		out[q] = a
	}
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
		for i, r := range got.Results {
			q := left[i]
			out[q] = append(out[q], usable(r.Vulns)...)
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

func (c *Client) page(ctx context.Context, queries []Query, tokens map[Query]string) (osvResults, error) {
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
		return osvResults{}, err
	}
	resp, err := c.osv.Do(ctx, service.Request{Path: "v1/querybatch", Body: body})
	if err != nil {
		return osvResults{}, err
	}
	var got osvResults
	if resp.Status != 200 {
		return got, c.osv.Refuse(fmt.Sprintf("status %d to querybatch", resp.Status))
	}
	if json.Unmarshal(resp.Body, &got) != nil || len(got.Results) != len(queries) {
		return osvResults{}, c.osv.Refuse("its answer to querybatch cannot be read")
	}
	return got, nil
}

// details fetches each id once, from the cache where it holds that very
// edition. An id without details is left out.
func (c *Client) details(ctx context.Context, hits map[Query][]hit) map[string]*osvRecord {
	edition := map[string]string{}
	for _, hs := range hits {
		for _, h := range hs {
			edition[h.ID] = max(edition[h.ID], h.Modified)
		}
	}
	out := make(map[string]*osvRecord, len(edition))
	var mu sync.Mutex
	var wg sync.WaitGroup
	turn := make(chan struct{}, details)
	for id, modified := range edition {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if r := c.detail(ctx, id, modified); r != nil {
				mu.Lock()
				defer mu.Unlock()
				out[id] = r
			}
		})
	}
	wg.Wait()
	return out
}

func (c *Client) detail(ctx context.Context, id, modified string) *osvRecord {
	key := "osv/1/" + c.osv.Base() + "/" + id + "/" + modified
	if c.o.Cache != nil && modified != "" {
		if b, _, ok := c.o.Cache.Get(key); ok {
			if r, err := parseOSV(b); err == nil && r.ID == id {
				return &r
			}
		}
	}
	resp, err := c.osv.Do(ctx, service.Request{Path: "v1/vulns/" + url.PathEscape(id)})
	if err != nil || resp.Status != 200 {
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
