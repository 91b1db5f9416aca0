package tree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

func newBuilder(ctx context.Context, o Options, d Deps) (*builder, error) {
	if !filepath.IsAbs(o.Path) {
		return nil, errNoPath
	}
	if d.Source == nil || d.Picker == nil {
		return nil, errors.New("tree: no source of packuments, or none to pick from them")
	}
	if d.Semver == nil {
		d.Semver = &semver.Cache{}
	}
	if d.Ahead <= 0 {
		d.Ahead = defaultAhead
	}
	o.Path = filepath.Clean(o.Path)
	if o.Cwd == "" {
		o.Cwd = o.Path
	}
	b := &builder{ctx: ctx, deps: d, seen: map[*Node]bool{}, why: explained{}, visits: map[string]int{}, virtualRoots: map[*Node]*Node{},
		peerSource: map[*Node]*Node{}, updateNames: map[string]bool{}, preferDedupe: o.PreferDedupe}
	b.env = &env{opt: &o, major: Major(o.NPM), specs: newSpecs(Major(o.NPM), o.Home)}
	b.ranges = &ranges{cache: d.Semver, old: b.before(11), memo: map[[2]string]bool{}}
	b.queue.coll = &b.coll
	b.result = &Tree{b: b}
	b.strategy = o.InstallStrategy
	if o.Global {
		b.strategy = "shallow"
	}
	if !o.UpdateAll {
		for _, name := range o.Update {
			b.updateNames[name] = true
		}
	}
	b.requested = len(o.Add) > 0 || len(o.Rm) > 0 || o.UpdateAll || len(o.Update) > 0
	b.mutate = b.requested
	b.ahead = b.newAhead()
	return b, nil
}

func (b *builder) newAhead() *ahead {
	a := &ahead{ctx: b.ctx, deps: b.deps, slots: make(chan struct{}, b.deps.Ahead), before: b.beforeOf,
		peers: !b.opt.LegacyPeerDeps, optionalPeers: b.before(12), specs: b.specs, docs: map[string]*document{},
		picks: map[string]*picked{}, pkgs: map[*registry.Manifest]*Pkg{}, seen: map[string]bool{}}
	if tell := b.deps.Chosen; tell != nil && len(b.opt.Omit) == 0 {
		a.chosen = func(p *Pkg) {
			if b.platformOK(p) {
				tell(p)
			}
		}
	}
	return a
}

// Major is the major version of an npm; of what cannot be read 11.
func Major(version string) int {
	n, err := strconv.Atoi(strings.SplitN(version, ".", 2)[0])
	if err != nil {
		return 11
	}
	return n
}

func (b *builder) beforeOf(name string) time.Time {
	if b.opt.BeforeExclude != nil && b.opt.BeforeExclude(name) {
		return time.Time{}
	}
	return b.opt.Before
}

// initTree makes the root, and under it what a lockfile or node_modules has.
func (b *builder) initTree() error {
	root, err := b.rootNode()
	if err != nil {
		return err
	}
	b.tree = root
	if err := b.mapWorkspaces(root); err != nil {
		return err
	}
	if err := b.loadExisting(root); err != nil {
		return err
	}
	b.queueBroken(root)
	return nil
}

func (b *builder) rootNode() (*Node, error) {
	pkg := b.opt.Package
	if pkg == nil && !b.opt.Global && !b.opt.NoDisk {
		var err error
		pkg, err = b.readPackage(b.opt.Path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, errNotObject) {
			pkg, err = &Pkg{}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	if pkg == nil {
		pkg = &Pkg{}
	}
	real, err := filepath.EvalSymlinks(b.opt.Path)
	if err != nil {
		real = b.opt.Path
	}
	o := nodeOptions{path: b.opt.Path, realpath: real, pkg: pkg, flags: &flags{}, global: b.opt.Global, loadOverrides: true}
	if real == b.opt.Path {
		return b.newNode(o), nil
	}
	o.link = true
	return b.newNode(o), nil
}

// queueBroken queues whoever has a dependency that the tree does not meet.
func (b *builder) queueBroken(root *Node) {
	seen := map[*Node]bool{}
	stack := []*Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, e := range n.edgesOut.all() {
			if e.kind == PeerOptional && b.opt.NoSave && !b.requested && !b.before(11) {
				continue
			}
			if e.to == nil && !b.before(11) || !e.valid() {
				b.queue.push(n)
				break
			}
		}
		for _, e := range n.edgesOut.all() {
			if e.to != nil {
				stack = append(stack, e.to)
			}
		}
	}
}

const maxPackageJSON = 8 << 20

// readPackage reads dir's package.json. The error names the file.
func (b *builder) readPackage(dir string) (*Pkg, error) {
	return ReadPackage(dir)
}

// ReadPackage reads the package.json in dir. The error names the file, and is
// os.ErrNotExist where there is none.
func ReadPackage(dir string) (*Pkg, error) {
	file := filepath.Join(dir, "package.json")
	data, err := readBounded(file, maxPackageJSON)
	if err != nil {
		return nil, err
	}
	o, err := ParseObject(data)
	if err != nil {
		return nil, &Failure{Code: "EJSONPARSE", Message: file + ": " + err.Error(), Err: err}
	}
	return PkgFromObject(o), nil
}

// manifest is the package that npm would choose for s, by yarn.lock where that
// counts.
func (b *builder) manifest(s *spec.Spec, e *Edge) (*Pkg, error) {
	if b.existing == nil || b.existing.yarn == nil || b.loadedFromDisk || b.opt.UpdateAll {
		return b.plainManifest(s, e)
	}
	at := b.specs.place
	at.Dir = e.from.path
	in, integrity, ok := b.existing.yarn.Instead(*s, at)
	if !ok {
		return b.plainManifest(s, e)
	}
	p, err := b.plainManifest(&in, e)
	if err != nil {
		return nil, err
	}
	q := *p
	if q.Integrity, ok = agreed(integrity, p.Integrity); !ok {
		return nil, &Failure{Code: "EINTEGRITY", Message: e.name + ": yarn.lock wants " + integrity + ", the registry has " + p.Integrity}
	}
	return &q, nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (b *builder) plainManifest(s *spec.Spec, e *Edge) (*Pkg, error) {
	if r := registrySpec(s); r != nil {
		p, err := b.ahead.manifest(r, s.Name)
		if err == nil && p.Version == "" && !b.before(11) {
			return nil, &Failure{Code: "EINCOMPLETEMANIFEST", Message: "incomplete manifest for " + e.name + ", missing version"}
		}
		return p, err
	}
	switch s.Kind {
	case spec.Directory:
		p, err := b.readPackage(s.Where)
		if err != nil {
			return nil, err
		}
		p.Resolved = "file:" + s.Where
		return p, nil
	case spec.Git, spec.Remote, spec.File:
		return b.outside(s, e)
	default:
	}
	return nil, &Failure{Code: "EUNSUPPORTED", Message: "cannot read " + e.name + "@" + e.rawSpec + ": " + s.Err}
}

// askAhead asks for what a node will need next.
func (b *builder) askAhead(n *Node) {
	wants := b.ahead.wantsOf(n.pkg, want{})
	if n.isTop() && len(n.pkg.DevDependencies) > 0 {
		wants = append(wants, b.ahead.wantsOf(&Pkg{Dependencies: n.pkg.DevDependencies}, want{})...)
	}
	for _, w := range wants {
		if d, ready := b.ahead.document(w.Name, &w); ready && d.err == nil {
			b.ahead.crawl(d.p, []want{w})
		}
	}
}
