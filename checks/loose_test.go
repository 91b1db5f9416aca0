package checks

import (
	"context"
	"errors"
	"testing"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// TestLooseManifest: what a tarball of no registry says of itself.
func TestLooseManifest(t *testing.T) {
	says := func(name, version string) Answer[*TarballFacts] {
		return Answered(&TarballFacts{Package: &PackageJSON{Name: name, Version: version}}, nil)
	}
	failed := func(err error) Answer[*TarballFacts] { return Answered[*TarballFacts](nil, err) }
	for name, c := range map[string]struct {
		tarball  Answer[*TarballFacts]
		outcome  Outcome
		severity Severity
	}{
		"as installed":        {says("a", "1.0.0"), Clear, 0},
		"without a name":      {says("", "1.0.0"), Clear, 0},
		"another name":        {says("b", "1.0.0"), Flagged, Danger},
		"another version":     {says("a", "1.0.1"), Flagged, Danger},
		"another digest":      {failed(&registry.Error{Kind: registry.ErrIntegrity, What: "a"}), Flagged, Danger},
		"not to be had":       {failed(errors.New("reset")), Unknown, 0},
		"withheld":            {failed(&Withheld{Reason: "the policy says so"}), Skipped, 0},
		"not asked":           {Answer[*TarballFacts]{}, Unknown, 0},
		"without a manifest":  {Answered(&TarballFacts{Err: errors.New("no package.json")}, nil), Flagged, Danger},
		"no tarball, garbled": {failed(&MalformedError{}), Flagged, Danger},
	} {
		s := &Subject{Item: resolver.Item{Package: resolver.Package{Name: "a", Version: "1.0.0", Tarball: "https://h.test/a.tgz", Integrity: "sha512-x"}}}
		s.Facts.Tarball = c.tarball
		f, err := runManifestMismatch(context.Background(), s)
		if err != nil || f.Outcome != c.outcome || f.Severity != c.severity {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
