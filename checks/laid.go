package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// laidOtherwise is about the package's folders in node_modules for which npm is
// about to run something: is that what the tarball would have it run?
func (s *Subject) laidOtherwise() (Finding, bool) {
	var bad []Evidence
	var folders []string
	for _, l := range s.Laid {
		diffs := laidDiffs(l, s.Facts.Tarball.Value)
		if len(diffs) > 0 {
			folders = append(folders, l.Folder)
			bad = append(bad, diffs...)
		}
	}
	for _, file := range s.Facts.Altered.Value {
		folders = append(folders, file)
		bad = append(bad, Evidence{Fact: file, Source: "node_modules", Value: "is run at install, and is not the tarball's"})
	}
	if err := s.Facts.Altered.Err; len(bad) == 0 && err != nil {
		return Finding{Message: "what lies in node_modules could not be compared with the tarball: " + err.Error(), Err: err}, true
	}
	if len(bad) == 0 {
		return Finding{}, false
	}
	f := flag(Danger, "what lies in %s is not what was published: npm would run something else", list(folders, 3)).with(bad...)
	f.laid = true
	return f, true
}

// laidDiffs compares a folder's scripts, and whether npm compiles there, with
// those of the same folder in the tarball.
func laidDiffs(l resolver.Laid, t *TarballFacts) []Evidence {
	published, gyp := t.published(l.Within)
	var out []Evidence
	differ := func(file, what, lies, was string) {
		out = append(out, Evidence{Fact: l.Folder + "/" + file, Source: "node_modules",
			Value: strings.TrimSpace(fmt.Sprintf("%s «%s», in the tarball «%s»", what, cut(lies, 120), cut(was, 120)))})
	}
	for _, event := range slices.Concat(installEvents, []string{"prepare"}) {
		if lies, was := scriptIn(l.Scripts, event), scriptIn(published, event); lies != was && lies != "" {
			differ("package.json", event, lies, was)
		}
	}
	if l.Gyp && !gyp {
		differ("binding.gyp", "", "there", "absent")
	}
	return out
}

// published gives the scripts of the package itself, or of one within, and
// whether it has a binding.gyp.
func (t *TarballFacts) published(within string) (registry.Deps, bool) {
	if within != "" {
		return t.Inside[within].Scripts, t.Inside[within].Gyp
	}
	return t.Package.Scripts, t.BindingGyp
}

// alteredOf compares the files of what lies in node_modules.
func alteredOf(ctx context.Context, from Tarballs, s *Subject) (a Answer[[]string]) {
	disk, ok := from.(Disk)
	if !ok || !s.Facts.Tarball.OK() {
		return a
	}
	for _, l := range s.Laid {
		files, err := disk.Altered(ctx, s.Package, l)
		if err != nil {
			return Answered[[]string](nil, err)
		}
		a.Value = append(a.Value, files...)
	}
	return Answered(a.Value, nil)
}
