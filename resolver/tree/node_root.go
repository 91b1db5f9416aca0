package tree

import (
	"path"
	"strings"
)

func (n *Node) setRoot(root *Node) {
	n.env.spend(50)
	for root != nil && root.Root() != root {
		root = root.Root()
	}
	if root == nil {
		root = n
	}
	n.delist()
	if n.path == "" || root.realpath == "" || root.path == "" {
		n.root = root
		return
	}
	n.root = n
	for l := range n.linksIn.all() {
		l.target = nil
		n.linksIn.del(l)
	}
	target := n.unlink()
	n.leaveOther(root)
	if root == n {
		n.refresh()
	} else {
		n.enter(root)
	}
	n.reloadAcross(root)
	n.bringFamily(root)
	if n.env.before(11) && n.overrides == nil && n.parent != nil && n.parent.overrides != nil {
		n.overrides = n.env.nodeRule(n.parent.overrides, n.name, n.version())
	}
	if n.link && target != nil && n.target == nil && root != n {
		target.setRoot(root)
	}
}

// unlink breaks a link's hold on its target for the time of a move.
func (n *Node) unlink() *Node {
	if !n.link {
		return n
	}
	t := n.target
	if t != nil {
		t.linksIn.del(n)
		if t.Root() == n {
			t.delist()
		}
	}
	n.target = nil
	return t
}

func (n *Node) leaveOther(root *Node) {
	if n.parent != nil && n.parent.Root() != root {
		n.parent.children.del(n.name)
		n.parent = nil
	}
	if n.fsParent != nil && n.fsParent.Root() != root {
		n.fsParent.fsChildren.del(n)
		n.fsParent = nil
	}
}

func (n *Node) enter(root *Node) {
	loc := relpath(root.realpath, n.path)
	if cur := root.inventory.at(loc); cur != nil {
		cur.setRoot(nil)
	}
	n.root = root
	n.refresh()
	n.findParent(root)
	if n.parent == nil {
		root.tops.add(n)
	} else {
		root.tops.del(n)
	}
	n.adopt(root)
	n.joinLinks(root)
}

// findParent looks up the path for the node that holds this one.
func (n *Node) findParent(root *Node) {
	for p := parentDir(n.path); p != ""; p = parentDir(p) {
		ploc := relpath(root.realpath, p)
		parent := root.inventory.at(ploc)
		if parent == nil || parent.link {
			continue
		}
		want := "node_modules/" + n.name
		if ploc != "" {
			want = ploc + "/" + want
		}
		if n.location == want {
			n.becomeChild(parent)
			return
		}
		if n.fsParent != nil {
			n.fsParent.fsChildren.del(n)
		}
		parent.fsChildren.add(n)
		n.fsParent = parent
		return
	}
}

func (n *Node) becomeChild(parent *Node) {
	if old, ok := parent.children.get(n.name); ok && old != n {
		old.setRoot(nil)
	}
	if n.parent != nil {
		n.parent.children.del(n.name)
		n.parent.reloadNamed(n.name)
	}
	parent.children.set(n.name, n)
	n.parent = parent
	if !n.link {
		parent.reloadNamed(n.name)
	}
}

// adopt takes in the tops that belong below n: its place was empty before.
func (n *Node) adopt(root *Node) {
	nm := "node_modules/"
	if n.location != "" {
		nm = n.location + "/node_modules/"
	}
	for c := range root.tops.all() {
		n.env.spend(1)
		isChild := c.location == nm+c.name
		isFs := c != n && c.parent == nil && strings.HasPrefix(path.Dir(c.path), n.path) &&
			(c.fsParent == nil || c.fsParent == n || strings.HasPrefix(path.Dir(n.path), c.fsParent.path))
		if !isChild && !isFs {
			continue
		}
		if n.link {
			c.setRoot(nil)
			continue
		}
		if c.fsParent != nil {
			c.fsParent.fsChildren.del(c)
		}
		c.fsParent = nil
		if isChild {
			n.children.set(c.name, c)
			c.parent = n
			root.tops.del(c)
		} else {
			n.fsChildren.add(c)
			c.fsParent = n
		}
	}
}

// joinLinks connects links and targets that meet at the same real path.
func (n *Node) joinLinks(root *Node) {
	for o := range root.inventory.byRealpath[n.realpath].all() {
		if o == n {
			continue
		}
		if n.link {
			t := o.Target()
			if t == nil {
				panic(stop{errInternal}) // another link, on the move: npm stumbles over it
			}
			n.target, n.pkg = t, t.pkg
			t.linksIn.add(n)
			if n.parent != nil {
				n.parent.reloadNamed(n.name)
			}
			return
		}
		if o.link {
			o.target = n
			o.pkg = n.pkg
			n.linksIn.add(o)
			if o.parent != nil {
				o.parent.reloadNamed(o.name)
			}
		}
	}
}

// reloadAcross resolves anew every edge that crosses into another tree.
func (n *Node) reloadAcross(root *Node) {
	for e := range n.edgesIn.all() {
		if e.from.Root() != root {
			e.reload(false)
		}
	}
	for _, e := range n.edgesOut.all() {
		if e.to == nil || e.to.Root() != root {
			e.reload(false)
		}
	}
}

func (n *Node) bringFamily(root *Node) {
	family := n.fsChildren.slice()
	family = append(family, n.kids().values()...)
	family = append(family, n.inventory.order.slice()...)
	for _, c := range family {
		if c == n || c.Root() == root {
			continue
		}
		c.delist()
		c.parent = nil
		n.children.del(c.name)
		c.fsParent = nil
		n.fsChildren.del(c)
		for l := range c.linksIn.all() {
			l.target = nil
			c.linksIn.del(l)
		}
	}
	for _, c := range family {
		if c != n && c.Root() != root {
			c.setRoot(root)
		}
	}
}
