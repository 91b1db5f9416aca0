package resolver

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"gpq/resolver/spec"
)

// link is npm link: what is named and is no folder, and is not there yet, is
// installed into the global folder first, and then the project's own tree with
// links to all of it, folders too. Without words the folder itself is linked,
// and nothing fetched.
func (r *Resolver) link(ctx context.Context, q Request) (*Plan, error) {
	out := &Plan{Request: q}
	if len(q.Specs) == 0 {
		return out, nil
	}
	own := q
	own.Verb, own.Specs, own.Options.NoSave = Install, q.within(r.s.Home), true
	parts := []Request{own}
	if global := q.named(r.s.Home); len(global.Specs) > 0 {
		parts = []Request{global, own}
	}
	for _, part := range parts {
		p, err := r.Resolve(ctx, part)
		if err != nil {
			return nil, err
		}
		out.merge(p)
	}
	return out, nil
}

// named is the part of npm link that is about the global folder: what is named,
// is no folder, and has no place there. npm asks for no version of what has.
func (q Request) named(home string) Request {
	words := q.Specs
	q.Verb, q.Global, q.Specs = Install, true, nil
	if q.GlobalDir != "" {
		q.Dir = q.GlobalDir
	}
	for _, w := range words {
		s := spec.Parse(w, spec.Place{Dir: q.Cwd, Home: home})
		if s.Kind == spec.Directory {
			continue
		}
		if _, err := os.Stat(filepath.Join(q.Dir, "node_modules", filepath.FromSlash(s.Name))); err != nil || s.Name == "" {
			q.Specs = append(q.Specs, w)
		}
	}
	return q
}

// within are the folders inside the project that npm link is about, named or
// linked globally already: what they depend on becomes part of its tree. What is
// linked from elsewhere is left as it is.
func (q Request) within(home string) []string {
	root, err := filepath.EvalSymlinks(q.Dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, w := range q.Specs {
		s := spec.Parse(w, spec.Place{Dir: q.Cwd, Home: home})
		at := s.Where
		if s.Kind != spec.Directory && q.GlobalDir != "" {
			at = filepath.Join(q.GlobalDir, "node_modules", filepath.FromSlash(s.Name))
		}
		if real, err := filepath.EvalSymlinks(at); err == nil && strings.HasPrefix(real, root+string(filepath.Separator)) {
			out = append(out, "file:"+strings.NewReplacer("%", "%25", "#", "%23").Replace(real))
		}
	}
	return out
}

// merge adds another plan's items; of an item in both the places add up.
func (p *Plan) merge(o *Plan) {
	for _, it := range o.Items {
		at := -1
		for i := range p.Items {
			if p.Items[i].Package == it.Package {
				at = i
			}
		}
		if at < 0 {
			p.Items = append(p.Items, it)
			continue
		}
		p.Items[at].Places = append(p.Items[at].Places, it.Places...)
		p.Items[at].Via = shortest(append(p.Items[at].Via, it.Via...))
		p.Items[at].Inert = p.Items[at].Inert && it.Inert
	}
	p.Unresolved = append(p.Unresolved, o.Unresolved...)
	p.Notes = append(p.Notes, o.Notes...)
	if p.Failure == nil {
		p.Failure = o.Failure
	}
}
