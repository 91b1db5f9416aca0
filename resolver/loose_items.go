package resolver

import (
	"path/filepath"
	"strings"

	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// stranger is whether no registry answers for a node: by where it is from, or
// because it is asked for by just that address.
func (p *planner) stranger(n *tree.Node) bool {
	if n.Bundled() {
		return false
	}
	if !fromRegistry(n.Resolved()) {
		return true
	}
	for _, e := range n.EdgesIn() {
		s := p.specOf(e)
		if s.Kind == spec.Remote && s.Where == n.Resolved() && e.Valid() {
			return true
		}
	}
	return false
}

// strange lists a tarball that is in no registry as the artefact that it is,
// pinned by its digest. What has none, or is no tarball, stays unknown.
func (p *planner) strange(n *tree.Node) (Package, bool) {
	from := n.Resolved()
	if p.ownFolder(from) {
		return Package{}, false
	}
	local := strings.HasPrefix(from, "file:")
	if pkg := p.loosePackage(n); isRepository(pkg) {
		if err := p.commits[from]; err != nil {
			p.exotic(n, "from "+from+": "+err.Error())
			return Package{}, false
		}
		return pkg, true
	}
	if n.Integrity() == "" || !local && !fromRegistry(from) {
		p.exotic(n, "from "+from)
		return Package{}, false
	}
	return p.loosePackage(n), true
}

// loosePackage is the artefact behind a node that no registry answers for.
func (p *planner) loosePackage(n *tree.Node) Package {
	pkg := Package{Name: trueName(n), Version: n.Version(), Tarball: n.Resolved(), Integrity: Integrity(n.Integrity())}
	if isRepository(pkg) {
		pkg.Integrity = "" // npm holds a repository to none
	}
	if file, local := strings.CutPrefix(pkg.Tarball, "file:"); local && !p.q.Global {
		pkg.Tarball = "file:" + fromRoot(p.o.Path, file)
	}
	return pkg
}

// fromRoot is a path as npm's lockfile has it: from the project's folder, with
// slashes.
func fromRoot(root, file string) string {
	if root == "/" {
		return file
	}
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// LocalFile is where on this machine a package's tarball lies, for a plan of
// that request; false where it is not from a file.
func (q Request) LocalFile(p Package) (string, bool) {
	file, ok := strings.CutPrefix(p.Tarball, "file:")
	if !ok || p.Registry != "" || file == "" {
		return "", false
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(q.Dir, filepath.FromSlash(file))
	}
	return file, true
}
