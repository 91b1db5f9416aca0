package tree

import (
	"context"
	"errors"
	"fmt"
	"sort"
)

// builder is one build of one tree.
type builder struct {
	*env
	ctx    context.Context
	deps   Deps
	ahead  *ahead
	coll   collator
	queue  queue
	visits map[string]int // by location
	seen   map[*Node]bool
	result *Tree
	why    explained

	explicit     set[*Edge]
	loadFailures set[*Node]
	linkNodes    set[*Node]
	virtualRoots map[*Node]*Node
	peerSource   map[*Node]*Node
	extensions   *extensions
	vulns        *auditReport // nil without an audit, or without a find
	existing     *Existing
	actual       *Node // the root that node_modules is first loaded under

	strategy       string
	updateNames    map[string]bool
	preferDedupe   bool
	requested      bool // the user asked for a change of the tree
	mutate         bool
	loadedFromDisk bool
	flagsSuspect   bool
	oldLock        bool // a lockfile that lacks what version 2 has
	resolvedAdd    []resolvedAdd
}

// Build makes the tree that npm would make. A *Failure as the error is npm's
// own word; any other error means that the tree could not be known.
func Build(ctx context.Context, o Options, d Deps) (t *Tree, err error) {
	ctx, cancel := context.WithCancel(ctx)
	b, err := newBuilder(ctx, o, d)
	if err != nil {
		cancel()
		return nil, err
	}
	defer b.ahead.wait()
	defer cancel()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			t, err = b.result, r.err
		default: // whatever a registry says must not bring the program down
			t, err = b.result, fmt.Errorf("tree: %v", r)
		}
	}()
	if err := b.build(); err != nil {
		return b.result, err
	}
	return b.result, nil
}

func (b *builder) build() error {
	b.onEdge, b.effort.ctx, b.queue.spend = b.fromYarn, b.ctx, b.spend
	for _, step := range []func() error{
		b.checkNames, b.initTree, b.audit, b.loadExtensions, b.inflate, b.applyRequests, b.buildDeps,
		b.fixFlags, b.pruneFailedOptional, b.checkPlatforms, b.finish,
	} {
		if err := step(); err != nil {
			return err
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) buildDeps() error {
	root := b.tree.Target()
	if err := b.assertRootOverrides(root); err != nil {
		return err
	}
	b.queue.push(root)
	b.askAhead(root)
	for _, w := range root.workspaces {
		if p, err := b.readPackage(w.path); err == nil {
			b.askAhead(&Node{env: b.env, pkg: p})
		}
	}
	for {
		for len(b.queue.items) > 0 {
			if err := b.step(b.queue.pop()); err != nil {
				return err
			}
			if err := b.ctx.Err(); err != nil {
				return err
			}
		}
		b.resolveLinks()
		if len(b.queue.items) == 0 {
			return nil
		}
	}
}

// assertRootOverrides refuses overrides of what the project itself asks for.
func (b *builder) assertRootOverrides(root *Node) error {
	if root.overrides == nil {
		return nil
	}
	for _, e := range root.edgesOut.all() {
		if s := b.edgeSpec(e); s != e.rawSpec && !(len(s) > 0 && s[0] == '$') {
			return &Failure{Code: "EOVERRIDE", Message: "override for " + e.name + "@" + e.rawSpec + " conflicts with direct dependency"}
		}
	}
	return nil
}

type task struct {
	edge *Edge
	dep  *Node
}

// step looks at one node: finds what its problem edges want, and places it.
func (b *builder) step(n *Node) error {
	if b.skips(n) {
		return nil
	}
	b.seen[n] = true
	b.visits[n.location]++
	if b.tree.inventory.order.len() > maxNodes || n.depth() > maxNesting || b.visits[n.location] > maxVisits {
		return fmt.Errorf("%w, at %s", ErrEndless, n.location)
	}
	if err := b.crackOpen(n); err != nil {
		return err
	}
	tasks, err := b.tasks(n)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		p := &placement{b: b, edge: t.edge, dep: t.dep, explicit: b.explicit.has(t.edge)}
		if err := p.run(); err != nil {
			return err
		}
		b.afterPlacing(p)
	}
	for _, e := range n.edgesOut.all() {
		if e.to != nil && e.to.link && e.to.target != nil {
			b.linkNodes.add(e.to)
		}
	}
	return nil
}

// skips is whether n was looked at, is gone, or has all that it needs from its
// own shrinkwrap.
func (b *builder) skips(n *Node) bool {
	if b.seen[n] || n.Root() != b.tree {
		return true
	}
	if !n.hasShrinkwrap || b.opt.Complete {
		return false
	}
	b.result.note(n, "its own npm-shrinkwrap.json decides what is below it")
	return true
}

// tasks finds a candidate for every problem edge of n, in the order of names.
func (b *builder) tasks(n *Node) ([]task, error) {
	problems := b.problemEdges(n)
	if all := n.edgesOut.len(); len(problems)*all > maxEdges*maxEdges {
		return nil, fmt.Errorf("%w: %s alone asks for %d packages", ErrEndless, n.name, all)
	}
	if len(problems) > 1 {
		b.askAhead(n) // what a lockfile has was not crawled, and may lack what it needs
	}
	var tasks []task
	for _, e := range problems {
		if e.peerConflicted {
			continue
		}
		dep, err := b.candidate(n, e)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task{e, dep})
	}
	sort.SliceStable(tasks, func(i, j int) bool { return b.coll.compare(tasks[i].edge.name, tasks[j].edge.name) < 0 })
	return tasks, nil
}

