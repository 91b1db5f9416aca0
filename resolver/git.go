package resolver

import (
	"context"
	"errors"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// Repositories reads git repositories before npm does; a Source that is one as
// well has them looked into.
type Repositories interface {
	// Refs is what git ls-remote says.
	Refs(ctx context.Context, address string) ([]byte, error)
	// Commit is what a commit holds; ref is a name for it, or "".
	Commit(ctx context.Context, address, commit, ref string) (*registry.Contents, error)
}

// repository is the package.json of the commit that npm would clone.
func (o opener) repository(ctx context.Context, s *spec.Spec) (*tree.Pkg, error) {
	from, ok := o.from.(Repositories)
	if !ok || s.Repo == nil {
		return nil, errRepository
	}
	return o.memo.get("git:"+gitAddress(s)+"#"+s.Repo.Committish+s.Repo.Range+s.Repo.Subdir+s.RawSpec, func() (*tree.Pkg, error) {
		commit, ref, err := commitOf(ctx, from, s)
		if err != nil {
			return nil, err
		}
		c, err := from.Commit(ctx, gitAddress(s), commit, ref)
		return looseManifest(&registry.Loose{Contents: c}, gitResolved(s, commit), err)
	})
}

// gitAddress is where npm looks for a repository first.
func gitAddress(s *spec.Spec) string {
	if h := s.Repo.Host; h != nil {
		return strings.TrimPrefix(h.HTTPS(false), "git+")
	}
	return s.Where
}

// gitResolved is what npm writes into its lockfile for a commit.
func gitResolved(s *spec.Spec, commit string) string {
	h := s.Repo.Host
	switch {
	case h == nil:
		base, _, _ := strings.Cut(s.RawSpec, "#")
		return base + "#" + commit
	case h.Auth != "":
		return h.HTTPS(false) + "#" + commit
	}
	return h.SSHURL(false) + "#" + commit
}

// commitOf is the commit that a spec stands for now, and the name by which the
// repository has it. What only a clone would tell is left to npm.
func commitOf(ctx context.Context, from Repositories, s *spec.Spec) (commit, ref string, err error) {
	want := s.Repo.Committish
	switch {
	case s.Repo.Range != "":
		return "", "", errors.New("asked for by a range of tags: npm picks one as it clones")
	case s.Repo.Subdir != "":
		return "", "", errors.New("a folder of a repository: npm looks into it as it clones")
	case isCommit(want):
		return want, "", nil
	case want == "":
		want = "HEAD"
	}
	out, err := from.Refs(ctx, gitAddress(s))
	if err != nil {
		return "", "", err
	}
	commit, ref = findRef(string(out), want)
	if !isCommit(commit) {
		return "", "", errors.New("no branch and no tag is called that: npm looks further as it clones")
	}
	return commit, ref, nil
}

func isCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// findRef looks a name up in what ls-remote says. Of a branch, a tag and a pull
// request of one name the last counts, as with npm; of a tag what it points to.
func findRef(text, want string) (commit, ref string) {
	peeled := map[string]string{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		if name, ok := strings.CutSuffix(f[1], "^{}"); ok {
			peeled[name] = f[0]
		} else if f[1] == want || shortRef(f[1]) == want {
			commit, ref = f[0], f[1]
		}
	}
	if to := peeled[ref]; to != "" {
		commit = to
	}
	return commit, ref
}

func shortRef(ref string) string {
	for _, kind := range []string{"refs/tags/", "refs/heads/"} {
		if name, ok := strings.CutPrefix(ref, kind); ok {
			return name
		}
	}
	if strings.HasPrefix(ref, "refs/pull/") {
		return strings.TrimSuffix(strings.TrimPrefix(ref, "refs/"), "/head")
	}
	return ref
}

// Repository says which commit of which repository a package is; false where it
// is from none.
func (p Package) Repository() (address, commit string, ok bool) {
	if p.Registry != "" || !strings.HasPrefix(p.Tarball, "git") {
		return "", "", false
	}
	s := spec.Parse(p.Tarball, spec.Place{})
	if s.Kind != spec.Git || s.Repo == nil || !isCommit(s.Repo.Committish) {
		return "", "", false
	}
	return gitAddress(&s), s.Repo.Committish, true
}

// SameCommit makes sure that what an item was asked for by still stands for the
// commit that was looked into.
func SameCommit(ctx context.Context, from Repositories, it *Item) error {
	_, commit, ok := it.Repository()
	if !ok {
		return nil
	}
	for i := range it.Specs {
		s := &it.Specs[i]
		if s.Kind != spec.Git || s.Repo == nil || isCommit(s.Repo.Committish) {
			continue
		}
		now, _, err := commitOf(ctx, from, s)
		if err != nil {
			return err
		}
		if now != commit {
			return errors.New("the repository has moved on from the commit that was checked, to " + now)
		}
	}
	return nil
}

func isRepository(p Package) bool {
	_, _, ok := p.Repository()
	return ok
}

// commits looks into the commits that the tree names; those that it was built
// with are known already.
func (r *Resolver) commits(ctx context.Context, t *tree.Tree) map[string]error {
	out := map[string]error{}
	o, _ := r.Contents().(opener)
	from, _ := o.from.(Repositories)
	for _, n := range t.Nodes() {
		p := Package{Tarball: n.Resolved()}
		address, commit, ok := p.Repository()
		if _, seen := out[p.Tarball]; seen || !ok {
			continue
		}
		out[p.Tarball] = errRepository
		if from != nil {
			_, out[p.Tarball] = from.Commit(ctx, address, commit, "")
		}
	}
	return out
}
