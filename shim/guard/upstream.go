package guard

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"gpq/resolver/fetch"
)

// Bounds of what is passed on.
const (
	maxQuestion = 16 << 20 // bytes of a body npm sends
	maxAnswer   = 64 << 20 // bytes of the registry's answer
	passTime    = 2 * time.Minute
)

var errNoUpstream = errors.New("nothing is passed on")

// do performs a request with the user's credentials for its URL.
func (u Upstream) do(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if u.Doer == nil || u.Registry == nil {
		return nil, errNoUpstream
	}
	if u.Authorization != nil {
		r.Secret = u.Authorization(r.URL)
	}
	return u.Doer.Do(ctx, r)
}

// questions are what npm may send; everything else it may only read.
var questions = map[string]bool{
	"/-/npm/v1/security/advisories/bulk": true,
	"/-/npm/v1/security/audits":          true,
	"/-/npm/v1/security/audits/quick":    true,
}

// passed are the headers of npm's that go on to the registry. Credentials are
// not among them: npm has none but the guard's.
var passed = []string{"Accept", "Content-Type", "Content-Encoding", "Npm-Command", "Npm-Session", "Npm-Scope"}

// forward passes a request to the default registry.
func (g *Guard) forward(w http.ResponseWriter, r *http.Request, path string) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !reads && (r.Method != http.MethodPost || !questions[path]) {
		g.refuse(w, Refusal{Path: path, Reason: errors.New(r.Method + " is not let through while packages are installed")})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err != nil {
		answer(w, http.StatusRequestEntityTooLarge, "gpq: "+err.Error())
		return
	}
	req := fetch.Request{Method: r.Method, URL: g.opts.Upstream.base("") + strings.TrimPrefix(escapedRest(r, g.secret), "/"),
		Header: http.Header{}, Body: body, MaxBytes: maxAnswer, Timeout: passTime, NoStore: true}
	for _, name := range passed {
		if v := r.Header.Values(name); len(v) > 0 {
			req.Header[name] = v
		}
	}
	res, err := g.opts.Upstream.do(r.Context(), req)
	if err != nil {
		answer(w, http.StatusFailedDependency, "gpq: "+err.Error())
		return
	}
	g.forwarded.Add(1)
	pass(w, res)
}

// escapedRest is the path as npm wrote it, without the secret, and the query.
func escapedRest(r *http.Request, secret string) string {
	rest := strings.TrimPrefix(r.URL.EscapedPath(), "/"+secret)
	if r.URL.RawQuery != "" {
		rest += "?" + r.URL.RawQuery
	}
	return rest
}

// pass gives npm the registry's answer. Statuses that npm would try again have
// been tried again already.
func pass(w http.ResponseWriter, res *fetch.Response) {
	for _, name := range []string{"Content-Type", "Link", "Npm-Notice", "Www-Authenticate"} {
		if v := res.Header.Values(name); len(v) > 0 {
			w.Header()[http.CanonicalHeaderKey(name)] = v
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	status := res.Status
	if status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout {
		status = http.StatusFailedDependency
	}
	w.WriteHeader(status)
	_, _ = w.Write(res.Body) // npm may be gone
}
