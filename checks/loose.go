package checks

import (
	"gpq/resolver"
)

// isLoose: a tarball of no registry, pinned by its digest, or a commit: nothing
// is known of it but its own files.
func (s *Subject) isLoose() bool {
	return s.isClone() || s.Registry == "" && !s.Bundled && s.stands == nil && s.Tarball != "" && s.Integrity != ""
}

// looseScripts is install-scripts for such a tarball: there is no release before
// to compare it with.
func (s *Subject) looseScripts() Finding {
	if why := s.tarballMissing(); why != nil {
		return Finding{Message: "the tarball could not be read for install scripts: " + why.Error(), Err: why}
	}
	if reason, on := withheld(s.Facts.Tarball.Err); on {
		f, _ := skippedf("%s", reason)
		return f
	}
	now, _ := s.scriptsNow()
	now = append(now, s.cloneScripts()...)
	ev := scriptEvidence(now)
	for i := range ev {
		ev[i].Source = "tarball"
	}
	switch {
	case len(now) == 0:
		f, _ := clearf("nothing runs at install")
		return f
	case s.Change == resolver.Unchanged:
		return flag(Note, "runs %s at install, as it did before", scriptText(now)).with(ev...)
	}
	return flag(Warning, "runs %s at install, and is from no registry: there is no release before to compare it with", scriptText(now)).
		with(ev...)
}

// looseManifest is manifest-mismatch for such a tarball: it is its own word for
// everything, provided that it can be read.
func (s *Subject) looseManifest() (Finding, error) {
	if f, err, stop := s.noPackage(); stop {
		return f, err
	}
	if p := s.Facts.Tarball.Value.Package; p.Name != s.Name && p.Name != "" || p.Version != s.Version {
		return flag(Danger, "the tarball is %s@%s by its own package.json", p.Name, p.Version).
			with(inTarball("name", p.Name), inTarball("version", p.Version)), nil
	}
	if f, bad := s.laidOtherwise(); bad {
		return f, nil
	}
	return clearf("the tarball says what is installed; no registry says anything of it")
}
