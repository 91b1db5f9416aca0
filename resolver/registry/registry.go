// Package registry speaks the npm registry's protocol: packuments, tarballs,
// attestations, signing keys and bulk advisories.
package registry

import (
	"context"
	"net/http"
	"time"

	"gpq/resolver/store"
)

// Options say where packages come from and which credentials go where.
type Options struct {
	Default string            // base URL with a trailing slash
	Scopes  map[string]string // "@scope" → base URL with a trailing slash
	// ReplaceHost is npm's setting «replace-registry-host»: whose tarballs are
	// fetched from Default instead. "" is npm's default, the public registry's.
	ReplaceHost string
	// Authorization gives the Authorization header for a request to that URL,
	// "" for none. It must answer for that URL's own registry alone (npm's
	// «nerf dart» rule); the client never sends it on to a redirect's target.
	Authorization func(url string) string
	// Store keeps tarballs. Without it there are none to be had.
	Store *store.Store
	// NPMCache is npm's own cache folder (its setting «cache»), absolute. What it
	// has of a digest is not downloaded again. "" for none.
	NPMCache string
	// Fresh is how long a packument on the disk is taken without asking.
	Fresh time.Duration
}

// Raw is a packument as the registry answered it.
type Raw struct {
	Body   []byte
	Header http.Header // content-type, etag, cache-control, last-modified

	seat *seat
}

// Source gives packuments. Client is one; tests have others.
type Source interface {
	Packument(ctx context.Context, name string) (*Packument, error)
}
