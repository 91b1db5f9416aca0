package resolver

import (
	"cmp"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpq/resolver/semver"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// ExecPlaces are where npm exec looks for what it need not fetch, and where it
// installs what it must. The zero value looks nowhere: everything is fetched.
type ExecPlaces struct {
	Local string // absolute: the project
	Cache string // absolute: the folder with a folder for each set of packages
	// GlobalDir is the root of the global tree and GlobalBin the folder of its
	// commands; "" where npm does not look there.
	GlobalDir, GlobalBin string
	Command              bool // the one spec was typed as the command's name
}

// exec plans npm exec: the tree in npm's folder for these packages, with what
// has to be added. What the project or the global tree has is not fetched.
func (r *Resolver) exec(ctx context.Context, q Request) (*Plan, error) {
	o, err := r.treeOptions(ctx, q)
	if err != nil {
		return nil, err
	}
	x := &execution{r: r, q: q, o: o, chosen: map[string]*tree.Pkg{}}
	missing, err := x.missing(ctx)
	if err != nil {
		return r.failed(q, nil, err)
	}
	if len(missing) == 0 {
		return &Plan{Request: q}, nil
	}
	if q.Exec.Cache != "" {
		q.Dir = ExecFolder(q.Exec.Cache, x.packages)
		if o, err = r.treeOptions(ctx, q); err != nil {
			return nil, err
		}
	}
	if o.Add, err = x.add(ctx, missing, q.Dir); err != nil {
		return r.failed(q, nil, err)
	}
	var old *tree.Existing
	if len(o.Add) == 0 {
		o.NoPrune, old = true, tree.LoadActual(o) // and nothing is made of it
	} else if old, err = tree.LoadExisting(ctx, o, r.deps(q)); err != nil {
		return r.failed(q, nil, err)
	}
	o.Existing = old
	t, err := tree.Build(ctx, o, r.deps(q))
	if err != nil {
		return r.failed(q, t, err)
	}
	return r.plan(ctx, q, o, t, old), nil
}

// ExecFolder is the folder below cache into which npm exec installs these
// packages, folders among them by their absolute path.
func ExecFolder(cache string, packages []string) string {
	list := slices.Clone(packages)
	slices.SortStableFunc(list, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)),
			strings.Compare(b, a)) // npm sorts as people do: a before A
	})
	sum := sha512.Sum512([]byte(strings.Join(list, "\n")))
	return filepath.Join(cache, hex.EncodeToString(sum[:8]))
}

// execution is one npm exec.
type execution struct {
	r        *Resolver
	q        Request
	o        tree.Options
	packages []string             // as npm names the folder by
	chosen   map[string]*tree.Pkg // by what was asked
}

