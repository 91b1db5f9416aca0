package registrytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// osvBatch answers POST /v1/querybatch as osv.dev does: the ids of what is
// known of each version asked about, in the order of the questions.
func (s *Server) osvBatch(w *recorder, r *http.Request, body []byte) {
	var asked struct {
		Queries []struct {
			Version string
			Package struct{ Name, Ecosystem string }
		}
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		fail(w, http.StatusBadRequest, "invalid JSON")
		return
	}
	results := make([]map[string]any, len(asked.Queries))
	for i, q := range asked.Queries {
		results[i] = map[string]any{}
		s.mu.Lock()
		e := s.entries[q.Package.Name]
		s.mu.Unlock()
		if e == nil || q.Package.Ecosystem != "npm" {
			continue
		}
		var hits []any
		for _, record := range e.osv {
			if only, limited := record["versions"].([]any); !limited || slices.Contains(only, any(q.Version)) {
				hits = append(hits, map[string]any{"id": record["id"], "modified": record["modified"]})
			}
		}
		if hits != nil {
			results[i]["vulns"] = hits
		}
	}
	s.sendJSON(w, r, map[string]any{"results": results})
}

// osvRecord answers GET /v1/vulns/ID.
func (s *Server) osvRecord(w *recorder, r *http.Request, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		for _, record := range e.osv {
			if record["id"] == id {
				shown := map[string]any{}
				merge(shown, record)
				delete(shown, "versions")
				s.sendJSON(w, r, shown)
				return
			}
		}
	}
	fail(w, http.StatusNotFound, "Bug not found.")
}

// osv fills in what an archive's OSV records leave out.
func (m *maker) osv(p *Package) ([]map[string]any, error) {
	var out []map[string]any
	for _, given := range p.head.OSV {
		id, _ := given["id"].(string)
		if id == "" || strings.Contains(id, "/") {
			return nil, fmt.Errorf("osv: a record without an id")
		}
		affected := map[string]any{"package": map[string]any{"ecosystem": "npm", "name": p.Name}}
		if versions, ok := given["versions"]; ok {
			affected["versions"] = versions
		} else {
			affected["ranges"] = []any{map[string]any{"type": "SEMVER", "events": []any{map[string]any{"introduced": "0"}}}}
		}
		record := map[string]any{"schema_version": "1.7.0", "summary": "a record for tests",
			"published": m.now.UTC().Format(stamp), "modified": m.now.UTC().Format(stamp), "affected": []any{affected}}
		merge(record, given)
		out = append(out, record)
	}
	return out, nil
}

func (s *Server) sendJSON(w *recorder, r *http.Request, answer any) {
	text, err := json.Marshal(answer)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	s.send(w, r, "application/json", text)
}
