package checks

import (
	"context"
	"path"
	"slices"
	"strings"

	"gpq/resolver/registry"
)

var newBinCheck = Check{
	ID:    "new-bin",
	Title: "does a command appear that was not there, or one that shadows another package's?",
	Needs: Packument,
	Doc: `Compares the commands a version installs with those of the last release that is no longer young. A command that appears
and that another package of the plan provides, or that npm scripts take for granted (node, npm, git, sh, …), would
run in its place.

Flagged: a new command that shadows another's, as danger; any other new command as a note. A family of packages (the same
maintainers, and one scope, one repository, or pack and pack-cli) may move a command from one to the other, and commands that
both had all along shadow nothing.`,
	Run: runNewBin,
}

func runNewBin(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	fresh := s.newCommands()
	for _, b := range fresh {
		if owner := s.shadowed(b.Name); owner != "" {
			return flag(Danger, "installs the new command %s, which is %s", b.Name, owner).signal(BinNew).
				with(said("bin", b.Name+": "+b.Value)), nil
		}
	}
	switch {
	case len(s.Manifest.Bin) == 0:
		return clearf("installs no command")
	case len(fresh) == 0 || s.Predecessor() == nil:
		return clearf("installs no new command")
	}
	f := flag(Note, "installs the new command %s", fresh[0].Name).signal(BinNew)
	for _, b := range fresh {
		f = f.with(said("bin", b.Name+": "+b.Value))
	}
	return f, nil
}

// newCommands gives what the predecessor did not install; all of them for a
// package that has no settled release.
func (s *Subject) newCommands() registry.Deps {
	before := s.Predecessor()
	if before == nil && !s.young(s.Release) {
		return nil
	}
	var out registry.Deps
	for _, b := range s.Manifest.Bin {
		b.Name = path.Base(b.Name)
		if before != nil {
			if _, had := before.Manifest.Bin.Get(b.Name); had {
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// ambient are commands that scripts take for granted, by the packages that may
// provide them.
var ambient = strings.Fields("node npm npx git sh bash zsh cmd powershell pwsh python python3 curl wget ls cat cp mv rm mkdir sudo env make tar ssh") //nolint:gochecknoglobals // never changed

// shadowed says whose command a name is already; "" for nobody's.
func (s *Subject) shadowed(command string) string {
	if slices.Contains(ambient, command) && s.Name != command {
		return "the system's own"
	}
	for _, o := range s.Overview.commands[command] {
		if o.Name != s.Name && !s.kin(o) && o.hadCommand(command) {
			return o.Name + "'s"
		}
	}
	return ""
}

// hadCommand says whether the command is the package's own since releases that
// are no longer young.
func (s *Subject) hadCommand(command string) bool {
	if !s.young(s.Release) {
		return true
	}
	before := s.Predecessor()
	if before == nil {
		return false
	}
	_, had := before.Manifest.Bin.Get(command)
	return had
}

// kin says whether two packages are one family that moves a command from one to
// the other: a maintainer in common before this version, and the same place, by
// name or by source.
func (s *Subject) kin(o *Subject) bool {
	before := s.Predecessor()
	if before == nil {
		before = s.Release
	}
	source := sourceKey(before.Manifest.Repository.URL)
	if !sameFamily(s.Name, o.Name) && (source == "" || source != sourceKey(o.Manifest.Repository.URL)) {
		return false
	}
	return slices.ContainsFunc(before.Manifest.Maintainers, func(p registry.Person) bool {
		return hasPerson(o.Manifest.Maintainers, p.Name)
	})
}

// sameFamily: @acme/a and @acme/b, or pack and pack-cli.
func sameFamily(a, b string) bool {
	if scope, _, scoped := strings.Cut(a, "/"); scoped {
		return strings.HasPrefix(b, scope+"/")
	}
	return strings.HasPrefix(b, a+"-") || strings.HasPrefix(a, b+"-")
}
