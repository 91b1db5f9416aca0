package registry

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"gpq/resolver/fetch"
)

// DefaultRegistry is where npm asks when nothing else is said.
const DefaultRegistry = "https://registry.npmjs.org/"

// maxPackument bounds one document, decoded. The public registry takes none
// above 100 MB.
const maxPackument = 128 << 20

// Client asks registries. What it has got once it gives again: every packument
// is one for the whole run.
type Client struct {
	doer    fetch.Doer
	o       Options
	decodes chan struct{} // bounds how many documents are decoded at a time
	bodies  *places       // bounds what is in memory as text
	raws    *places       // the same, of what is handed out
	load    load          // of all packuments
	// logins are the Authorization headers of registries whose address came with
	// a name and a password, by their base URL without these.
	logins map[string]string

	packs    shared[*held]
	tarballs shared[*Tarball]
}

// held is a packument with what leads to its raw body.
type held struct {
	p      *Packument
	url    string
	header http.Header
	size   int    // of the body
	ref    string // of fetch; "" where the disk has none
	packed []byte // the body, compressed, where the disk has none
}

// New makes a client that asks through doer.
func New(doer fetch.Doer, o Options) *Client {
	if o.Default == "" {
		o.Default = DefaultRegistry
	}
	c := &Client{doer: doer, o: o, logins: map[string]string{}}
	c.decodes, c.bodies = make(chan struct{}, runtime.GOMAXPROCS(0)), newPlaces()
	c.raws = newPlaces()
	c.o.Default = c.base(o.Default)
	c.o.Scopes = make(map[string]string, len(o.Scopes))
	for scope, base := range o.Scopes {
		c.o.Scopes[scope] = c.base(base)
	}
	return c
}

// base is a registry's address with a slash at its end and without userinfo,
// which is kept apart: addresses are shown.
func (c *Client) base(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return withSlash(address)
	}
	password, _ := u.User.Password()
	login := Credential{Username: u.User.Username(), Password: base64.StdEncoding.EncodeToString([]byte(password))}
	u.User = nil
	c.logins[withSlash(u.String())] = login.header()
	return withSlash(u.String())
}

// Authorization is the header of that name for a URL, "" for none: what Options
// say, and what stands in a registry's own address.
func (c *Client) Authorization(address string) string {
	if c.o.Authorization != nil {
		if h := c.o.Authorization(address); h != "" {
			return h
		}
	}
	for base, login := range c.logins {
		if strings.HasPrefix(address, base) {
			return login
		}
	}
	return ""
}

// RegistryFor gives the base URL, with a trailing slash, that npm asks for a
// package of that name.
func (c *Client) RegistryFor(name string) string {
	if base, ok := c.o.Scopes[Scope(name)]; ok && Scope(name) != "" {
		return base
	}
	return c.o.Default
}

// Packument gives what the package's registry says about it. An error is an
// *Error.
func (c *Client) Packument(ctx context.Context, name string) (*Packument, error) {
	h, err := c.packument(ctx, name)
	if err != nil {
		return nil, err
	}
	return h.p, nil
}

func (c *Client) packument(ctx context.Context, name string) (*held, error) {
	h, err := c.packs.get(ctx, name, func(ctx context.Context) (*held, error) {
		return c.fetchPackument(ctx, name)
	})
	var e *Error
	if err != nil && !errors.As(err, &e) {
		err = unreachable(name, c.RegistryFor(name), err)
	}
	return h, err
}

func (c *Client) fetchPackument(ctx context.Context, name string) (*held, error) {
	base := c.RegistryFor(name)
	escaped, err := escapeName(name)
	if err != nil {
		return nil, &Error{Kind: ErrNotFound, What: name, Host: hostOf(base), Reason: err.Error(), Err: err}
	}
	seat, err := c.bodies.enter(ctx)
	if err != nil {
		return nil, unreachable(name, base, err)
	}
	defer seat.leave()
	if err := c.load.over(); err != nil {
		return nil, unreadable(name, base, err)
	}
	resp, err := c.get(ctx, name, base+escaped, seat.grow)
	if err != nil {
		return nil, err
	}
	p, err := c.decode(ctx, resp.Body, base)
	if err != nil && ctx.Err() != nil {
		return nil, unreachable(name, base, err)
	}
	if err != nil {
		return nil, unreadable(name, base, err)
	}
	if p.Name != name {
		return nil, unreadable(name, base, fmt.Errorf("it is about another package, %.214q", p.Name))
	}
	h := &held{p: p, url: base + escaped, header: resp.Header, size: len(resp.Body), ref: resp.Ref}
	if _, ok := c.doer.(storer); !ok || resp.Ref == "" {
		h.ref, h.packed = "", bytes.Clone(s2.Encode(nil, resp.Body)) // what is compressed into is as large as the body
	}
	if err := c.load.add(p.weight + len(h.packed)); err != nil {
		return nil, unreadable(name, base, err)
	}
	return h, nil
}

func (c *Client) get(ctx context.Context, what, address string, grow func(context.Context, int64) error) (*fetch.Response, error) {
	return c.ask(ctx, what, fetch.Request{
		Grow:     grow,
		URL:      address,
		Header:   http.Header{"Accept": {"application/json"}},
		MaxBytes: maxPackument,
		Fresh:    c.o.Fresh,
	})
}

// ask sends a request with the credential of its own registry, and takes
// nothing but 200 for an answer.
func (c *Client) ask(ctx context.Context, what string, r fetch.Request) (*fetch.Response, error) {
	r.Secret = c.Authorization(r.URL)
	resp, err := c.doer.Do(ctx, r)
	if err != nil {
		return nil, unreachable(what, r.URL, err)
	}
	if resp.Status != http.StatusOK {
		return nil, refused(what, r.URL, resp.Status)
	}
	return resp, nil
}

func (c *Client) decode(ctx context.Context, body []byte, base string) (*Packument, error) {
	if err := take(ctx, c.decodes); err != nil {
		return nil, err
	}
	defer func() { <-c.decodes }()
	return Decode(body, base)
}

// patient is the deadline of what is asked beside packuments.
const patient = time.Minute
