package tree

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"gpq/resolver/spec"
)

// OutsideError is a dependency that no packument tells of, and that could not
// be looked into.
type OutsideError struct {
	Spec string
	Kind spec.Kind
	Err  error
}

func (e *OutsideError) Error() string {
	what := map[spec.Kind]string{spec.Git: "git dependency", spec.Remote: "tarball by URL", spec.File: "tarball file"}[e.Kind]
	if what == "" {
		what = "not a registry package"
	}
	if e.Err != nil {
		return fmt.Sprintf("%s (%s): %v", what, e.Spec, e.Err)
	}
	return fmt.Sprintf("%s (%s): its contents are not known before it is fetched", what, e.Spec)
}

// Unwrap gives what was behind it.
func (e *OutsideError) Unwrap() error { return e.Err }

// outside gives a stand-in for a git, URL or file dependency where its
// manifest cannot be had: it satisfies what asks for it, and the tree says
// that it, and all it would bring, is unknown.
func (b *builder) outside(s *spec.Spec, e *Edge) (*Pkg, error) {
	if s.Kind == spec.File { // npm asks ahead from where the package itself is from
		s = b.specs.resolve(e.name, e.Spec(), b.fromPath(e))
	}
	if b.deps.Contents != nil {
		p, err := b.deps.Contents.Manifest(b.ctx, s)
		if err == nil {
			return p, nil
		}
		if ctxErr := b.ctx.Err(); ctxErr != nil {
			return nil, ctxErr
		}
		b.result.unknown(e, &OutsideError{Spec: e.Spec(), Kind: s.Kind, Err: err})
	} else {
		b.result.unknown(e, &OutsideError{Spec: e.Spec(), Kind: s.Kind})
	}
	return &Pkg{Name: e.name, Resolved: outsidePlace(s)}, nil
}

// outsidePlace is where a stand-in is from; a repository given by shorthand has
// no address but its shorthand.
func outsidePlace(s *spec.Spec) string {
	if s.Where == "" {
		return outsideMark + s.RawSpec
	}
	return outsideMark + s.Where
}

// staysOutside is whether a spec of the command line is one that only fetching
// would tell of: it goes into the tree as something unknown.
func (b *builder) staysOutside(s *spec.Spec, err error) bool {
	var f *Failure
	if err == nil || errors.As(err, &f) || b.ctx.Err() != nil {
		return false
	}
	return s.Kind == spec.Git || s.Kind == spec.Remote || s.Kind == spec.File
}

// outsideName is what such a thing may be called, as its address has it.
func outsideName(s *spec.Spec) string {
	raw, _, _ := strings.Cut(s.Raw, "#")
	raw, _, _ = strings.Cut(raw, "?")
	name := strings.TrimSuffix(path.Base(raw), ".git")
	if _, after, ok := strings.Cut(name, ":"); ok {
		name = after
	}
	if name == "" || name == "." || name == "/" {
		return "unknown"
	}
	return name
}

// outsideMark begins the place of a package that stands in for an unknown one.
const outsideMark = "unknown:"

// checkAllow is npm's gate for kinds of dependency.
func (b *builder) checkAllow(s *spec.Spec, e *Edge) error {
	var allow, kind string
	o := b.opt
	switch s.Kind {
	case spec.Git:
		allow, kind = o.AllowGit, "git"
	case spec.Remote:
		allow, kind = o.AllowRemote, "remote"
	case spec.File:
		allow, kind = o.AllowFile, "file"
	case spec.Directory:
		allow, kind = o.AllowDirectory, "directory"
	default:
		return nil
	}
	if b.before(11) {
		return nil
	}
	if allow == "" && !b.before(12) && (kind == "git" || kind == "remote") {
		allow = "none"
	}
	if allow == "" || allow == "all" || allow == "root" && (e.from.isProjectRoot() || e.from.isWorkspace()) {
		return nil
	}
	return &Failure{Code: "EALLOW" + map[string]string{"git": "GIT", "remote": "REMOTE", "file": "FILE", "directory": "DIRECTORY"}[kind],
		Message: fmt.Sprintf("fetching packages of type %q is disabled: %s", kind, e.name+"@"+e.Spec())}
}

// fatal is what npm stops with where n could not be loaded and is needed. What
// could not be looked up, as against what is known not to be there, is an
// error and no failure of npm's.
func (b *builder) fatal(n *Node) error { return b.failureOf(n.err) }

func (b *builder) failureOf(err error) error {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return err
}
