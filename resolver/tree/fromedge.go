package tree

import (
	"errors"
	"fmt"
	"path"
	"sort"
	"strings"

	"gpq/resolver/spec"
)

// virtualRoot is a scratch root with the dependencies of n, where a candidate
// and its peers are brought together before anything is placed.
func (b *builder) virtualRoot(n *Node, reuse bool) *Node {
	if reuse {
		if vr := b.virtualRoots[n]; vr != nil {
			return vr
		}
	}
	vr := b.newNode(nodeOptions{path: n.realpath, source: n, overrides: n.overrides})
	for _, c := range n.kids().all() {
		if c.link && c.target != nil {
			b.newNode(nodeOptions{path: c.realpath, source: c.target, root: vr})
		}
	}
	b.virtualRoots[n] = vr
	return vr
}

// maxPeers is how deep peers of peers are brought together before anything is
// placed: those that ask for other versions of each other never come to an end
// with npm.
const maxPeers = 400

// nodeFromEdge makes the node that e asks for, in parent (a virtual root),
// with its peers beside it. second is another edge to the same name that would
// better be satisfied too. required gathers the nodes whose conflicts count.
func (b *builder) nodeFromEdge(e *Edge, parent *Node, second *Edge, required *set[*Node]) (*Node, error) {
	if b.peers++; b.peers > maxPeers {
		return nil, fmt.Errorf("%w: the peers of %s", ErrEndless, e.name)
	}
	defer func() { b.peers-- }()
	if parent == nil {
		parent = b.virtualRoot(e.from, false)
	}
	n, err := b.nodeFromSpec(e, e, parent)
	if err != nil {
		return nil, err
	}
	if second != nil && !second.valid() {
		other, err := b.nodeFromSpec(second, e, parent)
		if err != nil {
			return nil, err
		}
		if e.valid() {
			n = other
		}
	}
	n.SetParent(parent)
	if required.has(e.from) && e.kind != PeerOptional ||
		second != nil && required.has(second.from) && second.kind != PeerOptional {
		required.add(n)
	}
	b.peerSource[n] = parent.source
	if b.opt.Global && e.from.isProjectRoot() {
		return n, nil
	}
	return n, b.loadPeerSet(n, required)
}

// nodeFromSpec makes a node for what e asks, under the name of named.
func (b *builder) nodeFromSpec(e, named *Edge, parent *Node) (*Node, error) {
	s, err := b.resolveSpec(named.name, b.edgeSpec(e), e.from.path)
	if err != nil {
		return nil, err
	}
	if err := b.checkAllow(s, e); err != nil {
		return b.failureNode(named.name, parent, e, err), nil
	}
	isWS := b.tree.hasWorkspace(named.name)
	transitive := s.Kind == spec.Directory && b.opt.InstallLinks && !b.before(11) &&
		!parent.link && strings.HasPrefix(parent.resolved, "file:")
	if s.Kind == spec.Directory && !transitive && (isWS || !b.opt.InstallLinks || b.insideProject(e, parent)) {
		return b.linkTo(s.Where, named.name, parent), nil
	}
	if isWS {
		if we, ok := b.tree.edgesOut.get(named.name); ok && we.to != nil && we.to.isWorkspace() && we.to.satisfies(e) {
			return we.to, nil
		}
	}
	if transitive {
		s = &spec.Spec{Raw: s.Raw, Kind: spec.Directory, Name: named.name,
			Where: path.Join(parent.resolved[5:], strings.TrimPrefix(e.rawSpec, "file:"))}
	}
	pkg, err := b.manifest(s, e)
	switch ctxErr := b.ctx.Err(); {
	case err != nil && ctxErr != nil:
		return nil, ctxErr
	case errors.Is(err, ErrEndless):
		return nil, err
	case err != nil:
		return b.failureNode(named.name, parent, e, err), nil
	}
	extended, err := b.extensions.apply(pkg)
	if err != nil {
		return nil, err // also where the dependency is optional
	}
	n := b.newNode(nodeOptions{name: named.name, pkg: extended, parent: parent})
	n.extended = extended != pkg
	return n, nil
}

func (b *builder) linkTo(dir, name string, parent *Node) *Node {
	pkg, err := b.readPackage(dir)
	if err != nil {
		pkg = &Pkg{}
	}
	l := b.newNode(nodeOptions{link: true, name: name, parent: parent, realpath: dir, pkg: pkg})
	b.linkNodes.add(l)
	return l
}