// candidate is the node that should satisfy e: one that the peer set already
// has, one that stands in the tree for an optional peer, else a new one.
func (b *builder) candidate(n *Node, e *Edge) (*Node, error) {
	source := n
	if e.peer() {
		if s := b.peerSource[n]; s != nil {
			source = s
		}
	}
	vr := b.virtualRoot(source, true)
	if ve, ok := vr.edgesOut.get(e.name); ok && ve.to != nil && ve.valid() && ve.to.satisfies(e) {
		return ve.to, nil
	}
	if dep := b.existingPeer(e); dep != nil {
		return dep, nil
	}
	var parent *Node
	if e.peer() {
		parent = vr
	}
	required := setOf(e.from)
	return b.nodeFromEdge(e, parent, nil, required)
}

func (b *builder) existingPeer(e *Edge) *Node {
	if b.before(11) || e.kind != PeerOptional || b.updateNames[e.name] || b.explicit.has(e) ||
		e.to != nil && b.vulnerable(e.to) {
		return nil
	}
	from := e.from.resolveParent()
	if from == nil {
		from = e.from
	}
	list := from.kids().values()
	for len(list) > 0 {
		n := list[0]
		list = list[1:]
		b.spend(1)
		if n.name == e.name && !n.inDepBundle() && n.satisfies(e) {
			return n
		}
		list = append(list, n.kids().values()...)
	}
	return nil
}

func (b *builder) byLocation(nodes []*Node) []*Node {
	sort.SliceStable(nodes, func(i, j int) bool { return b.coll.compare(nodes[i].location, nodes[j].location) < 0 })
	return nodes
}

// Bounds of a tree; real ones stay at a tenth of them. On some graphs npm
// itself never ends.
const (
	maxNodes   = 60_000
	maxNesting = 80
	maxNames   = 20_000 // asked for
	maxLevel   = 1_000  // of packages that are known only through one another
	maxVisits  = 150    // of one place
	maxRounds  = 20     // of one name in a set of peers being placed
	maxEdges   = 2_000  // of one package: each is tried beside all others
)

// ErrEndless is wrapped by the error of a tree that does not come to rest.
var ErrEndless = errors.New("the dependencies make a tree without end")

var errNoPath = errors.New("tree: no path given")
