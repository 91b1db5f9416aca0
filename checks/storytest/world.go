package storytest

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
)

// World is a story's registry, with the client and the trust that a run has.
type World struct {
	Server *registrytest.Server
	Client *registry.Client
	Trust  *attest.Trust
	Now    time.Time
}

// Signer signs the attestations of every story; it is costly to make and the
// same for all.
type Signer struct {
	world *attesttest.World
	root  []byte
}

// NewSigner makes the fake Sigstore of stories around a time.
func NewSigner(now time.Time) (*Signer, error) {
	w, err := attesttest.New("stories", now.AddDate(-8, 0, 0), now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	root, err := w.TrustedRoot()
	return &Signer{w, root}, err
}

// Start runs a story's registry until the test ends.
func Start(t testing.TB, s *Story, signer *Signer, now time.Time) *World {
	t.Helper()
	o := registrytest.Options{Packages: s.Packages, Now: now, Sign: signer.world.Sign}
	if s.Mirror {
		o.Mode = registrytest.Mirror
	}
	server, err := registrytest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	doer := fetch.New(fetch.Options{})
	client := registry.New(doer, registry.Options{Default: server.URL})
	base, err := attest.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := base.WithRoot("stories", signer.root)
	if err != nil {
		t.Fatal(err)
	}
	return &World{Server: server, Client: client, Trust: trust, Now: now}
}

// Contents implements checks.Tarballs from the server's own memory.
func (w *World) Contents(_ context.Context, p resolver.Package) (*registry.Contents, error) {
	data, _, ok := w.Server.Tarball(p.Name, p.Version)
	if !ok {
		return nil, fmt.Errorf("no tarball of %s@%s", p.Name, p.Version)
	}
	return registry.ReadArchive(bytes.NewReader(data))
}

type fixed struct{ trust *attest.Trust }

func (f fixed) Trust() *attest.Trust    { return f.trust }
func (fixed) Wait(context.Context) bool { return false }

// Proof is the collector that verifies the story's attestations.
func (w *World) Proof() checks.Collector {
	return &checks.ProofCollector{Source: w.Client, Trust: fixed{w.Trust}, Now: w.Now}
}

// Root is the trusted root of the fake Sigstore, for --trusted-root.
func (s *Signer) Root() []byte { return s.root }
