package tree

import (
	"errors"
	"fmt"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
)

// auditReport is what npm audit makes of a registry's advisories: the packages
// of the tree that they are about, and those that depend on nothing else.
type auditReport struct {
	b       *builder
	answer  []Advisory
	filter  *set[*Node]
	reverse bool // take what follows from an advisory in the reverse order

	calculated map[string]*advisory
	order      []string // names of the vulnerable packages
	vulns      map[string]*vuln
	tops       *set[*vuln] // what no project gets away from without --force
	yes, no    *fix
}

func (r *auditReport) opts(pre bool) semver.Options {
	return semver.Options{Loose: pre, IncludePrerelease: pre, Before78: r.b.before(11)}
}

func (r *auditReport) in(version, rng string) bool {
	return r.b.deps.Semver.Satisfies(version, rng, r.opts(true))
}

// audit asks for advisories about what the lockfile has.
func (b *builder) audit() error {
	if !b.opt.Audit {
		return nil
	}
	if err := b.auditable(); err != nil {
		return err
	}
	filter := b.auditFilter()
	asked := map[string][]string{}
	for n := range b.tree.inventory.order.all() {
		if name := n.pkg.Name; name != "" && b.audited(n, filter) && !isIn(asked[name], n.version()) {
			asked[name] = append(asked[name], n.version())
		}
	}
	if len(asked) == 0 {
		return nil
	}
	answer, err := b.deps.Advisories(b.ctx, asked)
	if err != nil {
		return err
	}
	first, err := b.report(answer, filter, false)
	if err != nil {
		return err
	}
	other, err := b.report(answer, filter, true)
	if err != nil {
		return err
	}
	if first.text() != other.text() {
		return errors.New("audit: npm decides by which of its questions is answered first")
	}
	b.vulns = first
	avoid := map[string]string{}
	for name, v := range first.vulns {
		avoid[name] = v.rng()
	}
	b.ahead.avoidAll(avoid)
	return nil
}

// auditable is whether npm audits here at all, and gpq can.
func (b *builder) auditable() error {
	switch {
	case b.opt.Global:
		return &Failure{Code: "EAUDITGLOBAL", Message: "npm audit does not look at what is installed globally"}
	case b.opt.NoLock:
		return &Failure{Code: "EUSAGE", Message: "npm audit fix needs a package-lock"}
	case b.existing.File == "" || strings.Contains(b.existing.File, "/"):
		return &Failure{Code: "ENOLOCK", Message: "npm audit needs a lockfile"}
	case b.opt.NoWorkspaces && len(b.tree.Target().workspaces) > 0:
		return errors.New("audit: what npm leaves alone with --no-workspaces is not known")
	case b.deps.Advisories == nil:
		return errors.New("audit: no source of advisories")
	}
	return nil
}

func (a *ahead) avoidAll(avoid map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.avoid = avoid
}

// auditFilter are the nodes that --workspace leaves; nil for all.
func (b *builder) auditFilter() *set[*Node] {
	names := b.opt.Workspaces
	if b.opt.AllWorkspaces && len(names) == 0 {
		for _, w := range b.tree.Target().workspaces {
			names = append(names, w.name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	out := setOf(b.workspaceNodes(names)...)
	if b.opt.IncludeWorkspaceRoot {
		for _, e := range b.tree.Target().edgesOut.all() {
			if e.kind != Workspace && e.to != nil {
				out.add(e.to)
			}
		}
	}
	var loose []*Node
	for n := range out.all() {
		for _, e := range n.edgesOut.all() {
			if e.to != nil {
				out.add(e.to)
				out.add(e.to.Target())
			}
		}
		for _, c := range n.kids().all() {
			if c.extraneous {
				loose = append(loose, c)
			}
		}
	}
	for _, n := range loose {
		out.add(n)
	}
	if out.len() == 0 {
		return nil
	}
	return out
}

// audited is whether an audit asks about n.
func (b *builder) audited(n *Node, filter *set[*Node]) bool {
	if n.version() == "" || n.isRoot() || filter != nil && !filter.has(n) {
		return false
	}
	if !b.before(11) {
		return !n.link && n.linksIn.len() == 0 && !n.shouldOmit(b.opt.Omit)
	}
	omit := func(kind string) bool { return isIn(b.opt.Omit, kind) }
	return !(n.dev && omit("dev") || n.optional && omit("optional") ||
		n.devOptional && omit("dev") && omit("optional") || n.peer && omit("peer"))
}

func (b *builder) report(answer []Advisory, filter *set[*Node], reverse bool) (*auditReport, error) {
	r := &auditReport{b: b, answer: answer, filter: filter, reverse: reverse, calculated: map[string]*advisory{},
		vulns: map[string]*vuln{}, tops: &set[*vuln]{}, yes: &fix{}, no: &fix{}}
	todo := &set[*advisory]{}
	for _, a := range answer {
		b.ahead.document(a.Name, nil)
	}
	for _, a := range answer {
		rng := a.Range
		if rng == "" {
			rng = "*"
		}
		got, err := r.calculate(&advisory{r: r, name: a.Name, dependency: a.Name, id: a.ID, rng: rng}, a.ID)
		if err != nil {
			return nil, err
		}
		todo.add(got)
	}
	seen := map[string]bool{}
	for a := range todo.all() {
		if err := r.apply(a, seen, todo); err != nil {
			return nil, err
		}
	}
	if !b.before(11) {
		return r, r.linkVias()
	}
	return r, nil
}

// linkVias tells each package what it is vulnerable by.
func (r *auditReport) linkVias() error {
	for _, name := range r.order {
		v := r.vulns[name]
		for a := range v.advisories.all() {
			if !a.meta() {
				continue
			}
			if err := v.addVia(r.vulns[a.dependency]); err != nil {
				return err
			}
		}
	}
	return nil
}

// calculate works an advisory out, once for each source.
func (r *auditReport) calculate(a *advisory, source string) (*advisory, error) {
	key := a.name + ":" + source
	if got := r.calculated[key]; got != nil {
		return got, nil
	}
	if a.name == "" {
		return nil, fmt.Errorf("audit: something without a name depends on %s", a.dependency)
	}
	if len(r.calculated) >= maxNames {
		return nil, fmt.Errorf("%w: the audit's", ErrEndless)
	}
	d, _ := r.b.ahead.document(a.name, nil)
	select {
	case <-d.done:
	case <-r.b.ctx.Done():
		return nil, r.b.ctx.Err()
	}
	doc := d.p
	switch {
	case errors.Is(d.err, registry.ErrNotFound):
		doc = &registry.Packument{Name: a.name}
	case d.err != nil:
		return nil, &LoadError{Name: a.name, Err: d.err}
	case doc.Name != a.name:
		return nil, fmt.Errorf("audit: the packument of %s is one of %s", a.name, doc.Name)
	}
	if err := a.load(doc); err != nil {
		return nil, err
	}
	r.calculated[key] = a
	return a, nil
}
