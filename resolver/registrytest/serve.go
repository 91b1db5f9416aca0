package registrytest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Request is one request as it came.
type Request struct {
	Method string
	Path   string // decoded
	Query  string
	Header http.Header
	Body   []byte // at most 1 MB
	Status int    // what was answered; 0 where the connection was broken
}

// Log gives the requests so far, in the order of their answers. An optional
// pattern, as in Fault.Path, picks those whose path matches.
func (s *Server) Log(pattern ...string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.log {
		if len(pattern) == 0 || glob(pattern[0], r.Path) {
			out = append(out, r)
		}
	}
	return out
}

// ClearLog forgets the requests so far.
func (s *Server) ClearLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// serve answers one request and writes it down.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // a cut body is logged as far as it came
	out := &recorder{ResponseWriter: w}
	defer func() {
		s.mu.Lock()
		s.log = append(s.log, Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
			Header: r.Header.Clone(), Body: body, Status: out.status})
		s.mu.Unlock()
	}()
	if s.opts.Latency > 0 && !s.wait(r, s.opts.Latency) {
		return
	}
	if f := s.struck(r); f != nil {
		if s.strike(out, r, f) {
			return
		}
		out.fault = f
	}
	if s.opts.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.opts.Token {
		fail(out, http.StatusUnauthorized, "you must be logged in")
		return
	}
	s.route(out, r, body)
}

// struck finds the fault that strikes a request.
func (s *Server) struck(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.match(r.Method, r.URL.Path) {
			return f
		}
	}
	return nil
}

// recorder remembers the status, and spoils the body where a fault says so.
type recorder struct {
	http.ResponseWriter
	status int
	fault  *Fault
}

// WriteHeader remembers the status.
func (w *recorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// route finds what was asked for.
func (s *Server) route(w *recorder, r *http.Request, body []byte) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case path == "-/ping":
		s.send(w, r, "application/json", []byte("{}"))
	case path == "-/npm/v1/security/advisories/bulk":
		s.advisories(w, r, body)
	case path == "v1/querybatch" && r.Method == http.MethodPost:
		s.osvBatch(w, r, body)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		fail(w, http.StatusMethodNotAllowed, "this registry only reads")
	case path == "-/npm/v1/keys" && s.opts.Mode == NPM:
		s.send(w, r, "application/json", s.keys)
	case strings.HasPrefix(path, "-/npm/v1/attestations/"):
		s.attestations(w, r, strings.TrimPrefix(path, "-/npm/v1/attestations/"))
	case strings.HasPrefix(path, "downloads/point/last-week/"):
		s.downloads(w, r, strings.TrimPrefix(path, "downloads/point/last-week/"))
	case strings.HasPrefix(path, "v1/vulns/"):
		s.osvRecord(w, r, strings.TrimPrefix(path, "v1/vulns/"))
	default:
		s.document(w, r, path)
	}
}

// document answers packuments and tarballs.
func (s *Server) document(w *recorder, r *http.Request, path string) {
	name, file, isTarball := strings.Cut(path, "/-/")
	s.mu.Lock()
	e := s.entries[name]
	s.mu.Unlock()
	switch {
	case e == nil:
		fail(w, http.StatusNotFound, "Not found")
	case !isTarball:
		s.packument(w, r, e)
	case e.tarballs[file] == nil:
		fail(w, http.StatusNotFound, "Not found")
	default:
		h := w.Header()
		h.Set("Cache-Control", "public, must-revalidate, max-age=31557600")
		h.Set("ETag", fmt.Sprintf("%q", e.tarballs[file].shasum))
		s.send(w, r, "application/octet-stream", e.tarballs[file].data)
	}
}

// packument answers with the form that Accept asks for.
func (s *Server) packument(w *recorder, r *http.Request, e *entry) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Last-Modified", e.modified.UTC().Format(http.TimeFormat))
	h.Set("Vary", "accept-encoding, accept")
	const short = "application/vnd.npm.install-v1+json"
	if strings.Contains(r.Header.Get("Accept"), short) && !s.opts.FullOnly {
		h.Set("ETag", `"a`+e.etag[1:])
		s.send(w, r, short, e.short)
		return
	}
	h.Set("ETag", e.etag)
	s.send(w, r, "application/json", e.full)
}

// attestations answers for NAME@VERSION.
func (s *Server) attestations(w *recorder, r *http.Request, id string) {
	at := strings.LastIndex(id, "@")
	if at <= 0 {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	s.mu.Lock()
	e := s.entries[id[:at]]
	s.mu.Unlock()
	if e == nil || e.attested[id[at+1:]] == nil {
		fail(w, http.StatusNotFound, "Attestation not found")
		return
	}
	s.send(w, r, "application/json", e.attested[id[at+1:]])
}

// send answers 200, or 304 where the client has it already.
func (s *Server) send(w *recorder, r *http.Request, kind string, body []byte) {
	h := w.Header()
	if tag := h.Get("ETag"); tag != "" && strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", kind)
	if f := w.fault; f != nil && f.Replace[0] != "" {
		body = bytes.ReplaceAll(body, []byte(f.Replace[0]), []byte(f.Replace[1]))
	}
	if kind != "application/octet-stream" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = zipped(body)
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if f := w.fault; f != nil && f.CutAfter > 0 && f.CutAfter < len(body) {
		_, _ = w.Write(body[:f.CutAfter]) // the connection breaks anyway
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // the client may be gone
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a bytes.Buffer does not fail
	_ = z.Close()
	return b.Bytes()
}

// fail answers with an error as npm prints it.
func fail(w http.ResponseWriter, status int, message string) {
	text, _ := json.Marshal(map[string]string{"error": message}) // strings always marshal
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may be gone
}
