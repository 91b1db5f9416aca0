package checks

import "gpq/resolver"

// Unchanged says that the item was there before and stays.
func (s *Subject) Unchanged() bool { return s.Change == resolver.Unchanged }

// artefactOf is another version of the same package, as the registry has it.
func (s *Subject) artefactOf(r *Release) resolver.Package {
	d := r.Manifest.Dist
	return resolver.Package{Name: s.Name, Version: r.Version, Registry: s.Registry,
		Tarball: d.Tarball, Integrity: resolver.Integrity(d.Integrity)}
}

// wantsBefore: this tarball has a bare binding.gyp, or scripts of packages that
// it brings along, and only the predecessor's own tarball tells whether it had
// them too.
func (s *Subject) wantsBefore() bool {
	if !s.Facts.Tarball.OK() || s.Predecessor() == nil {
		return false
	}
	if len(s.Facts.Tarball.Value.Within) > 0 {
		return true
	}
	_, bare := tarballScripts(s.Facts.Tarball.Value)
	return bare && len(installScripts(s.Predecessor().Manifest)) == 0
}
