// Package downloadstest is the registry's downloads service on loopback, as
// far as its weekly figures go.
package downloadstest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Server answers with the figures it was given.
type Server struct {
	URL string // base URL with a trailing slash

	http  *httptest.Server
	mu    sync.Mutex
	week  map[string]int64
	fail  int
	retry string
	asked []string
}

// Start starts a server that knows these names.
func Start(week map[string]int64) *Server {
	s := &Server{week: week}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL + "/"
	return s
}

// Close stops it.
func (s *Server) Close() { s.http.Close() }

// Fail makes every answer this status, with a Retry-After if not "". Zero
// makes it well again.
func (s *Server) Fail(status int, retryAfter string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail, s.retry = status, retryAfter
}

// Asked gives the names of each request, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// ServeHTTP answers /downloads/point/last-week/NAME[,NAME…]: one name as a
// point, several by name; no more than 128, and no scoped one among several.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	list, ok := strings.CutPrefix(r.URL.Path, "/downloads/point/last-week/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, list)
	w.Header().Set("Content-Type", "application/json")
	names := strings.Split(list, ",")
	switch {
	case !ok:
		answer(w, 404, map[string]string{"error": "not found"})
	case s.fail != 0:
		if s.retry != "" {
			w.Header().Set("Retry-After", s.retry)
		}
		answer(w, s.fail, map[string]string{"error": "as asked for"})
	case len(names) == 1:
		s.one(w, names[0])
	case len(names) > 128:
		answer(w, 400, map[string]string{"error": "too many packages, the limit is 128"})
	case strings.Contains(list, "@"):
		answer(w, 400, map[string]string{"error": "scoped packages not supported in bulk"})
	default:
		s.several(w, names)
	}
}

func (s *Server) one(w http.ResponseWriter, name string) {
	if _, ok := s.week[name]; !ok {
		answer(w, 404, map[string]string{"error": "package " + name + " not found"})
		return
	}
	answer(w, 200, s.point(name))
}

func (s *Server) several(w http.ResponseWriter, names []string) {
	out := map[string]any{}
	for _, n := range names {
		out[n] = nil
		if _, ok := s.week[n]; ok {
			out[n] = s.point(n)
		}
	}
	answer(w, 200, out)
}

func (s *Server) point(name string) map[string]any {
	return map[string]any{"downloads": s.week[name], "package": name, "start": "2026-11-13", "end": "2026-11-19"}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
