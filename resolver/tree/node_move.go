package tree

import (
	"path"
	"strings"
)

// SetParent puts n into parent's node_modules, over whatever is there under
// its name; nil takes it out of its tree.
func (n *Node) SetParent(parent *Node) {
	if parent == nil {
		if n.parent != nil {
			n.setRoot(nil)
		}
		return
	}
	if parent.link {
		parent = parent.target
	}
	if n == parent || n.parent == parent {
		return
	}
	newPath := joinModules(parent.path, n.name)
	if n.parent != nil {
		n.parent.children.del(n.name)
		n.parent = nil
	}
	if n.fsParent != nil {
		n.fsParent.fsChildren.del(n)
		n.fsParent = nil
	}
	if newPath != n.path {
		n.changePath(newPath)
	}
	if n.env.before(11) && parent.overrides != nil {
		n.overrides = n.env.nodeRule(parent.overrides, n.name, n.version())
	}
	n.setRoot(parent.Root())
}

func (n *Node) setFsParent(p *Node) {
	if p == nil {
		if n.fsParent != nil {
			n.setRoot(nil)
		}
		return
	}
	if p.link {
		p = p.target
	}
	if n == p || p.realpath == n.realpath || n.fsParent == p {
		return
	}
	newPath := n.path
	if n.fsParent != nil {
		newPath = path.Join(p.path, relpath(n.fsParent.path, n.path))
	}
	if newPath == joinModules(p.path, n.name) {
		n.SetParent(p)
		return
	}
	oldParent, oldName := n.parent, n.name
	if n.parent != nil {
		n.parent.children.del(n.name)
		n.parent = nil
	}
	if n.fsParent != nil {
		n.fsParent.fsChildren.del(n)
		n.fsParent = nil
	}
	if newPath != n.path {
		n.changePath(newPath)
	}
	if oldParent != nil {
		oldParent.reloadNamed(oldName)
	}
	n.setRoot(p.Root())
}

// delist takes n out of its root's lists, before its path or root changes.
func (n *Node) delist() {
	r := n.Root()
	if r.realpath == "" || n.path == "" {
		return
	}
	r.inventory.del(n)
	r.tops.del(n)
}

// refresh gives n its location and lists it under its root.
func (n *Node) refresh() {
	r := n.Root()
	n.location = relpath(r.realpath, n.path)
	r.inventory.add(n)
}

func (n *Node) changePath(newPath string) {
	n.env.spend(5)
	n.delist()
	old := n.path
	n.path = newPath
	if name := moduleName(newPath); name != "" {
		n.name = name
	}
	if !n.link {
		n.realpath = newPath
		for l := range n.linksIn.all() {
			l.delist()
			l.realpath = newPath
			l.refresh()
		}
	}
	for c := range n.fsChildren.all() {
		c.changePath(path.Join(newPath, relpath(old, c.path)))
	}
	for name, c := range n.kids().all() {
		c.changePath(joinModules(newPath, name))
	}
	n.refresh()
}

// moduleName is the package name at the end of a node_modules path, "" where
// it is none.
func moduleName(p string) string {
	const nm = "node_modules/"
	i := strings.LastIndex(p, nm)
	if i < 0 || i > 0 && p[i-1] != '/' {
		return ""
	}
	name := p[i+len(nm):]
	slash := strings.Count(name, "/")
	if name == "" || slash > 1 || (slash == 1) != strings.HasPrefix(name, "@") {
		return ""
	}
	return name
}

// replace puts n where old is, with old's children.
func (n *Node) replace(old *Node) {
	n.delist()
	if old.parent != nil {
		if cur, ok := old.parent.children.get(n.name); ok && cur == old {
			n.path = joinModules(old.parent.path, n.name)
		} else {
			n.path, n.name = old.path, old.name
		}
	} else {
		n.path, n.name = old.path, old.name
	}
	if !n.link {
		n.realpath = n.path
	}
	n.refresh()
	if !n.link {
		for _, kid := range old.kids().all() {
			kid.SetParent(n)
		}
		if old.link && old.target != nil {
			old.target.setRoot(nil)
		}
	}
	if !old.isRoot() {
		n.setRoot(old.Root())
	}
}

// reloadNamed resolves anew what may now find another name at n or below.
func (n *Node) reloadNamed(name string) { n.reloadNamedFrom(name, n.location) }

func (n *Node) reloadNamedFrom(name, rootLoc string) {
	n.env.glance()
	if e, ok := n.edgesOut.get(name); ok {
		here := e.to != nil && e.to.location == rootLoc+"/node_modules/"+e.name
		if here || n.Resolve(name) != e.to {
			e.reload(true)
		}
	}
	for _, c := range n.kids().all() {
		c.reloadNamedFrom(name, rootLoc)
	}
	for c := range n.fsChildren.all() {
		c.reloadNamedFrom(name, rootLoc)
	}
}
