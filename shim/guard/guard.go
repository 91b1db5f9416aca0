// Package guard is the registry that npm gets while gpq runs it: on loopback,
// for that one npm alone, serving packuments as they were checked and the
// tarballs that were cleared, byte for byte, and nothing else unasked.
package guard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
)

// Clearance is what may be fetched; checks.Clearance is one.
type Clearance interface {
	Packages() []resolver.Package
	Permits(resolver.Package) bool
}

// Source gives packuments, the same ones that the plan was made of.
// registry.Client is one.
type Source interface {
	// Raw is the full document as the registry answered.
	Raw(ctx context.Context, name string) (*registry.Raw, error)
	registry.Source
}

// Tarballs opens verified tarballs: bytes that do not have the package's
// integrity end in an error, not in the reader.
type Tarballs interface {
	Open(ctx context.Context, p resolver.Package) (io.ReadCloser, error)
}

// Upstream is where everything else goes that npm asks a registry: advisories,
// search, keys. The zero value answers none of it.
type Upstream struct {
	Doer fetch.Doer
	// Registry gives the base URL, with a trailing slash, of the registry a
	// name belongs to; "" asks for the default one.
	Registry func(name string) string
	// Authorization gives the user's credentials for a URL, "" for none.
	Authorization func(url string) string
}

// Options are all a guard knows. Clear, Source and Tarballs are required.
type Options struct {
	Clear    Clearance
	Source   Source
	Tarballs Tarballs
	Upstream Upstream
	// Admit is asked about an artefact that is not cleared: nil lets it pass,
	// an error is the reason npm is shown. Without Admit nothing passes.
	Admit func(context.Context, resolver.Package) error
	// Refused is told of everything that was refused. It may be called from
	// several goroutines.
	Refused func(Refusal)
	// Scopes are those that have a registry of their own, «@scope».
	Scopes []string
	// Files says that npm is to lay down folders of this machine or repositories:
	// it takes their addresses for a registry's where every host is replaced.
	Files bool
	// Local gives the path of a cleared tarball that lies on this machine; false
	// for any other, nil where there are none.
	Local func(resolver.Package) (string, bool)
	// NoProxy is npm's noproxy setting where a file gives one; the environment
	// and the command line are read by Env and Args.
	NoProxy string
}

// Counts are what a guard has answered so far.
type Counts struct{ Packuments, Tarballs, Forwarded, Refused int64 }

// Guard is a running registry. Close ends it.
type Guard struct {
	opts   Options
	secret string
	host   string
	only   string // the one host name that npm replaces; "" for every one
	bare   bool   // the address has no path
	server *http.Server
	forms  forms

	mu      sync.RWMutex
	cleared map[string][]resolver.Package // by the path of the tarball's URL
	names   map[string]bool

	packuments, tarballs, forwarded, refused atomic.Int64
}

// Start listens on loopback and serves until Close, or until ctx ends.
func Start(ctx context.Context, opts Options) (*Guard, error) {
	if opts.Clear == nil || opts.Source == nil || opts.Tarballs == nil {
		return nil, errors.New("guard: clearance, source and tarballs are required")
	}
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("guard: cannot listen on loopback: %w", err)
	}
	g := &Guard{opts: opts, secret: newSecret(), host: l.Addr().String(), cleared: map[string][]resolver.Package{}, names: map[string]bool{}}
	all := []net.Listener{l}
	for _, p := range opts.Clear.Packages() {
		if opts.Clear.Permits(p) {
			g.admit(p)
		}
	}
	all = append(all, g.files(ctx, l)...)
	g.server = &http.Server{
		Handler:           http.HandlerFunc(g.serve),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       withPeer,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       5 * time.Minute,
		IdleTimeout:       10 * time.Minute,
		MaxHeaderBytes:    1 << 20,
	}
	for _, l := range all {
		go func() { _ = g.server.Serve(l) }() // ends with Close
	}
	context.AfterFunc(ctx, func() { _ = g.server.Close() })
	return g, nil
}

// newSecret must not look like a token: npm then refuses to tell scripts their
// registry.
func newSecret() string { return "gpq-" + strings.ToLower(rand.Text()) }

// peerKey is the context's key for whether the connection is a stranger's.
type peerKey struct{}

// withPeer finds out once for each connection whose it is.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	local, err1 := netip.ParseAddrPort(c.LocalAddr().String())
	remote, err2 := netip.ParseAddrPort(c.RemoteAddr().String())
	return context.WithValue(ctx, peerKey{}, err1 != nil || err2 != nil || stranger(local, remote))
}

// URL is the registry's base URL with a trailing slash. It holds the secret,
// unless npm is told it in another way: it belongs into npm's environment and nowhere else.
func (g *Guard) URL() string {
	if g.bare {
		return "http://" + g.host + "/"
	}
	return "http://" + g.host + "/" + g.secret + "/"
}

// Counts gives what was answered so far.
func (g *Guard) Counts() Counts {
	return Counts{g.packuments.Load(), g.tarballs.Load(), g.forwarded.Load(), g.refused.Load()}
}

// Close ends the guard: answers under way get a second to be finished.
func (g *Guard) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := g.server.Shutdown(ctx); err != nil {
		return g.server.Close()
	}
	return nil
}
