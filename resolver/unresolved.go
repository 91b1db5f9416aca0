package resolver

import (
	"errors"
	"path/filepath"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// link reports a link that leads out of the project: what is there is no
// package of a registry. Links within it are the project's own.
func (p *planner) link(n *tree.Node) {
	root := p.home()
	if real := n.Realpath(); real == root || strings.HasPrefix(real, root+"/") || n.IsProject() {
		return
	}
	p.exotic(n, "folder outside the project: "+n.Realpath())
}

// home is the project's folder, also where the tree is another one.
func (p *planner) home() string {
	if at := p.q.Exec.Local; at != "" {
		return filepath.Clean(at)
	}
	return filepath.Clean(p.o.Path)
}

// ownFolder is whether a package was copied from a folder within the project
// (--install-links): the project's own, as a link to it is.
func (p *planner) ownFolder(resolved string) bool {
	dir, ok := strings.CutPrefix(resolved, "file:")
	if !ok || strings.HasSuffix(dir, ".tgz") || strings.HasSuffix(dir, ".tar.gz") || strings.HasSuffix(dir, ".tar") {
		return false
	}
	root := p.home()
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Clean(p.o.Path), dir)
	}
	return root != "/" && strings.HasPrefix(filepath.Clean(dir), root+"/")
}

// exotic reports a node that no registry answers for.
func (p *planner) exotic(n *tree.Node, reason string) {
	u := Unresolved{Spec: n.Resolved(), Name: n.Name(), Reason: reason}
	for _, e := range n.EdgesIn() {
		u.Spec = e.Spec()
		p.from(&u, e)
		break
	}
	if w := p.ways.to(n); len(w) > 0 {
		u.Via = w[0]
	}
	p.plan.Unresolved = append(p.plan.Unresolved, u)
}

// from says who asks.
func (p *planner) from(u *Unresolved, e *tree.Edge) {
	f := e.From()
	if f == nil {
		return
	}
	if f.IsProject() {
		u.Direct = true
		return
	}
	u.By = p.packageOf(f)
	if p.stranger(f) {
		u.By = p.loosePackage(f)
	}
}

func (p *planner) unresolved() {
	for _, f := range p.t.Unknown {
		p.edge(f, f.Err.Error())
	}
	for _, f := range p.t.Failed {
		if f.Edge != nil && !gone(f.Err) && !p.kept(f) {
			p.edge(f, f.Err.Error())
		}
	}
	for _, f := range p.old.Faults {
		p.plan.Unresolved = append(p.plan.Unresolved, Unresolved{Spec: f.Name + "@" + f.Version, Name: f.Name, Via: []string{f.Location},
			Reason: "the lockfile's entry is not to be used: " + f.Why, Direct: true})
	}
	for _, f := range p.old.Runs {
		p.plan.Unresolved = append(p.plan.Unresolved, saysWhatToRun(f, p.old.File))
	}
	for _, f := range p.t.Notes {
		u := Unresolved{Spec: f.Spec, Reason: f.Err.Error()}
		if f.Node != nil {
			u.Spec, u.Name, u.By = f.Node.Name()+"@"+f.Node.Version(), f.Node.Name(), p.packageOf(f.Node)
			if w := p.ways.to(f.Node); len(w) > 0 {
				u.Via = w[0]
			}
		} else {
			u.Direct = true
		}
		p.plan.Unresolved = append(p.plan.Unresolved, u)
	}
}

// kept is whether the dependency that failed once was met after all.
func (p *planner) kept(f tree.Failed) bool {
	to := f.Edge.To()
	return to != nil && to.Err() == nil
}

// gone is whether a package is known not to be there: npm goes on without it
// where it is optional, and so do we.
func gone(err error) bool {
	var f *tree.Failure
	return errors.As(err, &f) || errors.Is(err, registry.ErrNotFound)
}

func (p *planner) edge(f tree.Failed, reason string) {
	u := Unresolved{Spec: f.Spec, Name: f.Edge.Name(), Reason: reason}
	p.from(&u, f.Edge)
	if from := f.Edge.From(); from != nil {
		if w := p.ways.to(from); len(w) > 0 {
			u.Via = append(append(u.Via, w[0]...), f.Edge.Name())
		}
	}
	if len(u.Via) == 0 {
		u.Via = []string{f.Edge.Name()}
	}
	for _, old := range p.plan.Unresolved {
		if old.Spec == u.Spec && old.Name == u.Name && old.By == u.By {
			return
		}
	}
	p.plan.Unresolved = append(p.plan.Unresolved, u)
}

func notesOf(t *tree.Tree) []string {
	var out []string
	for _, f := range t.Notes {
		if f.Node == nil {
			out = append(out, f.Spec+": "+f.Err.Error())
		}
	}
	return out
}
