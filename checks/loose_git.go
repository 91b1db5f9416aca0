package checks

import "strings"

// prepareEvents are what npm runs in a clone of a repository beside what it
// runs at install, with all that the package needs to be built.
var prepareEvents = []string{"prepublish", "preprepare", "prepare", "postprepare"} //nolint:gochecknoglobals // never changed

// isClone: a commit of a repository, of which package.json was read.
func (s *Subject) isClone() bool {
	_, _, ok := s.Repository()
	return ok && !s.Bundled && s.stands == nil
}

// cloneScripts are what npm runs for a commit only because it is one.
func (s *Subject) cloneScripts() (out []script) {
	t := s.Facts.Tarball
	if !s.isClone() || !t.OK() || t.Value.Package == nil {
		return nil
	}
	for _, event := range prepareEvents {
		if cmd, ok := t.Value.Package.Scripts.Get(event); ok && strings.TrimSpace(cmd) != "" {
			out = append(out, script{event: event, command: strings.TrimSpace(cmd)})
		}
	}
	return out
}
