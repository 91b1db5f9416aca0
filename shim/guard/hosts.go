package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"gpq/resolver"
)

// files makes room for what npm takes from this machine and not from a registry:
// where every host is replaced, npm takes the addresses of files for a
// registry's. There are two ways out. With the registry at the bare name of this
// machine the address of a file remains what it is (npm 11 and later), or has
// the file's path (npm 10), which is served like any other. Where npm is to get
// folders or repositories, the one host of all tarballs is replaced, and no
// other. It gives further listeners for the same server.
func (g *Guard) files(ctx context.Context, first net.Listener) []net.Listener {
	loose := g.hasLoose()
	if !g.opts.Files && g.hasLocal() {
		if more, ok := namesakes(ctx, first); ok {
			_, port, _ := net.SplitHostPort(g.host)
			g.host, g.bare = "localhost:"+port, true
			return more
		}
	}
	if (g.opts.Files || g.hasLocal()) && !loose {
		g.only = oneHost(g.opts.Clear, hostName(g.opts.Upstream.base("")))
	}
	return nil
}

func (g *Guard) hasLocal() bool {
	return g.opts.Local != nil && slices.ContainsFunc(g.opts.Clear.Packages(), func(p resolver.Package) bool {
		_, local := g.opts.Local(p)
		return local
	})
}

// hasLoose is whether a tarball by URL was cleared: npm asks for its address as
// it stands, unless every host is replaced.
func (g *Guard) hasLoose() bool {
	return slices.ContainsFunc(g.opts.Clear.Packages(), func(p resolver.Package) bool {
		return p.Registry == "" && !isGit(p) && hostName(p.Tarball) != ""
	})
}

// namesakes listens, on the port of the first listener, wherever else npm may
// look for «localhost»: nobody else must answer there. ok is false where that
// cannot be had.
func namesakes(ctx context.Context, first net.Listener) (more []net.Listener, ok bool) {
	_, port, err := net.SplitHostPort(first.Addr().String())
	if err != nil {
		return nil, false
	}
	found, err := net.DefaultResolver.LookupHost(ctx, "localhost")
	if err != nil || !slices.Contains(found, "127.0.0.1") {
		return nil, false
	}
	for _, addr := range append(found, "::1") { // node may have names of its own
		if addr == "127.0.0.1" {
			continue
		}
		ip := net.ParseIP(addr)
		ok = ip != nil && ip.IsLoopback()
		var listen net.ListenConfig
		var l net.Listener
		if ok && !slices.ContainsFunc(more, func(o net.Listener) bool { return o.Addr().String() == net.JoinHostPort(addr, port) }) {
			l, err = listen.Listen(ctx, "tcp", net.JoinHostPort(addr, port))
			ok = err == nil || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
		}
		if l != nil {
			more = append(more, l)
		}
		if !ok {
			for _, l := range more {
				_ = l.Close()
			}
			return nil, false
		}
	}
	return more, true
}

// Blocked says that npm will not get the folders and repositories that Options
// have as Files: the tarballs come from several hosts, so that npm asks the guard
// for those as well.
func (g *Guard) Blocked() bool { return g.opts.Files && g.only == "" }

// oneHost is the host name that all cleared tarballs share; "" where there are
// several. Where there is none it is the registry's own.
func oneHost(c Clearance, own string) string {
	one := ""
	for _, p := range c.Packages() {
		if strings.HasPrefix(p.Tarball, "file:") || isGit(p) {
			continue // npm reads it from the disk, or has git fetch it
		}
		host := hostName(p.Tarball)
		if host == "" || one != "" && host != one {
			return ""
		}
		one = host
	}
	if one == "" {
		return own
	}
	return one
}

func isGit(p resolver.Package) bool {
	_, _, ok := p.Repository()
	return ok
}

func hostName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// stray says why a document that was not foreseen cannot be served: where npm
// replaces one host alone, it would go past the guard to any other.
func (g *Guard) stray(ctx context.Context, name string) error {
	if g.only == "" || g.clears(name) {
		return nil
	}
	doc, err := g.opts.Source.Packument(ctx, name)
	if err != nil {
		return err
	}
	for version, m := range doc.Versions {
		if hostName(m.Dist.Tarball) != g.only {
			return fmt.Errorf("%s@%s: its tarball is elsewhere than all that was checked", name, version)
		}
	}
	return nil
}
