package tree

import (
	"path"
	"strings"

	"gpq/resolver/spec"
)

// depValid is whether n does for what is asked of e's name at e.from, by
// requested or by what the package accepts instead.
func (v *env) depValid(n *Node, requested string, e *Edge) bool {
	return v.specValid(n, requested, e) || e.hasAccept && v.specValid(n, e.accept, e)
}

func (v *env) specValid(n *Node, requested string, e *Edge) bool {
	if requested == "" {
		requested = "*"
	}
	s := v.specs.resolve(n.name, requested, v.fromPath(e))
	return v.kindValid(n, s, e)
}

func (v *env) kindValid(n *Node, s *spec.Spec, e *Edge) bool {
	switch s.Kind {
	case spec.Version, spec.Range:
		return s.Kind == spec.Range && fetchRange(s) == "*" || v.ranges.loose(n.version(), s.Range)
	case spec.Alias:
		return s.Sub != nil && v.kindValid(n, s.Sub, e)
	case spec.Tag:
		r := n.resolvedNow()
		return r != "" && v.isRemote(r)
	case spec.Directory:
		if e.from.env.opt.InstallLinks && !n.isWorkspace() {
			return !n.link
		}
		return n.link && n.realpath == path.Clean(s.Where)
	default:
	}
	if n.Unknown() {
		return n.resolved == outsidePlace(s)
	}
	switch s.Kind {
	case spec.File:
		return !n.link && strings.ReplaceAll(n.resolved, "\\", "/") == "file:"+s.Where
	case spec.Remote:
		return n.resolvedNow() == s.Where
	case spec.Git:
		return v.gitValid(n, s)
	default:
	}
	if e.from != nil {
		e.from.errors++
	}
	return false
}

func (v *env) isRemote(resolved string) bool {
	return strings.HasPrefix(resolved, "http://") || strings.HasPrefix(resolved, "https://")
}

// fromPath is where e's file specs start: at the package's own place, or at
// the project's where the project's overrides speak.
func (v *env) fromPath(e *Edge) string {
	n := e.from
	if o := e.overrides; o != nil && o.name == e.name && o.value != "" {
		if n.source != nil {
			return n.source.Root().realpath
		}
		return n.Root().realpath
	}
	if r := n.resolvedNow(); strings.HasPrefix(r, "file:") && !n.link && strings.HasSuffix(r, "gz") {
		return path.Dir(r[5:])
	}
	return n.realpath
}

// gitValid is whether n came from the repository asked for, at the commit or
// within the range asked for.
func (v *env) gitValid(n *Node, s *spec.Spec) bool {
	have := v.parse(n.resolvedNow())
	if have.Kind != spec.Git || have.Repo == nil || s.Repo == nil {
		return false
	}
	commit := s.Repo.Committish
	if !sameRepo(have, s) || isCommit(commit) && have.Repo.Committish != commit {
		return false
	}
	if s.Repo.Range != "" {
		return v.ranges.loose(n.pkg.Version, s.Repo.Range)
	}
	return true
}

func sameRepo(a, b *spec.Spec) bool {
	x, y := a.Repo.Host, b.Repo.Host
	if x == nil {
		return a.Where == b.Where
	}
	return y != nil && x.Type == y.Type && x.User == y.User && x.Project == y.Project
}

func isCommit(s string) bool {
	if len(s) < 40 || len(s) > 64 {
		return false
	}
	return strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}
