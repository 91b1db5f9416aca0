package registrytest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// advisories answers the bulk question: which of these versions are known bad.
func (s *Server) advisories(w *recorder, r *http.Request, body []byte) {
	if r.Method != http.MethodPost || s.opts.Mode == Mirror {
		fail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		body = unzipped(body)
	}
	var asked map[string][]string
	if err := json.Unmarshal(body, &asked); err != nil {
		fail(w, http.StatusBadRequest, "invalid JSON")
		return
	}
	answer := map[string][]any{}
	for name, versions := range asked {
		s.mu.Lock()
		e := s.entries[name]
		s.mu.Unlock()
		if e == nil {
			continue
		}
		if found := e.pkg.advisories(versions); found != nil {
			answer[name] = found
		}
	}
	s.sendJSON(w, r, answer)
}

// advisories are those that are for one of the versions.
func (p *Package) advisories(versions []string) []any {
	var out []any
	for _, a := range p.head.Advisories {
		m, ok := a.(map[string]any)
		if !ok {
			continue
		}
		only, limited := m["versions"].([]any)
		for _, v := range versions {
			if !limited || slices.Contains(only, any(v)) {
				shown := map[string]any{}
				merge(shown, m)
				delete(shown, "versions")
				out = append(out, shown)
				break
			}
		}
	}
	return out
}

// downloads answers for one name, or for several with commas between them.
func (s *Server) downloads(w *recorder, r *http.Request, names string) {
	all := map[string]any{}
	list := strings.Split(names, ",")
	for _, name := range list {
		all[name] = s.weekly(name)
	}
	var answer any = all
	if len(list) == 1 {
		if answer = all[names]; answer == nil {
			fail(w, http.StatusNotFound, "package "+names+" not found")
			return
		}
	}
	s.sendJSON(w, r, answer)
}

// weekly is one package's downloads; nil where the registry does not know it.
func (s *Server) weekly(name string) any {
	s.mu.Lock()
	e := s.entries[name]
	s.mu.Unlock()
	if e == nil {
		return nil
	}
	n := int64(1_000_000)
	if e.pkg.head.Downloads != nil {
		n = *e.pkg.head.Downloads
	}
	day := func(d int) string { return s.opts.Now.AddDate(0, 0, d).UTC().Format("2006-01-02") }
	return map[string]any{"downloads": n, "package": name, "start": day(-7), "end": day(-1)}
}

func unzipped(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(z, 16<<20))
	if err != nil {
		return nil
	}
	return text
}
