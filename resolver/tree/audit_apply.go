package tree

import (
	"fmt"
	"sort"
	"strings"
)

// apply finds the nodes that an advisory is about; todo gets what follows from
// that for their dependents.
func (r *auditReport) apply(a *advisory, seen map[string]bool, todo *set[*advisory]) error {
	v := r.vulns[a.name]
	if v == nil {
		v = &vuln{r: r, name: a.name, doc: a.doc, versions: a.versions, fix: r.yes,
			advisories: &set[*advisory]{}, nodes: &set[*Node]{}, tops: &set[*Node]{}, via: &set[*vuln]{}}
		r.vulns[a.name], r.order = v, append(r.order, a.name)
	}
	v.advisories.add(a)
	v.simple = ""
	if key := a.name + "@" + a.rng; !seen[key] {
		if err := r.search(a, v, todo); err != nil {
			return err
		}
		seen[key] = true
	}
	if v.nodes.len() == 0 {
		delete(r.vulns, a.name)
		r.order = without(r.order, a.name)
		return nil
	}
	for o := range v.advisories.all() {
		relevant := false
		for n := range v.nodes.all() {
			bad, err := o.test(n.version(), "", false)
			if err != nil {
				return err
			}
			relevant = relevant || bad
		}
		if !relevant {
			v.drop(o)
		}
	}
	return nil
}

func without(list []string, s string) []string {
	var out []string
	for _, e := range list {
		if e != s {
			out = append(out, e)
		}
	}
	return out
}

// search goes through the tree for the versions that a is about.
func (r *auditReport) search(a *advisory, v *vuln, todo *set[*advisory]) error {
	var follow []*advisory
	for n := range r.b.tree.inventory.order.all() {
		if n.pkg.Name != a.name || !r.b.audited(n, r.filter) {
			continue
		}
		bad, err := a.test(n.version(), "", false)
		if err != nil {
			return err
		}
		if !bad || v.nodes.has(n) {
			continue
		}
		v.nodes.add(n)
		if a.meta() && r.b.before(11) {
			if err := v.addVia(r.vulns[a.dependency]); err != nil {
				return err
			}
		}
		more, err := r.dependents(a, v, n)
		if err != nil {
			return err
		}
		follow = append(follow, more...)
	}
	for i := range follow {
		if r.reverse {
			i = len(follow) - 1 - i
		}
		todo.add(follow[i])
	}
	return nil
}

// dependents are the advisories about those that need n; a project among them
// either gets away from it or not.
func (r *auditReport) dependents(a *advisory, v *vuln, n *Node) (follow []*advisory, err error) {
	for e := range n.edgesIn.all() {
		r.b.ahead.document(e.from.pkg.Name, nil)
	}
	for e := range n.edgesIn.all() {
		from, asked := e.from, r.b.edgeSpec(e)
		if from.isTop() && !v.tops.has(from) {
			f, err := v.fixFor(asked)
			if err != nil {
				return nil, err
			}
			v.setFix(f)
			if f != r.yes {
				r.tops.add(v)
				v.tops.add(from)
			}
			continue
		}
		m := &advisory{r: r, name: from.pkg.Name, dependency: a.name, source: a, id: metaID(from.pkg.Name, a.id), rng: "*"}
		if m, err = r.calculate(m, a.id); err != nil {
			return nil, err
		}
		bad, err := m.test(from.version(), asked, true)
		if err != nil {
			return nil, err
		}
		if bad {
			follow = append(follow, m)
		}
	}
	return follow, nil
}

// text is all of a report that a tree depends on.
func (r *auditReport) text() string {
	names := append([]string(nil), r.order...)
	sort.Strings(names)
	var s strings.Builder
	for _, name := range names {
		v := r.vulns[name]
		var ranges, at []string
		for a := range v.advisories.all() {
			ranges = append(ranges, a.rng)
		}
		for n := range v.nodes.all() {
			at = append(at, n.location)
		}
		sort.Strings(ranges)
		sort.Strings(at)
		fmt.Fprintf(&s, "%q %q %q\n", name, ranges, at)
	}
	for v := range r.tops.all() {
		for n := range v.tops.all() {
			fmt.Fprintf(&s, "%q %q %v %v %+v\n", v.name, n.location, v.fix == r.yes, v.fix == r.no, *v.fix)
		}
	}
	return s.String()
}

// vulnerable is whether n is a version that an audit fix wants away.
func (b *builder) vulnerable(n *Node) bool {
	if b.vulns == nil || n.pkg.Name == "" {
		return false
	}
	v := b.vulns.vulns[n.pkg.Name]
	if v == nil {
		return false
	}
	bad, err := v.holds(n)
	if err != nil {
		panic(stop{err})
	}
	return bad
}

// queueVulnerable queues whoever depends on what is vulnerable, and with --force
// has the projects ask for another version.
func (b *builder) queueVulnerable() error {
	if b.vulns == nil {
		return nil
	}
	for _, name := range b.vulns.order {
		for n := range b.vulns.vulns[name].nodes.all() {
			if n.bundler() != nil {
				continue
			}
			for e := range n.edgesIn.all() {
				b.queue.push(e.from)
			}
		}
	}
	if !b.opt.Force {
		return nil
	}
	touched := &set[*Node]{}
	for v := range b.vulns.tops.all() {
		if err := b.forceAway(v, touched); err != nil {
			return err
		}
	}
	for n := range touched.all() {
		n.setPkg(n.pkg)
	}
	return nil
}

// forceAway has the projects that cannot get away from v ask for what can.
func (b *builder) forceAway(v *vuln, touched *set[*Node]) error {
	if len(v.versions) > 0 && v.simple == "" {
		v.simple = b.vulns.simplified(v.versions, v.rng())
		b.ahead.avoid[v.name] = v.simple
	}
	for n := range v.tops.all() {
		if !n.isProjectRoot() && !n.isWorkspace() || v.fix == b.vulns.no {
			continue
		}
		if v.fix == b.vulns.yes {
			return fmt.Errorf("audit: %s: npm contradicts itself on what to do about it", v.name)
		}
		if err := b.addSpecs(n, []string{v.fix.name + "@" + v.fix.version}, "", false); err != nil {
			return err
		}
		touched.add(n)
	}
	return nil
}
