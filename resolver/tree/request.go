package tree

import (
	"path/filepath"
	"sync"

	"gpq/resolver/spec"
)

// resolvedAdd is a spec of the command line with its name known.
type resolvedAdd struct {
	tree      *Node
	name, raw string
}

// checkNames refuses what is no bare name where only names may stand.
func (b *builder) checkNames() error {
	for _, list := range []struct {
		names []string
		code  string
		since int
	}{{b.opt.Update, "EUPDATEARGS", 0}, {b.opt.Rm, "ERMARGS", 12}} {
		for _, name := range list.names {
			if !b.before(list.since) && b.specs.parseAt(name, b.opt.Cwd).Name != name {
				return &Failure{Code: list.code, Message: "only package names may stand here, not " + name}
			}
		}
	}
	return nil
}

// applyRequests changes the root's or the workspaces' dependencies as the
// command line wants.
func (b *builder) applyRequests() error {
	root := b.tree.Target()
	names := b.opt.Workspaces
	if b.opt.AllWorkspaces && len(names) == 0 {
		for _, w := range root.workspaces {
			names = append(names, w.name)
		}
	}
	if len(names) == 0 {
		return b.applyTo(root)
	}
	nodes := b.workspaceNodes(names)
	if b.opt.IncludeWorkspaceRoot {
		nodes = append(nodes, root)
	}
	for _, n := range nodes {
		if err := b.applyTo(n); err != nil {
			return err
		}
	}
	return nil
}

// workspaceNodes are the nodes of the workspaces that are named: by name, by
// folder, or by the folder that they lie in.
func (b *builder) workspaceNodes(named []string) []*Node {
	root := b.tree.Target()
	var out []*Node
	for _, w := range root.workspaces {
		if !w.selected(named, b.opt.Path, b.opt.Cwd) {
			continue
		}
		if n := root.Root().inventory.at(relpath(root.realpath, w.path)); n != nil {
			out = append(out, n)
		}
	}
	return out
}

func (b *builder) applyTo(n *Node) error {
	if !b.opt.Global && len(b.updateNames) > 0 {
		b.queueNamedUpdates()
	}
	globals := b.globalUpdates(n)
	if err := b.queueVulnerable(); err != nil {
		return err
	}
	var removed bool
	if len(b.opt.Rm) > 0 {
		n.pkg = n.pkg.clone()
		for _, name := range b.opt.Rm {
			n.pkg.rmDep(name)
		}
		removed = true
	}
	if len(b.opt.Add) > 0 {
		if err := b.addSpecs(n, b.opt.Add, b.opt.SaveKind, b.opt.SaveBundle); err != nil {
			return err
		}
	}
	if removed || len(b.opt.Add) > 0 || b.opt.Global {
		n.setPkg(n.pkg)
	}
	for _, a := range b.resolvedAdd {
		if a.tree == n {
			b.markExplicit(n, a.name)
		}
	}
	for _, name := range globals {
		b.markExplicit(n, name)
	}
	b.queue.push(n)
	b.askAhead(n)
	return nil
}

func (b *builder) markExplicit(n *Node, name string) {
	if e, ok := n.edgesOut.get(name); ok {
		b.explicit.add(e)
	}
}

// queueNamedUpdates queues whoever depends on a package to be updated.
func (b *builder) queueNamedUpdates() {
	for n := range b.tree.inventory.order.all() {
		if !b.updateNames[n.name] || n.isTop() || n.inDepBundle() || b.before(12) && n.inShrinkwrap() {
			continue
		}
		for e := range n.edgesIn.all() {
			b.queue.push(e.from)
		}
	}
}

// addSpecs reads specs of the command line, all at once, and writes them into
// the package of n.
func (b *builder) addSpecs(n *Node, specs []string, kind string, bundle bool) error {
	found := make([]resolvedAdd, len(specs))
	errs := make([]error, len(specs))
	var wg sync.WaitGroup
	for i, raw := range specs {
		wg.Go(func() { found[i], errs[i] = b.resolveAdd(n, raw) })
	}
	wg.Wait()
	for i, raw := range specs {
		if err := errs[i]; err != nil {
			b.result.failedAdd(raw, err)
			return b.failureOf(err)
		}
	}
	b.resolvedAdd = append(b.resolvedAdd, found...)
	n.pkg = n.pkg.clone()
	for _, a := range b.resolvedAdd {
		n.pkg.addDep(a.name, a.raw, saveKind(kind), bundle)
	}
	return nil
}

// resolveAdd finds the name behind one spec, and the version behind a tag.
func (b *builder) resolveAdd(n *Node, raw string) (resolvedAdd, error) {
	s := b.specs.parseAt(raw, b.opt.Cwd)
	if s.Kind == spec.Opaque {
		return resolvedAdd{}, &Failure{Code: "EINVALIDSPEC", Message: raw + ": " + s.Err}
	}
	name, want := s.Name, s.RawSpec
	tag := s.Kind == spec.Tag && s.Range != ""
	if name == "" || tag {
		pkg, err := b.manifestOfAdd(s)
		if b.staysOutside(s, err) {
			pkg, err = &Pkg{Name: outsideName(s)}, nil
		}
		if err != nil {
			return resolvedAdd{}, err
		}
		name = pkg.Name
		if name == "" && s.Kind == spec.Directory {
			name = nameFromFolder(s.Where)
		}
		if tag {
			want = pkg.Version
		}
	}
	base := n.Target().path
	switch s.Kind {
	case spec.File:
		want = "file:" + relpath(base, s.Where)
	case spec.Directory:
		if real, err := filepath.EvalSymlinks(s.Where); err == nil {
			want = "file:" + relpath(base, real)
		}
	default:
	}
	return resolvedAdd{n, name, want}, nil
}

func (b *builder) manifestOfAdd(s *spec.Spec) (*Pkg, error) {
	if r := registrySpec(s); r != nil {
		return b.ahead.manifest(r, "")
	}
	if s.Kind == spec.Directory {
		return b.readPackage(s.Where)
	}
	if b.deps.Contents == nil {
		return nil, &OutsideError{Spec: s.Raw, Kind: s.Kind}
	}
	return b.deps.Contents.Manifest(b.ctx, s)
}
