package guard

import (
	"errors"
	"net/http"
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
	body, kind := raw.Body, raw.Header.Get("Content-Type")
	if strings.Contains(r.Header.Get("Accept"), registry.TypeAbbreviated) && !strings.HasPrefix(kind, registry.TypeAbbreviated) {
		if form := g.form(r.Context(), name, raw); form.short {
			if cut, err := registry.Cut(body, registry.Cutting{Fields: form.keep}); err == nil {
				body, kind = cut, registry.TypeAbbreviated
			}
		}
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
