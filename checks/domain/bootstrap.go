package domain

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

//go:embed bootstrap.json
var embedded []byte

// Servers maps a top-level domain, or a longer suffix, to the base URL of its
// RDAP server (RFC 9224).
type Servers struct {
	base map[string]string
	// Published is the date of the table; zero if it gives none.
	Published time.Time
}

// maxServices bounds a bootstrap file: IANA's has about 1,200 names.
const maxServices = 20_000

// ParseServers reads a file of the form of IANA's rdap/dns.json. Only https
// servers are taken; an entry without one is left out.
func ParseServers(b []byte) (Servers, error) {
	var f struct {
		Publication string       `json:"publication"`
		Services    [][][]string `json:"services"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return Servers{}, fmt.Errorf("rdap bootstrap: %w", err)
	}
	s := Servers{base: map[string]string{}}
	s.Published, _ = time.Parse(time.RFC3339, f.Publication)
	for _, e := range f.Services {
		if len(e) < 2 {
			continue
		}
		base := firstHTTPS(e[1])
		for _, name := range e[0] {
			if base != "" && len(s.base) < maxServices {
				s.base[strings.ToLower(name)] = base
			}
		}
	}
	if len(s.base) == 0 {
		return Servers{}, fmt.Errorf("rdap bootstrap: it names no server")
	}
	return s, nil
}

func firstHTTPS(urls []string) string {
	for _, raw := range urls {
		u, err := url.Parse(raw)
		if err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" {
			return strings.TrimRight(raw, "/") + "/"
		}
	}
	return ""
}

// For gives the server of the longest suffix in the table; "" if none is.
func (s Servers) For(domain string) string {
	for d := domain; d != ""; {
		if b := s.base[d]; b != "" {
			return b
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return ""
}

// over gives the servers of s, and those of older for what s has not.
func (s Servers) over(older Servers) Servers {
	m := Servers{base: map[string]string{}, Published: s.Published}
	for k, v := range older.base {
		m.base[k] = v
	}
	for k, v := range s.base {
		m.base[k] = v
	}
	return m
}
