package tree

// inventory is every node under one root by its location, in the order of
// arrival, with the two indexes that the algorithm asks.
type inventory struct {
	order      set[*Node]
	byLocation map[string]*Node
	byName     map[string]*set[*Node]
	byRealpath map[string]*set[*Node]
}

func (v *inventory) at(location string) *Node {
	if v == nil {
		return nil
	}
	return v.byLocation[location]
}

func (v *inventory) has(n *Node) bool { return v.at(n.location) == n && n != nil }

func (v *inventory) add(n *Node) {
	if root := v.at(""); root != nil && n.Root() != root && n.Root() != root.Root() {
		return
	}
	if v.byLocation == nil {
		v.byLocation = map[string]*Node{}
		v.byName = map[string]*set[*Node]{}
		v.byRealpath = map[string]*set[*Node]{}
	}
	if cur := v.byLocation[n.location]; cur != nil {
		if cur == n {
			return
		}
		v.del(cur)
	}
	v.byLocation[n.location] = n
	v.order.add(n)
	indexAdd(v.byName, n.name, n)
	indexAdd(v.byRealpath, n.realpath, n)
}

func (v *inventory) del(n *Node) {
	if !v.has(n) {
		return
	}
	delete(v.byLocation, n.location)
	v.order.del(n)
	indexDel(v.byName, n.name, n)
	indexDel(v.byRealpath, n.realpath, n)
}

func indexAdd(index map[string]*set[*Node], key string, n *Node) {
	s := index[key]
	if s == nil {
		s = &set[*Node]{}
		index[key] = s
	}
	s.add(n)
}

func indexDel(index map[string]*set[*Node], key string, n *Node) {
	s := index[key]
	if s == nil {
		return
	}
	s.del(n)
	if s.len() == 0 {
		delete(index, key)
	}
}
