package tree

import (
	"path"
	"strings"
)

// Node is one package at one place; a link node stands for another node, its
// target, elsewhere.
type Node struct {
	env *env

	name, path, realpath, location string
	pkg                            *Pkg
	resolved, integrity            string
	hasShrinkwrap                  bool
	link                           bool
	target                         *Node // of a link
	global                         bool
	dummy                          bool
	err                            error
	errors                         int // failures of specs asked from here
	overrides                      *overrideSet
	workspaces                     []workspace
	source                         *Node // of a virtual root: the node it stands for

	parent, fsParent, root *Node
	children               table[*Node]
	fsChildren             set[*Node]
	linksIn                set[*Node]
	tops                   set[*Node]
	inventory              inventory
	edgesOut               table[*Edge]
	edgesIn                set[*Edge]

	flags
	inert bool
	// extended is whether one of the project's package extensions was applied.
	extended bool
}

// flags say by which kinds of dependency alone a node is reached.
type flags struct{ dev, optional, devOptional, peer, extraneous bool }

type workspace struct{ name, path string }

type nodeOptions struct {
	name, path, realpath string
	pkg                  *Pkg
	parent, fsParent     *Node
	root                 *Node
	source, target       *Node
	resolved, integrity  string
	err                  error
	overrides            *overrideSet
	loadOverrides        bool
	link, global, dummy  bool
	hasShrinkwrap        bool
	flags                *flags
}

func (v *env) newNode(o nodeOptions) *Node {
	v.madeNode()
	n := &Node{env: v, path: o.path, realpath: o.path, link: o.link, global: o.global, dummy: o.dummy,
		err: o.err, source: o.source, resolved: o.resolved, integrity: o.integrity, pkg: o.pkg}
	if o.source != nil {
		n.pkg = o.source.pkg
	}
	if n.pkg == nil {
		n.pkg = &Pkg{}
	}
	if o.link {
		n.realpath = o.realpath
		if n.realpath == "" && o.target != nil {
			n.realpath = o.target.path
		}
	}
	n.setName(o)
	if n.resolved == "" {
		n.resolved = n.pkg.Resolved
	}
	if n.integrity == "" {
		n.integrity = n.pkg.Integrity
	}
	n.hasShrinkwrap = v.before(12) && (o.hasShrinkwrap || n.pkg.HasShrinkwrap)
	switch {
	case o.flags != nil:
		n.flags = *o.flags
	case !o.dummy:
		n.flags = flags{true, true, true, true, true}
	}
	n.loadOverrides(o)
	n.attach(o)
	return n
}

func (n *Node) setName(o nodeOptions) {
	n.name = o.name
	for _, from := range []string{o.path, n.pkg.Name, n.realpath} {
		if n.name == "" && from != "" {
			n.name = nameFromFolder(from)
			break
		}
	}
	if n.name == "" {
		n.name = n.pkg.Name
	}
}

func (n *Node) loadOverrides(o nodeOptions) {
	n.overrides = o.overrides
	if n.overrides != nil || !o.loadOverrides || len(n.pkg.Overrides.Keys()) == 0 {
		return
	}
	s, err := n.env.newOverrides(n.pkg.Overrides)
	if err != nil {
		panic(stop{&Failure{Code: "EOVERRIDE", Message: err.Error()}})
	}
	n.overrides = s
}

// attach brings a new node into its tree and loads its edges.
func (n *Node) attach(o nodeOptions) {
	v := n.env
	root := o.root
	if o.link && root == nil {
		switch {
		case o.parent != nil:
			root = o.parent.Root()
		case o.fsParent != nil:
			root = o.fsParent.Root()
		case o.target != nil:
			root = o.target.Root()
		}
	}
	if o.parent != nil {
		n.SetParent(o.parent)
	}
	if o.fsParent != nil {
		n.setFsParent(o.fsParent)
	}
	if o.parent == nil && o.fsParent == nil {
		n.setRoot(root)
	}
	n.loadDeps()
	if !o.link {
		return
	}
	switch {
	case o.target != nil:
		n.setTarget(o.target)
	case n.realpath == n.Root().path:
		n.setTarget(n.Root())
	default:
		t := o
		t.link, t.parent, t.fsParent, t.target, t.path, t.realpath = false, nil, nil, nil, n.realpath, n.realpath
		t.root = n.Root()
		n.setTarget(v.newNode(t))
	}
}

