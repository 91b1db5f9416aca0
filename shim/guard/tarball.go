package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gpq/resolver"
)

// admit lets a package's tarball be served. One without integrity is not: its
// bytes could be anything.
func (g *Guard) admit(p resolver.Package) {
	path, ok := urlPath(p.Tarball)
	if g.opts.Local != nil && !ok {
		path, ok = g.opts.Local(p)
	}
	if !ok || p.Integrity == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.names[p.Name] = true
	if !slices.Contains(g.cleared[path], p) {
		g.cleared[path] = append(g.cleared[path], p)
	}
}

// urlPath is the decoded path of a URL, which is all that npm keeps of it when
// it asks the registry it was given instead of the URL's own host.
func urlPath(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "", false
	}
	return u.Path, true
}

// tarball answers with the cleared artefact of that path.
func (g *Guard) tarball(w http.ResponseWriter, r *http.Request, path string) {
	why := Refusal{Path: path, Asked: r.Header.Get("Pacote-Pkg-Id")}
	g.mu.RLock()
	known := g.cleared[path]
	g.mu.RUnlock()
	if len(known) == 0 {
		p, err := g.ask(r.Context(), path, why.Asked)
		if err != nil {
			why.Package, why.Reason = p, err
			g.refuse(w, why)
			return
		}
		known = []resolver.Package{p}
	}
	p, err := choose(known, r.Header.Get("Pacote-Integrity"))
	if err != nil {
		why.Package, why.Reason = known[0], err
		g.refuse(w, why)
		return
	}
	g.send(w, r, p)
}

// choose picks, of the artefacts that share a path, the one npm wants: by the
// integrity npm expects, or the only one there is.
func choose(known []resolver.Package, wanted string) (resolver.Package, error) {
	for _, p := range known {
		if wanted != "" && agree(wanted, string(p.Integrity)) > 0 {
			return p, nil
		}
	}
	first := known[0]
	for _, p := range known {
		if agree(wanted, string(p.Integrity)) < 0 {
			return first, fmt.Errorf("%s@%s: npm expects %s, and %s is what was checked", p.Name, p.Version, wanted, p.Integrity)
		}
		if p.Integrity != first.Integrity {
			return first, fmt.Errorf("%s@%s: two different tarballs have this path", p.Name, p.Version)
		}
	}
	return first, nil
}

// agree compares two integrity strings: 1 where they share a digest, -1 where
// they have an algorithm in common and no digest, 0 where they cannot be
// compared.
func agree(a, b string) int {
	result := 0
	for _, x := range strings.Fields(a) {
		for _, y := range strings.Fields(b) {
			x, _, _ := strings.Cut(x, "?")
			y, _, _ := strings.Cut(y, "?")
			if x == y {
				return 1
			}
			if algorithm(x) == algorithm(y) {
				result = -1
			}
		}
	}
	return result
}

func algorithm(entry string) string {
	name, _, _ := strings.Cut(entry, "-")
	return name
}

// send streams the artefact. Bytes that turn out wrong break the connection.
func (g *Guard) send(w http.ResponseWriter, r *http.Request, p resolver.Package) {
	body, err := g.opts.Tarballs.Open(r.Context(), p)
	if err != nil {
		g.refuse(w, Refusal{Package: p, Path: r.URL.Path, Reason: fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)})
		return
	}
	defer func() { _ = body.Close() }() // only read from
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Cache-Control", "public, immutable, max-age=31557600")
	if f, ok := body.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil {
			h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		}
	}
	g.tarballs.Add(1)
	if r.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(w, body); err != nil {
		panic(http.ErrAbortHandler)
	}
}

var errUnknown = errors.New("not part of what was checked")

// ask finds out which package an unannounced tarball is, and asks Admit.
func (g *Guard) ask(ctx context.Context, path, asked string) (resolver.Package, error) {
	p, err := g.identify(ctx, path, asked)
	if err != nil {
		return p, err
	}
	if p.Integrity == "" {
		return p, fmt.Errorf("%s@%s: the registry gives no integrity for it", p.Name, p.Version)
	}
	if g.opts.Admit == nil {
		return p, fmt.Errorf("%s@%s: %w", p.Name, p.Version, errUnknown)
	}
	if err := g.opts.Admit(ctx, p); err != nil {
		return p, fmt.Errorf("%s@%s: %w", p.Name, p.Version, err)
	}
	g.admit(p)
	return p, nil
}

// identify looks a tarball's path up in the packument of the package it seems
// to belong to.
func (g *Guard) identify(ctx context.Context, path, asked string) (resolver.Package, error) {
	for _, name := range names(path, asked) {
		doc, err := g.opts.Source.Packument(ctx, name)
		if err != nil {
			continue // the next name may do better
		}
		for version, m := range doc.Versions {
			if at, ok := urlPath(m.Dist.Tarball); ok && at == path {
				return resolver.Package{Name: name, Version: version, Registry: doc.Registry,
					Tarball: m.Dist.Tarball, Integrity: resolver.Integrity(m.Dist.SRI())}, nil
			}
		}
	}
	return resolver.Package{Name: asked}, errUnknown
}

// names are what a tarball's package may be called: by its path, and as npm
// says, which is the alias where there is one.
func names(path, asked string) []string {
	var out []string
	if before, _, ok := strings.Cut(path, "/-/"); ok {
		parts := strings.Split(strings.Trim(before, "/"), "/")
		if n := len(parts); n > 1 && strings.HasPrefix(parts[n-2], "@") {
			out = append(out, parts[n-2]+"/"+parts[n-1])
		} else {
			out = append(out, parts[n-1])
		}
	}
	_, id, _ := strings.Cut(asked, ":")
	if at := strings.Index(strings.TrimPrefix(id, "@"), "@"); at > 0 {
		out = append(out, id[:at+len(id)-len(strings.TrimPrefix(id, "@"))])
	}
	return out
}