func (b *builder) insideProject(e *Edge, parent *Node) bool {
	if b.before(11) || !strings.HasPrefix(e.rawSpec, "file:../") && !strings.HasPrefix(e.rawSpec, "file:./") {
		return false
	}
	target := path.Join(parent.realpath, e.rawSpec[5:])
	root := path.Clean(b.tree.realpath)
	return target == root || strings.HasPrefix(target, root+"/")
}

func (n *Node) hasWorkspace(name string) bool {
	for _, w := range n.workspaces {
		if w.name == name {
			return true
		}
	}
	return false
}

// failureNode stands for what could not be loaded: fatal in the end unless
// optional.
func (b *builder) failureNode(name string, parent *Node, e *Edge, err error) *Node {
	n := b.newNode(nodeOptions{name: name, parent: parent, err: err})
	b.loadFailures.add(n)
	b.result.failed(e, err)
	return n
}

// loadPeerSet loads the peers of n, and theirs, beside it.
func (b *builder) loadPeerSet(n *Node, required *set[*Node]) error {
	var peers []*Edge
	for _, e := range n.edgesOut.all() {
		if e.peer() && !(e.to != nil && e.valid()) {
			peers = append(peers, e)
		}
	}
	sort.SliceStable(peers, func(i, j int) bool { return b.coll.compare(peers[i].name, peers[j].name) < 0 })
	for _, e := range peers {
		if n.parent == nil && !b.before(11) {
			break
		}
		if e.to != nil && e.valid() {
			continue
		}
		stop, err := b.loadPeer(n, e, required)
		if err != nil {
			return err
		}
		if stop {
			break
		}
	}
	return nil
}

// loadPeer loads one peer of n. stop is whether n lost its place meanwhile.
func (b *builder) loadPeer(n *Node, e *Edge, required *set[*Node]) (stop bool, err error) {
	if n.parent == nil {
		return true, errInternal
	}
	parentEdge, _ := n.parent.edgesOut.get(e.name)
	switch {
	case e.to != nil:
		return false, b.replacePeer(n, e, parentEdge, required)
	case parentEdge != nil:
		return b.sharedPeer(n, e, parentEdge, required)
	case b.peerElsewhere(n, e):
		return false, nil
	}
	_, err = b.nodeFromEdge(e, n.parent, nil, required)
	return false, err
}

// peerElsewhere is whether an optional peer may stay out of the set: nothing
// there is, or what there is does.
func (b *builder) peerElsewhere(n *Node, e *Edge) bool {
	if b.before(12) || e.kind != PeerOptional || n.parent.source == nil {
		return false
	}
	cur := n.parent.source.Resolve(e.name)
	return cur == nil || cur.satisfies(e)
}

// conflictOK is whether a conflict in n's set is not the project's own.
func (b *builder) conflictOK(n *Node) bool {
	src := n.parent.source
	mine := src != nil && (src.isProjectRoot() || src.isWorkspace())
	return b.opt.Force || !mine && !b.opt.StrictPeerDeps
}

// sharedPeer loads a peer that the parent needs as well.
func (b *builder) sharedPeer(n *Node, e, parentEdge *Edge, required *set[*Node]) (stop bool, err error) {
	conflictOK := b.conflictOK(n)
	dep, err := b.nodeFromEdge(parentEdge, n.parent, e, required)
	switch {
	case err != nil || e.valid():
		return false, err
	case conflictOK || !required.has(dep):
		e.peerConflicted = true
		return false, nil
	case n.parent == nil && !b.before(11):
		return true, nil
	}
	return false, b.peerConflict(e, parentEdge)
}

// replacePeer loads a peer in place of one that does not satisfy.
func (b *builder) replacePeer(n *Node, e, parentEdge *Edge, required *set[*Node]) error {
	conflictOK, cur := b.conflictOK(n), e.to
	dep, err := b.nodeFromEdge(e, nil, nil, required)
	if err != nil {
		return err
	}
	if dep.canReplace(cur, nil) {
		_, err := b.nodeFromEdge(e, n.parent, nil, required)
		return err
	}
	if conflictOK || !required.has(e.from) {
		return nil
	}
	return b.peerConflict(e, parentEdge)
}
