package resolver

import (
	"context"

	"gpq/resolver/spec"
)

// link is npm link: what is named and is no folder is installed into the global
// folder first, and then the project's own tree with links to all of it, folders
// too. Without words the folder itself is linked, and nothing fetched.
func (r *Resolver) link(ctx context.Context, q Request) (*Plan, error) {
	out := &Plan{Request: q}
	if len(q.Specs) == 0 {
		return out, nil
	}
	own := q
	own.Verb, own.Specs, own.Options.NoSave = Install, nil, true
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

// named is the part of npm link that is about the global folder: what is named
// and is no folder.
func (q Request) named(home string) Request {
	words := q.Specs
	q.Verb, q.Global, q.Specs = Install, true, nil
	if q.GlobalDir != "" {
		q.Dir = q.GlobalDir
	}
	for _, w := range words {
		if s := spec.Parse(w, spec.Place{Dir: q.Cwd, Home: home}); s.Kind != spec.Directory {
			q.Specs = append(q.Specs, w)
		}
	}
	return q
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
