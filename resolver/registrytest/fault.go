package registrytest

import (
	"net/http"
	"strings"
	"time"
)

// Fault is one thing to go wrong on demand. Zero fields are not used; a Fault
// with none of the effects fails the request with status 500.
type Fault struct {
	// Path is matched against the decoded path; «*» stands for any run of
	// characters, slashes too. "" is every path.
	Path   string
	Method string // "" is every method
	Skip   int    // let that many matching requests through first
	Times  int    // then go wrong that often; 0 is for ever

	Delay    time.Duration // wait, then go on; alone it is the whole effect
	Hang     bool          // accept, and never answer
	Drop     bool          // close the connection without an answer
	Status   int
	Header   http.Header // Retry-After, say
	Body     []byte      // instead of the true body; with Status 0 it comes with 200
	CutAfter int         // close the connection after that many bytes of the true body
	Redirect string      // 302 to that URL
	Replace  [2]string   // in the true body: from, to

	seen int
}

// match counts a request and says whether the fault strikes it.
func (f *Fault) match(method, path string) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, method) || f.Path != "" && !glob(f.Path, path) {
		return false
	}
	f.seen++
	n := f.seen - f.Skip
	return n > 0 && (f.Times == 0 || n <= f.Times)
}

// glob matches «*» against any run of characters.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return strings.HasSuffix(text, last)
}

// strike performs the fault. It says whether the request is answered.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	if f.Delay > 0 && !s.wait(r, f.Delay) {
		return true
	}
	switch {
	case f.Hang:
		s.wait(r, 24*time.Hour)
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Redirect != "":
		http.Redirect(w, r, f.Redirect, http.StatusFound)
		return true
	case f.CutAfter > 0 || f.Replace[0] != "":
		return false // done to the true body, by the writer
	case f.Delay > 0 && f.Status == 0 && f.Body == nil:
		return false
	}
	for k, v := range f.Header {
		w.Header()[http.CanonicalHeaderKey(k)] = v
	}
	status := f.Status
	if status == 0 && f.Body == nil {
		status = http.StatusInternalServerError
	} else if status == 0 {
		status = http.StatusOK
	}
	body := f.Body
	if body == nil {
		body = []byte(`{"error":"fault"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
	return true
}

// wait waits, and says whether the request is still wanted.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closing:
		return false
	}
}
