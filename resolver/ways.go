package resolver

import "gpq/resolver/tree"

// Bounds of what is told of how a package came in. A longer way loses names
// from its middle: a chain of dependencies costs its length, not the square.
const (
	maxWays    = 5
	maxWay     = 40
	keptBefore = 10
)

// ways finds the shortest ways from the project to each node, by the edges
// that hold.
type ways struct {
	root  *tree.Node
	level map[*tree.Node]int
	memo  map[*tree.Node][][]string
}

func newWays(t *tree.Tree) *ways {
	w := &ways{root: t.Root().Target(), level: map[*tree.Node]int{}, memo: map[*tree.Node][][]string{}}
	w.level[w.root] = 0
	queue := []*tree.Node{w.root}
	visit := func(n *tree.Node, level int) {
		if n == nil {
			return
		}
		if _, seen := w.level[n]; !seen {
			w.level[n] = level
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if n.IsLink() {
			visit(n.Target(), w.level[n])
			continue
		}
		for _, e := range n.EdgesOut() {
			if e.Valid() {
				visit(e.To(), w.level[n]+1)
			}
		}
	}
	return w
}

// to are the shortest ways to n, at most five; none where nothing leads there.
func (w *ways) to(n *tree.Node) [][]string {
	if got, ok := w.memo[n]; ok {
		return got
	}
	w.memo[n] = nil // a loop finds nothing
	level, reached := w.level[n]
	if !reached || n == w.root {
		return nil
	}
	var out [][]string
	for _, e := range n.EdgesIn() {
		f := e.From()
		if l, ok := w.level[f]; !ok || l != level-1 || !e.Valid() {
			continue
		}
		if f == w.root {
			out = append(out, []string{e.Name()})
			continue
		}
		for _, way := range w.to(f) {
			out = append(out, further(way, e.Name()))
		}
	}
	for _, l := range n.LinksIn() {
		if w.level[l] == level {
			out = append(out, w.to(l)...)
		}
	}
	out = shortest(out)
	w.memo[n] = out
	return out
}

// further is the way with one more name at its end.
func further(way []string, name string) []string {
	if len(way) < maxWay {
		return append(append([]string(nil), way...), name)
	}
	out := append([]string(nil), way[:keptBefore]...)
	out = append(out, "…")
	return append(append(out, way[keptBefore+2:]...), name)
}
