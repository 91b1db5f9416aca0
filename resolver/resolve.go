package resolver

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"gpq/resolver/pick"
	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// Settings are what a Resolver works with.
type Settings struct {
	Source registry.Source // required
	// Contents opens tarballs for what packuments do not tell; nil uses Source
	// where it has tarballs too.
	Contents tree.Contents
	// Picker chooses versions; nil is npm's own choice.
	Picker tree.Picker
	// RegistryOf is the base URL of the registry that answers for a name, with
	// a trailing slash; nil is the one that the packument came from.
	RegistryOf func(name string) string
	// Advisories gives what is known against versions of packages, by name; npm
	// audit fix needs it.
	Advisories func(ctx context.Context, versions map[string][]string) ([]tree.Advisory, error)
	Home       string    // absolute: where «~/» is
	Now        time.Time // for min-release-age; required where that is used
	Ahead      int       // packuments asked for at once ahead of need; 0 is 64
	// Chosen is told, while the plan is still made, of packages that are likely
	// to be in it, so that their tarballs can begin to arrive. It must return at
	// once; nil for nobody.
	Chosen func(Package)
}

// Resolver works out plans. It remembers parsed versions and ranges, and is
// safe for concurrent use.
type Resolver struct {
	s     Settings
	pick  pick.Picker
	loose looseMemo
}

// New makes a Resolver.
func New(s Settings) *Resolver { return &Resolver{s: s} }

// Resolve works out what npm would fetch. What npm itself would stop with is
// the plan's Failure; an error is what kept gpq from knowing: a registry out of
// reach, a package that is not there, a file that cannot be read.
func (r *Resolver) Resolve(ctx context.Context, q Request) (*Plan, error) {
	if !filepath.IsAbs(q.Dir) && q.Dir != "" {
		return nil, fmt.Errorf("resolve: %q is no absolute path", q.Dir)
	}
	switch q.Verb {
	case Link:
		return r.link(ctx, q)
	case Exec:
		return r.exec(ctx, q)
	case Fetch:
		return r.named(ctx, q)
	default:
	}
	p, err := r.planTree(ctx, q)
	if err == nil && q.Verb == Rebuild {
		err = r.rebuild(ctx, q, p)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// planTree plans by the tree that npm would build.
func (r *Resolver) planTree(ctx context.Context, q Request) (*Plan, error) {
	o, err := r.treeOptions(ctx, q)
	if err != nil {
		return nil, err
	}
	old, err := tree.LoadExisting(ctx, o, r.deps(q))
	if err != nil {
		return r.failed(q, nil, err)
	}
	byVerb(q, &o, old)
	t, err := tree.Build(ctx, o, r.deps(q))
	if err != nil {
		return r.failed(q, t, err)
	}
	return r.plan(ctx, q, o, t, old), nil
}

func (r *Resolver) deps(q Request) tree.Deps {
	p := r.s.Picker
	if p == nil {
		p = newChooser(&r.pick, q.Options)
	}
	return tree.Deps{Source: r.s.Source, Picker: p, Contents: r.Contents(), Semver: &r.pick.Cache, Ahead: r.s.Ahead, Chosen: r.chosen(q),
		Advisories: r.s.Advisories}
}

func (r *Resolver) chosen(q Request) func(*tree.Pkg) {
	if r.s.Chosen == nil || q.Options.PackageLockOnly {
		return nil
	}
	return func(p *tree.Pkg) {
		r.s.Chosen(Package{Name: p.Name, Version: p.Version, Registry: p.Registry, Tarball: p.Resolved, Integrity: Integrity(p.Integrity)})
	}
}

// failed tells npm's own failures from what could not be known.
func (r *Resolver) failed(q Request, t *tree.Tree, err error) (*Plan, error) {
	var f *tree.Failure
	if !errors.As(err, &f) || notFound(f) {
		return nil, err
	}
	p := &Plan{Request: q, Failure: f}
	if t != nil {
		p.Notes = notesOf(t)
	}
	return p, nil
}

// notFound is whether npm fails for want of a package or version: there is
// then nothing to plan with.
func notFound(f *tree.Failure) bool {
	switch f.Code {
	case "E404", "ETARGET", "ENOVERSIONS":
		return true
	}
	return false
}

// treeOptions translates what every command shares.
func (r *Resolver) treeOptions(_ context.Context, q Request) (tree.Options, error) {
	o := q.Options
	t := tree.Options{
		Path: q.Dir, Home: r.s.Home, Cwd: q.Cwd, Global: q.Global,
		NPM: o.Platform.NPM, Node: o.Platform.Node,
		OS: o.Platform.OS, CPU: o.Platform.CPU, Libc: o.Platform.Libc,
		HostOS: o.Platform.HostOS, HostCPU: o.Platform.HostCPU, HostLibc: o.Platform.HostLibc,
		SaveKind: o.Save, NoSave: o.NoSave, NoLock: o.NoPackageLock,
		LegacyPeerDeps: o.LegacyPeerDeps, StrictPeerDeps: o.StrictPeerDeps, Force: o.Force,
		PreferDedupe: o.PreferDedupe, InstallLinks: o.InstallLinks, EngineStrict: o.EngineStrict,
		Complete: true, InstallStrategy: o.InstallStrategy,
		Omit: omitted(o), Workspaces: o.Workspaces, IncludeWorkspaceRoot: o.IncludeWorkspaceRoot,
		AllWorkspaces: o.AllWorkspaces, NoWorkspaces: o.NoWorkspaces,
		AllowGit: o.AllowGit, AllowRemote: o.AllowRemote, AllowFile: o.AllowFile, AllowDirectory: o.AllowDirectory,
		Before: o.Before, IgnoreScripts: o.IgnoreScripts,
	}
	if t.Path == "" {
		t.Path, t.Package = "/", &tree.Pkg{}
		t.NoLock, t.NoDisk = true, true
	}
	if t.Before.IsZero() && o.MinReleaseAge > 0 {
		if r.s.Now.IsZero() {
			return t, errors.New("resolve: min-release-age without a clock")
		}
		t.Before = r.s.Now.Add(-o.MinReleaseAge)
	}
	t.BeforeExclude = excluder(o.MinReleaseAgeExclude)
	return t, nil
}

// omitted is omit without what include brings back.
func omitted(o Options) []string {
	var out []string
	for _, k := range o.Omit {
		if !contains(o.Include, k) && !contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// byVerb translates what the commands differ in.
func byVerb(q Request, o *tree.Options, old *tree.Existing) {
	switch q.Verb {
	case Install:
		o.Add = q.Specs
	case CI:
		o.NoSave, o.LockRequired, o.NoLock = true, true, false
	case Update:
		o.NoSave = true
		o.Update = q.Specs
		o.UpdateAll = len(q.Specs) == 0
	case Dedupe:
		o.NoSave, o.PreferDedupe, o.LockFirst = true, true, true
		o.Update = old.Duplicated()
	case Prune:
		o.Prune = true
	case Uninstall:
		o.Rm = q.Specs
	case AuditFix:
		o.Audit = true
	case Exec, Fetch, Link, Rebuild:
	}
}
