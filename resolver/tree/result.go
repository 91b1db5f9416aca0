package tree

// Tree is what a build made.
type Tree struct {
	b *builder
	// Failed has the dependencies that could not be loaded, fatal or not.
	Failed []Failed
	// Unknown has the dependencies that could not be looked into.
	Unknown []Failed
	// Notes say what else the tree leaves open.
	Notes []Failed
}

// Failed is a dependency and why it is not known. Edge is nil for a spec of
// the command line; Spec is what was asked.
type Failed struct {
	Edge *Edge
	Node *Node
	Spec string
	Err  error
}

func (t *Tree) failed(e *Edge, err error) {
	t.Failed = append(t.Failed, Failed{Edge: e, Spec: e.name + "@" + e.rawSpec, Err: err})
}

func (t *Tree) failedAdd(raw string, err error) {
	t.Failed = append(t.Failed, Failed{Spec: raw, Err: err})
}

func (t *Tree) unknown(e *Edge, err error) {
	for _, f := range t.Unknown {
		if f.Edge != nil && f.Edge.name == e.name && f.Spec == e.Spec() {
			return
		}
	}
	t.Unknown = append(t.Unknown, Failed{Edge: e, Spec: e.Spec(), Err: err})
}

type noted string

func (n noted) Error() string { return string(n) }

func (t *Tree) note(n *Node, text string) {
	t.Notes = append(t.Notes, Failed{Node: n, Err: noted(text)})
}

// Root is the root of the tree; nil where none was made.
func (t *Tree) Root() *Node { return t.b.tree }

// Nodes are all nodes of the tree but the root, in npm's order.
func (t *Tree) Nodes() []*Node {
	if t.b.tree == nil {
		return nil
	}
	var out []*Node
	for n := range t.b.tree.inventory.order.all() {
		if n != t.b.tree && !n.isProjectRoot() {
			out = append(out, n)
		}
	}
	return out
}

// Name is the name that the node stands under, an alias as the alias.
func (n *Node) Name() string { return n.name }

// PackageName is the true name, also behind an alias.
func (n *Node) PackageName() string { return n.pkg.Name }

// Version is the package's version.
func (n *Node) Version() string { return n.version() }

// Location is the path of the node below the root, slash separated.
func (n *Node) Location() string { return n.location }

// Pkg is the package at the node.
func (n *Node) Pkg() *Pkg { return n.pkg }

// IsLink is whether the node only points at another.
func (n *Node) IsLink() bool { return n.link }

// Realpath is where the node's files are.
func (n *Node) Realpath() string { return n.realpath }

// Resolved is where the package comes from, as a lockfile says it.
func (n *Node) Resolved() string { return n.resolvedNow() }

// Integrity is the digest that the registry or the lockfile has for it.
func (n *Node) Integrity() string { return n.integrity }

// Dev is npm's flag: only dev dependencies lead here.
func (n *Node) Dev() bool { return n.dev }

// Optional is npm's flag: only optional dependencies lead here.
func (n *Node) Optional() bool { return n.optional }

// DevOptional is npm's flag: dev and optional dependencies lead here, no others.
func (n *Node) DevOptional() bool { return n.devOptional }

// Peer is npm's flag: only peer dependencies lead here.
func (n *Node) Peer() bool { return n.peer }

// Extraneous is npm's flag: nothing leads here.
func (n *Node) Extraneous() bool { return n.extraneous }

// Inert is whether npm records the package but does not fetch it here.
func (n *Node) Inert() bool { return n.inert }

// Err is why the node could not be loaded.
func (n *Node) Err() error { return n.err }

// Bundled is whether the package comes in another's tarball.
func (n *Node) Bundled() bool { return n.inDepBundle() }

// Omitted is whether npm leaves the package out for its kind.
func (n *Node) Omitted(omit []string) bool { return n.shouldOmit(omit) }

// IsProject is whether the node is the project or one of its workspaces.
func (n *Node) IsProject() bool { return n.isProjectRoot() || n.isWorkspace() }

// EdgesIn are the dependencies that lead to the node.
func (n *Node) EdgesIn() []*Edge { return n.edgesIn.slice() }

// EdgesOut are the node's own dependencies.
func (n *Node) EdgesOut() []*Edge { return n.edgesOut.values() }

// HasShrinkwrap is whether the package brings its own npm-shrinkwrap.json.
func (n *Node) HasShrinkwrap() bool { return n.hasShrinkwrap }

// Unknown is whether the node stands in for a package nobody could look into.
func (n *Node) Unknown() bool {
	return len(n.resolved) > len(outsideMark) && n.resolved[:len(outsideMark)] == outsideMark
}

// LinksIn are the links that stand for the node.
func (n *Node) LinksIn() []*Node { return n.linksIn.slice() }

// Added are the names that the specs of the command line turned out to have.
func (t *Tree) Added() []string {
	var out []string
	for _, a := range t.b.resolvedAdd {
		out = append(out, a.name)
	}
	for name := range t.b.updateNames {
		out = append(out, name)
	}
	return out
}
