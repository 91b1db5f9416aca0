package guard

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"gpq/resolver/fetch"
	"gpq/resolver/registry"
)

// form is how a registry answers a request for an abbreviated packument.
type form struct {
	short bool            // it abbreviates at all
	keep  map[string]bool // fields of a version that it then shows
}

// usual are the fields of a version that every registry which abbreviates is
// known to keep. Some keep more.
var usual = []string{"name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
	"bundleDependencies", "peerDependencies", "peerDependenciesMeta", "acceptDependencies", "bin", "directories",
	"dist", "engines", "os", "cpu", "funding", "_hasShrinkwrap", "hasInstallScript"}

// forms are the abbreviations of the registries in use, learned by asking:
// npm copies fields of the document into the lockfile, so that it must be given
// exactly what its registry would have given it.
type forms struct {
	mu    sync.Mutex
	known map[string]*learned // by registry
}

// learned is what is known of one registry's form. The lock is held while it
// is asked, so that it is asked once.
type learned struct {
	mu      sync.Mutex
	asked   bool
	form    form
	decided map[string]bool // the doubtful fields that an answer has settled
}

// doubtful fields are kept by some registries and not by others, and npm looks
// at them.
var doubtful = []string{"license", "libc", "workspaces", "gypfile"}

// maxShort bounds an abbreviated document, in bytes.
const maxShort = 64 << 20

// form says how the registry of name abbreviates. It asks that registry when
// nothing is known of it, or when this document has a doubtful field of which
// nothing is known.
func (g *Guard) form(ctx context.Context, name string, full *registry.Raw) form {
	l := g.forms.of(g.opts.Upstream.base(name))
	l.mu.Lock()
	defer l.mu.Unlock()
	open := l.open(full.Body)
	if l.asked && (!l.form.short || len(open) == 0) {
		return l.form
	}
	short, err := g.opts.Upstream.short(ctx, name)
	if !l.asked {
		l.form.short = err == nil && short != nil
		l.form.keep = map[string]bool{}
		for _, field := range usual {
			l.form.keep[field] = true
		}
	}
	l.asked = true
	for _, field := range open {
		l.decided[field] = true // also where it could not be asked: once is enough
	}
	if short != nil {
		l.learn(short)
	}
	return l.form
}

// of finds or makes the entry of one registry.
func (f *forms) of(base string) *learned {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[string]*learned{}
	}
	if f.known[base] == nil {
		f.known[base] = &learned{decided: map[string]bool{}}
	}
	return f.known[base]
}

// open gives the doubtful fields that a full document seems to have and that
// nothing is known of.
func (l *learned) open(full []byte) []string {
	var out []string
	for _, field := range doubtful {
		if !l.decided[field] && bytes.Contains(full, []byte(`"`+field+`"`)) {
			out = append(out, field)
		}
	}
	return out
}

// maxFields bounds how many fields a form may have.
const maxFields = 500

// learn adds the fields that an abbreviated document shows. What is in it is
// passed over, and not kept.
func (l *learned) learn(short []byte) {
	keep := map[string]bool{}
	for field := range l.form.keep {
		keep[field] = true
	}
	d := jsontext.NewDecoder(bytes.NewReader(short), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	err := members(d, func(key string) error {
		if key != "versions" {
			return d.SkipValue()
		}
		return members(d, func(string) error {
			return members(d, func(field string) error {
				if len(keep) < maxFields {
					keep[field] = true
				}
				return d.SkipValue()
			})
		})
	})
	if err == nil {
		l.form.keep = keep // a new map: forms that were handed out do not change
	}
}

// members goes through an object's; visit must pass the value. What is no
// object is passed over.
func members(d *jsontext.Decoder, visit func(key string) error) error {
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		key, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := visit(key.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// base is the registry a name belongs to.
func (u Upstream) base(name string) string {
	if u.Registry == nil {
		return ""
	}
	return u.Registry(name)
}

// short asks for the abbreviated document; nil where the registry gives the
// full one.
func (u Upstream) short(ctx context.Context, name string) ([]byte, error) {
	res, err := u.do(ctx, fetch.Request{
		URL:      u.base(name) + strings.ReplaceAll(name, "/", "%2f"),
		Header:   http.Header{"Accept": {registry.TypeAbbreviated + "; q=1.0, application/json; q=0.8, */*"}},
		MaxBytes: maxShort, Timeout: 20 * time.Second, NoRetry: true, NoStore: true,
	})
	if err != nil || res.Status != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), registry.TypeAbbreviated) {
		return nil, err
	}
	return res.Body, nil
}
