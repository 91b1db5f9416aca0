package tree

import "sort"

// queue has the nodes to look at: the shallowest first, then by path in the
// order of English text, as npm sorts them.
type queue struct {
	coll   *collator
	spend  func(int)
	items  []*Node
	member map[*Node]bool
	sorted bool
}

func (q *queue) push(n *Node) {
	if q.member[n] {
		return
	}
	if q.member == nil {
		q.member = map[*Node]bool{}
	}
	q.member[n] = true
	q.items = append(q.items, n)
	q.sorted = false
}

func (q *queue) pop() *Node {
	if !q.sorted {
		q.spend(len(q.items))
		q.sort()
	}
	n := q.items[0]
	q.items = q.items[1:]
	delete(q.member, n)
	return n
}

func (q *queue) sort() {
	depth := make(map[*Node]int, len(q.items))
	for _, n := range q.items {
		depth[n] = n.depth()
	}
	sort.SliceStable(q.items, func(i, j int) bool {
		a, b := q.items[i], q.items[j]
		if depth[a] != depth[b] {
			return depth[a] < depth[b]
		}
		return q.coll.compare(a.path, b.path) < 0
	})
	q.sorted = true
}