func nameFromFolder(dir string) string {
	base, parent := path.Base(dir), path.Base(path.Dir(dir))
	if strings.HasPrefix(parent, "@") {
		return parent + "/" + base
	}
	return base
}

// Root is the root of the tree the node is in; a node in no tree is its own.
func (n *Node) Root() *Node {
	if n.root == nil {
		return n
	}
	return n.root
}

// Target is the node itself, or what a link stands for.
func (n *Node) Target() *Node {
	if n.link {
		return n.target
	}
	return n
}

func (n *Node) kids() *table[*Node] {
	if n.link {
		return nil
	}
	return &n.children
}

func (n *Node) version() string {
	if n.link && n.target != nil {
		return n.target.pkg.Version
	}
	return n.pkg.Version
}

func (n *Node) isRoot() bool { return n == n.Root() }
func (n *Node) isProjectRoot() bool {
	r := n.Root()
	return n == r || n == r.Target()
}

func (n *Node) isGlobal() bool { return n.Root().global }

// globalTop is whether the node stands right in the global node_modules.
func (n *Node) globalTop() bool {
	return n.isGlobal() && n.parent != nil && n.parent.isProjectRoot()
}

func (n *Node) isTop() bool { return n.parent == nil || n.globalTop() }

func (n *Node) top() *Node {
	for !n.isTop() {
		n = n.parent
	}
	return n
}

func (n *Node) depth() int {
	d := 0
	for !n.isTop() {
		n = n.parent
		d++
	}
	return d
}

// resolveParent is where node looks next after n's own node_modules.
func (n *Node) resolveParent() *Node {
	if n.parent != nil {
		return n.parent
	}
	return n.fsParent
}

func (n *Node) isWorkspace() bool {
	if n.isProjectRoot() {
		return false
	}
	e, ok := n.Root().edgesOut.get(n.pkg.Name)
	return ok && e.kind == Workspace && e.to != nil && (e.to.Target() == n || e.to == n)
}

// Resolve is what requiring name from n finds, nil where there is nothing.
func (n *Node) Resolve(name string) *Node {
	for ; n != nil; n = n.resolveParent() {
		if k, ok := n.kids().get(name); ok {
			return k
		}
	}
	return nil
}

func (n *Node) isDescendantOf(a *Node) bool {
	for p := n; p != nil; p = p.resolveParent() {
		if p == a {
			return true
		}
	}
	return false
}

func (n *Node) satisfies(e *Edge) bool { return n.name == e.name && e.satisfiedBy(n) }

// matches is whether two nodes are the same artefact under the same name.
func (n *Node) matches(o *Node) bool {
	switch {
	case o == n:
		return true
	case o.name != n.name:
		return false
	case n.link:
		return o.link && n.target != nil && o.target != nil && n.target.matches(o.target)
	case n.isProjectRoot() && o.isProjectRoot():
		return n.path == o.path
	case n.integrity != "" && o.integrity != "":
		return n.integrity == o.integrity
	case n.resolvedNow() != "" && o.resolvedNow() != "":
		return n.resolvedNow() == o.resolvedNow()
	}
	return n.pkg.Name != "" && n.pkg.Name == o.pkg.Name && n.version() != "" && n.version() == o.version()
}

// resolvedNow is where the node comes from; of a link, where it points.
func (n *Node) resolvedNow() string {
	if !n.link {
		return n.resolved
	}
	if n.path == "" || n.realpath == "" {
		return ""
	}
	return "file:" + relpath(path.Dir(n.path), n.realpath)
}
