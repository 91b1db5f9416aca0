package registrytest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say which packages a Server has and how it behaves.
type Options struct {
	Packages []*Package
	Mode     Mode
	// Now is the server's clock, against which relative times count; zero is
	// the time of Start.
	Now time.Time
	// Token, if set, is asked of every request as «Authorization: Bearer».
	Token string
	// Sign makes the body of /-/npm/v1/attestations/NAME@VERSION; nil answers
	// are 404. It is called once per attested version, at Start.
	Sign func(Attest) ([]byte, error)
	// Public is the base URL in dist.tarball, where it is not the server's
	// own: a host that nobody can reach, say.
	Public string
	// FullOnly answers every packument request with the full document, as
	// many registries do.
	FullOnly bool
	// AlsoShort are fields of a version that abbreviated documents show beside
	// the usual ones.
	AlsoShort []string
	// Latency is added to every answer.
	Latency time.Duration
	// Address to listen on; "" is 127.0.0.1:0.
	Address string
}

// Server is a running registry. Its methods may be called from any goroutine.
type Server struct {
	// URL is the base URL, with a trailing slash.
	URL string

	opts    Options
	ring    *keyring
	keys    []byte
	http    *http.Server
	closing chan struct{}
	once    sync.Once

	mu      sync.Mutex
	entries map[string]*entry
	faults  []*Fault
	log     []Request
}

// Start runs a registry. Close ends it.
func Start(opts Options) (*Server, error) {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Address == "" {
		opts.Address = "127.0.0.1:0"
	}
	ring, err := newKeyring(opts.Now)
	if err != nil {
		return nil, err
	}
	keys, err := ring.document()
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	l, err := listen.Listen(context.Background(), "tcp", opts.Address)
	if err != nil {
		return nil, fmt.Errorf("fake registry: %w", err)
	}
	s := &Server{URL: "http://" + l.Addr().String() + "/", opts: opts, ring: ring, keys: keys,
		closing: make(chan struct{}), entries: map[string]*entry{}}
	if s.opts.Public == "" {
		s.opts.Public = s.URL
	}
	for _, p := range opts.Packages {
		if err := s.Add(p); err != nil {
			_ = l.Close()
			return nil, err
		}
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.http.Serve(l) }() // ends with Close
	return s, nil
}

// Add puts a package in, or in place of the one that has its name.
func (s *Server) Add(p *Package) error {
	m := &maker{now: s.opts.Now, mode: s.opts.Mode, public: s.opts.Public, ring: s.ring, sign: s.opts.Sign, also: s.opts.AlsoShort}
	e, err := m.make(p)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[p.Name] = e
	return nil
}

// Remove takes a package out: 404 from now on.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, name)
}

// Close ends the server at once.
func (s *Server) Close() {
	s.once.Do(func() { close(s.closing) })
	_ = s.http.Close()
}

// Fault makes something go wrong from now on. Of several that match, the one
// given first strikes.
func (s *Server) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Keys is the document of /-/npm/v1/keys.
func (s *Server) Keys() []byte { return s.keys }

// Key is the key that the registry signs with.
func (s *Server) Key() *Key { return s.ring.good }

// Now is the server's clock.
func (s *Server) Now() time.Time { return s.opts.Now }

// Tarball gives a version's tarball and its integrity.
func (s *Server) Tarball(name, version string) (data []byte, integrity string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[name]
	if e == nil || e.byVersion[version] == nil {
		return nil, "", false
	}
	a := e.byVersion[version]
	return a.data, a.integrity, true
}

// Packument gives a package's full document.
func (s *Server) Packument(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[name]
	if e == nil {
		return nil, false
	}
	return e.full, true
}

// TB is what New needs of testing.TB.
type TB interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// New starts a registry of the sources (see Load) for the length of a test.
func New(t TB, opts Options, sources ...string) *Server {
	t.Helper()
	pkgs, err := Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	opts.Packages = append(opts.Packages, pkgs...)
	s, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
