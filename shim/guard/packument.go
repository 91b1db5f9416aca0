package guard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gpq/resolver/registry"
)

// packument answers with the document that was checked, in the form that the
// registry itself would have given.
func (g *Guard) packument(w http.ResponseWriter, r *http.Request, name string) {
	if !isName(name) {
		g.refuse(w, Refusal{Path: r.URL.Path, Reason: errors.New("no package has such a name")})
		return
	}
	if name == "npm" && !g.clears(name) {
		// Its own update notice: a glance at a document of many megabytes,
		// from which nothing is installed.
		g.forward(w, r, "/npm")
		return
	}
	raw, err := g.opts.Source.Raw(r.Context(), name)
	if err != nil {
		g.unavailable(w, name, err)
		return
	}
	defer raw.Close()
	if err := g.stray(r.Context(), name); err != nil {
		g.refuse(w, Refusal{Path: r.URL.Path, Reason: err})
		return
	}
	body, kind, err := g.shaped(r, name, raw)
	if err != nil {
		g.refuse(w, Refusal{Path: r.URL.Path, Reason: err})
		return
	}
	if kind == "" {
		kind = registry.TypeFull
	}
	g.packuments.Add(1)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // the address is good for this run only
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // #nosec G705 -- JSON, to npm, which may be gone
	}
}

// shaped is the document, and its type, as the registry would have given it to
// npm. Where npm replaces one host alone, no address in it leads past the guard.
func (g *Guard) shaped(r *http.Request, name string, raw *registry.Raw) (body []byte, kind string, err error) {
	kind = raw.Header.Get("Content-Type")
	cut := registry.Cutting{Full: true}
	if strings.Contains(r.Header.Get("Accept"), registry.TypeAbbreviated) && !strings.HasPrefix(kind, registry.TypeAbbreviated) {
		if form := g.form(r.Context(), name, raw); form.short {
			cut = registry.Cutting{Fields: form.keep}
		}
	}
	if g.only != "" {
		cut.Tarball = g.kept
	}
	if cut.Full && cut.Tarball == nil {
		return raw.Body, kind, nil
	}
	body, err = registry.Cut(raw.Body, cut)
	switch {
	case err == nil && !cut.Full:
		return body, registry.TypeAbbreviated, nil
	case err != nil && cut.Tarball == nil:
		return raw.Body, kind, nil
	}
	return body, kind, err
}

// kept is the address of a version's tarball, or one of the guard's that nothing
// stands at.
func (g *Guard) kept(version, tarball string) string {
	if hostName(tarball) == g.only {
		return tarball
	}
	return "http://" + g.only + "/-/elsewhere/" + url.PathEscape(version)
}

// clears says whether anything of that name was cleared.
func (g *Guard) clears(name string) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.names[name]
}

// isName takes «name» and «@scope/name».
func isName(name string) bool {
	if scope, rest, ok := strings.Cut(name, "/"); ok {
		return strings.HasPrefix(scope, "@") && rest != "" && !strings.Contains(rest, "/")
	}
	return name != "" && name[0] != '@' && name[0] != '-' && name[0] != '.'
}

// unavailable says why there is no packument: the registry's own words where
// it answered. 404 makes npm say that there is no such package.
func (g *Guard) unavailable(w http.ResponseWriter, name string, err error) {
	if errors.Is(err, registry.ErrNotFound) {
		answer(w, http.StatusNotFound, "Not found")
		return
	}
	answer(w, http.StatusFailedDependency, "gpq: "+name+": "+err.Error())
}
