package advisory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gpq/resolver/registry"
)

// npmAdvisory is one of a registry's, as its bulk endpoint gives it.
type npmAdvisory struct {
	ID       json.RawMessage `json:"id"`
	URL      string          `json:"url"`
	Title    string          `json:"title"`
	Severity string          `json:"severity"`
	Range    string          `json:"vulnerable_versions"`
	CWE      json.RawMessage `json:"cwe"`
	CVSS     struct {
		Vector string `json:"vectorString"`
	} `json:"cvss"`
}

// registries asks every registry about its own packages, all in one request.
func (c *Client) registries(ctx context.Context, asks []Ask) found {
	byRegistry := map[string][]Query{}
	out := found{}
	for _, a := range asks {
		if c.o.Registries == nil || a.Registry == "" {
			out[a.Query] = answer{source: Source{Name: "registry", Off: true, Err: errNone}}
			continue
		}
		byRegistry[a.Registry] = append(byRegistry[a.Registry], a.Query)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for base, queries := range byRegistry {
		wg.Go(func() {
			got := c.oneRegistry(ctx, base, queries)
			mu.Lock()
			defer mu.Unlock()
			for q, a := range got {
				out[q] = a
			}
		})
	}
	wg.Wait()
	return out
}

func (c *Client) oneRegistry(ctx context.Context, base string, queries []Query) found {
	versions := map[string][]string{}
	for _, q := range queries {
		if !slices.Contains(versions[q.Name], q.Version) {
			versions[q.Name] = append(versions[q.Name], q.Version)
		}
	}
	src := Source{Name: host(base)}
	body, err := c.o.Registries.Advisories(ctx, base, versions)
	var byName map[string]json.RawMessage
	if err == nil {
		if byName, err = about(body, versions); err != nil {
			err = errors.New(src.Name + ": its advisories cannot be read")
		}
	}
	switch {
	case errors.Is(err, registry.ErrNotFound):
		src.Off, src.Err = true, fmt.Errorf("%s: %w", src.Name, errNone)
	case err != nil:
		src.Err = err
		c.mu.Lock()
		c.outages[base] = err.Error()
		c.mu.Unlock()
	}
	out := found{}
	for _, q := range queries {
		a := answer{source: src}
		if raw, ok := byName[q.Name]; ok && src.Err == nil {
			var err error
			if a.entries, err = npmEntries(raw); err != nil {
				a.source.Err = fmt.Errorf("%s: %w", src.Name, err)
			}
		}
		out[q] = a
	}
	return out
}

// about reads an object, of which it keeps what was asked about.
func about(body []byte, versions map[string][]string) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	switch first, err := d.Token(); {
	case err == nil && first == nil:
		return nil, nil // null, of a registry that knows nothing
	case err != nil || first != json.Delim('{'):
		return nil, errors.New("no object")
	}
	kept := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		var raw json.RawMessage
		if err == nil {
			err = d.Decode(&raw)
		}
		if err != nil {
			return nil, err
		}
		if name, _ := key.(string); versions[name] != nil {
			kept[name] = raw
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something after the object")
	}
	return kept, nil
}

func host(base string) string {
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		return u.Host
	}
	return "registry"
}

func npmEntries(raw json.RawMessage) ([]entry, error) {
	all, err := list[npmAdvisory](raw, maxHits)
	if err != nil {
		return nil, fmt.Errorf("its advisories cannot be read: %w", err)
	}
	var out []entry
	for _, a := range all {
		out = append(out, a.entry())
	}
	return out, nil
}

// list reads a list of at most that many. Three bytes of text can be some
// hundred in memory.
func list[T any](raw json.RawMessage, most int) ([]T, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if first, err := d.Token(); err != nil || first != json.Delim('[') {
		return nil, errors.New("no list")
	}
	var all []T
	for d.More() {
		var one T
		if len(all) >= max(most, 0) {
			return nil, errors.New("too many")
		}
		if d.Decode(&one) != nil {
			return nil, errors.New("not of the right form")
		}
		all = append(all, one)
	}
	return all, nil
}

var ghsa = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`GHSA(-[23456789cfghjmpqrvwx]{4}){3}`) })

func (a npmAdvisory) entry() entry {
	e := entry{Summary: a.Title, Level: levelOf(a.Severity), Source: listNPM, Cover: coverage{Range: a.Range}}
	e.Cover.All = e.Cover.everything()
	if e.ID = ghsa().FindString(a.URL); e.ID == "" {
		e.ID = "npm-" + strings.Trim(string(a.ID), `"`)
	}
	if !idForm().MatchString(e.ID) {
		e.ID = "npm-unnamed"
	}
	if u, err := url.Parse(a.URL); err == nil && u.Scheme == "https" && u.Host != "" {
		e.URL = a.URL
	}
	var cwes []string
	if json.Unmarshal(a.CWE, &cwes) != nil {
		cwes = []string{strings.Trim(string(a.CWE), `"`)}
	}
	e.Malware = isMalware([]string{e.ID}, cwes, a.Title)
	e.rate([]osvSeverity{{Score: a.CVSS.Vector}})
	return e
}