// missing are the packages that neither the project nor the global tree has.
func (x *execution) missing(ctx context.Context) (out []spec.Spec, err error) {
	var local []tree.Entry
	if at := x.q.Exec.Local; at != "" {
		o := x.o
		o.Path = at
		local = tree.Actual(o)
	}
	for _, raw := range x.q.Specs {
		s := spec.Parse(raw, x.place(x.q.Cwd))
		if s.Kind == spec.Directory {
			raw = s.Where
		}
		x.packages = append(x.packages, raw)
		s = spec.Parse(raw, x.place(cmp.Or(x.q.Exec.Local, x.q.Cwd)))
		if err := there(s); err != nil {
			return nil, err
		}
		has, err := x.has(ctx, s, local, inProject)
		if err != nil {
			return nil, err
		}
		if !has {
			out = append(out, s)
		}
	}
	if len(out) > 0 && x.q.Exec.Command && x.q.Exec.GlobalDir != "" {
		if has, err := x.global(ctx, out[0]); has || err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (x *execution) place(dir string) spec.Place {
	return spec.Place{Dir: dir, Home: x.r.s.Home, NPM: tree.Major(x.o.NPM)}
}

// global is whether the command is one of a package that is installed globally.
func (x *execution) global(ctx context.Context, s spec.Spec) (bool, error) {
	o := x.o
	o.Path, o.Global = x.q.Exec.GlobalDir, true
	has, err := x.has(ctx, s, tree.Actual(o), inGlobal)
	if !has || err != nil {
		return false, err
	}
	p, err := x.choose(ctx, s)
	if err != nil {
		return false, err
	}
	bin := commandOf(p)
	if bin == "" {
		return false, &tree.Failure{Code: "unknown", Message: "could not determine executable to run"}
	}
	st, err := os.Stat(filepath.Join(x.q.Exec.GlobalBin, bin))
	return err == nil && st.Mode().IsRegular(), nil
}

// commandOf is the command that npm takes a package's name for; "" where it
// cannot tell.
func commandOf(p *tree.Pkg) string {
	if p.Manifest == nil || len(p.Manifest.Bin) == 0 {
		return ""
	}
	bin, files := p.Manifest.Bin, map[string]bool{}
	for _, b := range bin {
		files[b.Value] = true
	}
	if len(files) == 1 {
		return bin[0].Name
	}
	name := p.Name
	if strings.HasPrefix(name, "@") {
		_, name, _ = strings.Cut(name, "/")
	}
	if _, ok := bin.Get(name); ok {
		return name
	}
	return ""
}

// where a tree is that may have what is asked for.
type whichTree uint8

const (
	inProject whichTree = iota
	inGlobal
	inCache
)

// has is whether npm takes what is in a tree for what is asked. In its own
// folder it wants the newest there is.
func (x *execution) has(ctx context.Context, s spec.Spec, in []tree.Entry, which whichTree) (bool, error) {
	if !s.Registry() {
		return false, nil // it is installed again: the same in its place
	}
	if s.Kind == spec.Tag || which == inCache && s.Name == s.Raw {
		p, err := x.choose(ctx, s)
		if err != nil {
			return false, err
		}
		return slices.ContainsFunc(in, func(e tree.Entry) bool {
			return !e.Link && e.Name == p.Name && e.Resolved != "" && e.Resolved == p.Resolved
		}), nil
	}
	return slices.ContainsFunc(in, func(e tree.Entry) bool {
		if e.Name != s.Name || which == inGlobal && strings.Count("/"+e.Location+"/", "/node_modules/") > 1 {
			return false
		}
		newest := which == inCache && tree.Major(x.o.NPM) > 10
		return s.RawSpec == "*" || s.Kind == spec.Version && e.ID() == s.Raw ||
			!newest && x.r.pick.Cache.Satisfies(e.Version, s.RawSpec, semver.Options{Before78: tree.Major(x.o.NPM) < 11})
	}), nil
}

// add are the specs that npm adds to its own folder.
func (x *execution) add(ctx context.Context, missing []spec.Spec, dir string) (out []string, err error) {
	var there []tree.Entry
	if dir != "" {
		o := x.o
		o.Path, o.NoDisk, o.Package = dir, false, nil
		there = tree.Actual(o)
	}
	for _, s := range missing {
		if has, err := x.has(ctx, s, there, inCache); err != nil {
			return nil, err
		} else if has {
			continue
		}
		if !s.Registry() {
			out = append(out, cmp.Or(s.SaveSpec, s.Raw))
			continue
		}
		p, err := x.choose(ctx, s)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Name+"@"+p.Version)
	}
	return out, nil
}

// there says that a file or folder is not there, as npm would.
func there(s spec.Spec) error {
	if s.Kind != spec.File && s.Kind != spec.Directory {
		return nil
	}
	if _, err := os.Stat(s.Where); err != nil {
		return &tree.Failure{Code: "ENOENT", Message: err.Error(), Err: err}
	}
	return nil
}

func (x *execution) choose(ctx context.Context, s spec.Spec) (*tree.Pkg, error) {
	if p := x.chosen[s.Raw]; p != nil {
		return p, nil
	}
	t := s.Target()
	p, err := tree.Choose(ctx, x.o, x.r.deps(x.q), &t)
	if err == nil {
		x.chosen[s.Raw] = p
	}
	return p, err
}
