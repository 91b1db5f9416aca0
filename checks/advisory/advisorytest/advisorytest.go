// Package advisorytest is OSV and a registry's bulk advisories on loopback, as
// far as their protocols go.
package advisorytest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gpq/resolver/semver"
)

// Server is both services. Change its fields only before the first request.
type Server struct {
	URL string // OSV's base URL, and the registry's, with a trailing slash
	// PageSize is how many hits querybatch gives for one version at a time; 0
	// gives all.
	PageSize int
	// Sloppy makes querybatch name every record about the package, also those
	// that do not hold for the version.
	Sloppy bool
	// Bulk is the registry's advisories: name → the array as JSON.
	Bulk map[string]string
	// NoBulk makes the registry one that has no such endpoint.
	NoBulk bool

	http    *httptest.Server
	mu      sync.Mutex
	records map[string]record
	fail    map[string]int
	asked   []Asked
}

// Asked is one request that came.
type Asked struct {
	Path  string
	Body  string // unpacked
	Names []string
}

type record struct {
	raw       string
	ID        string `json:"id"`
	Modified  string `json:"modified"`
	Withdrawn string `json:"withdrawn"`
	Affected  []struct {
		Package struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Versions []string `json:"versions"`
		Ranges   []struct {
			Events []map[string]string `json:"events"`
		} `json:"ranges"`
	} `json:"affected"`
}

// Start starts a server that knows these OSV records. A record that is no
// JSON, or has no id, panics: it is the test's own.
func Start(records ...string) *Server {
	s := &Server{records: map[string]record{}, fail: map[string]int{}}
	for _, raw := range records {
		s.Add(raw)
	}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL + "/"
	return s
}

// Close stops it.
func (s *Server) Close() { s.http.Close() }

// Add adds or replaces a record.
func (s *Server) Add(raw string) {
	r := record{raw: raw}
	if err := json.Unmarshal([]byte(raw), &r); err != nil || r.ID == "" {
		panic(fmt.Sprintf("advisorytest: %v in %s", err, raw))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[r.ID] = r
}

// Fail makes every request whose path begins with prefix answer this status;
// 0 makes it well again. The prefixes: "v1/querybatch", "v1/vulns/", "-/npm/".
func (s *Server) Fail(prefix string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail[prefix] = status
}

// Asked gives the requests so far.
func (s *Server) Asked() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Count is how many requests came to paths that begin with prefix.
func (s *Server) Count(prefix string) int {
	n := 0
	for _, a := range s.Asked() {
		if strings.HasPrefix(a.Path, prefix) {
			n++
		}
	}
	return n
}

// ServeHTTP answers POST v1/querybatch, GET v1/vulns/ID and
// POST -/npm/v1/security/advisories/bulk.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	body, err := unpack(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := len(s.asked)
	s.asked = append(s.asked, Asked{Path: path, Body: string(body)})
	w.Header().Set("Content-Type", "application/json")
	for prefix, status := range s.fail {
		if status != 0 && strings.HasPrefix(path, prefix) {
			answer(w, status, map[string]any{"code": 13, "message": "as asked for"})
			return
		}
	}
	switch {
	case err != nil:
		answer(w, 400, map[string]any{"code": 3, "message": err.Error()})
	case path == "v1/querybatch" && r.Method == http.MethodPost:
		s.batch(w, body, at)
	case strings.HasPrefix(path, "v1/vulns/"):
		s.vuln(w, strings.TrimPrefix(path, "v1/vulns/"))
	case path == "-/npm/v1/security/advisories/bulk" && r.Method == http.MethodPost && !s.NoBulk:
		s.bulk(w, body, at)
	default:
		answer(w, 404, map[string]any{"error": "not found"})
	}
}

func unpack(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *Server) batch(w http.ResponseWriter, body []byte, at int) {
	var q struct {
		Queries []struct {
			Package struct{ Ecosystem, Name string }
			Version string
			Token   string `json:"page_token"`
		}
	}
	if json.Unmarshal(body, &q) != nil || len(q.Queries) == 0 || len(q.Queries) > 1000 {
		answer(w, 400, map[string]any{"code": 3, "message": "Too many queries, or none."})
		return
	}
	results := make([]map[string]any, len(q.Queries))
	for i, one := range q.Queries {
		s.asked[at].Names = append(s.asked[at].Names, one.Package.Name)
		results[i] = s.page(s.hits(one.Package.Name, one.Version), one.Token)
	}
	answer(w, 200, map[string]any{"results": results})
}

func (s *Server) page(hits []map[string]string, token string) map[string]any {
	from, _ := strconv.Atoi(token)
	from = min(from, len(hits))
	out := map[string]any{}
	to := len(hits)
	if s.PageSize > 0 && from+s.PageSize < len(hits) {
		to = from + s.PageSize
		out["next_page_token"] = strconv.Itoa(to)
	}
	if from < to {
		out["vulns"] = hits[from:to]
	}
	return out
}

func (s *Server) hits(name, version string) []map[string]string {
	var out []map[string]string
	for _, r := range s.records {
		if r.matches(name, version, s.Sloppy) {
			out = append(out, map[string]string{"id": r.ID, "modified": r.Modified})
		}
	}
	slices.SortFunc(out, func(a, b map[string]string) int { return strings.Compare(a["id"], b["id"]) })
	return out
}

func (r record) matches(name, version string, sloppy bool) bool {
	for _, a := range r.Affected {
		if a.Package.Ecosystem != "npm" || a.Package.Name != name || r.Withdrawn != "" && !sloppy {
			continue
		}
		if sloppy || slices.Contains(a.Versions, version) {
			return true
		}
		for _, g := range a.Ranges {
			if inside(g.Events, version) {
				return true
			}
		}
	}
	return false
}

// inside walks the events in their order, as a server of sorted records may.
func inside(events []map[string]string, version string) bool {
	v, err := semver.Parse(version, true)
	if err != nil {
		return false
	}
	in := false
	for _, e := range events {
		for kind, at := range e {
			p, err := semver.Parse(at, true)
			reached := at == "0" || err == nil && v.Compare(p) >= 0
			switch {
			case kind == "introduced" && reached:
				in = true
			case kind == "fixed" && reached, kind == "last_affected" && err == nil && v.Compare(p) > 0:
				in = false
			}
		}
	}
	return in
}

func (s *Server) vuln(w http.ResponseWriter, id string) {
	r, ok := s.records[id]
	if !ok {
		answer(w, 404, map[string]any{"code": 5, "message": "Bug not found."})
		return
	}
	fmt.Fprint(w, r.raw)
}

func (s *Server) bulk(w http.ResponseWriter, body []byte, at int) {
	var q map[string][]string
	if json.Unmarshal(body, &q) != nil {
		answer(w, 400, map[string]any{"error": "invalid package tree"})
		return
	}
	out := map[string]json.RawMessage{}
	for name := range q {
		s.asked[at].Names = append(s.asked[at].Names, name)
		if list, ok := s.Bulk[name]; ok {
			out[name] = json.RawMessage(list)
		}
	}
	answer(w, 200, out)
}
