package tree

import (
	"path"
	"strings"

	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

var looseOptions = semver.Loose()

// consistent writes a place in npm's one way: paths absolute, hosted
// repositories by their SSH address.
func (b *builder) consistent(resolved, from string) string {
	if resolved == "" || strings.HasPrefix(resolved, "http") {
		return resolved
	}
	s := b.specs.parseAt(resolved, from)
	switch s.Kind {
	case spec.File, spec.Directory:
		return "file:" + path.Clean(s.Where)
	case spec.Git:
		if h := s.Repo.Host; h != nil {
			if h.Auth != "" || !b.before(12) && h.Default == "https" {
				return "git+" + strings.TrimPrefix(h.HTTPS(true), "git+")
			}
			return "git+" + strings.TrimPrefix(h.SSHURL(true), "git+")
		}
		if s.SaveSpec != "" {
			return s.SaveSpec
		}
	default:
	}
	return resolved
}
