package checks

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"gpq/resolver/registry"
)

var manifestMismatchCheck = Check{
	ID:    "manifest-mismatch",
	Title: "does the package.json in the tarball say what the packument says?",
	Needs: Packument | Tarball,
	Loose: true,
	Doc: `Compares the package.json inside the tarball with the packument: name, version, install scripts, dependencies and commands. The two
are sent by the publishing client side by side, and the registry does not compare them: what npm shows and what npm
runs can differ.

What publishing itself changes is allowed for: the form of bin, «v» before a version, the script that npm adds for a
binding.gyp, optional dependencies listed once or twice.

npm rebuild runs what lies in node_modules: what each folder there would have npm run is compared with the tarball as well, whatever
the lockfile says of it.

What a lockfile has had for more than 90 days is read where the plan has at most 64 packages; of a larger one, what was the first
version to run something at install.

Flagged: any difference, as danger; so is a tarball that cannot be read as one, and one that is another than its digest names. One
that cannot be had leaves the package open: --strict refuses it, as its files are what npm would run. Of a tarball from no registry, whose word stands
alone: one that cannot be read, or that is another than the lockfile names.`,
	Run: runManifestMismatch,
}

func runManifestMismatch(_ context.Context, s *Subject) (Finding, error) {
	if s.isLoose() {
		return s.looseManifest()
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	if f, err, stop := s.noPackage(); stop {
		return f, err
	}
	if f, bad := s.laidOtherwise(); bad {
		return f, nil
	}
	diffs := mismatches(s.Name, s.Version, s.Manifest, s.Facts.Tarball.Value)
	if len(diffs) == 0 {
		return clearf("the tarball says what the packument says")
	}
	var words []string
	f := flag(Danger, "")
	for _, d := range diffs {
		words = append(words, d.Fact)
		f = f.with(d)
	}
	f.Message = "the tarball's package.json says otherwise: " + list(words, 4)
	return f, nil
}

// noPackage answers where the tarball has no package.json to compare: it was
// not to be had, or what came is no tarball or another one.
func (s *Subject) noPackage() (f Finding, err error, ok bool) {
	t := s.Facts.Tarball
	reason, on := withheld(t.Err)
	var broken *MalformedError
	switch {
	case on:
		f, err = skippedf("%s", reason)
	case errors.As(t.Err, &broken):
		f = flag(Danger, "%v", broken)
	case !t.Asked:
		f, err = unknownf("%v", errNotAsked)
	case otherContent(t.Err):
		f = flag(Danger, "another tarball is served than the digest names: %v", t.Err)
	case t.Err != nil:
		f = Finding{Message: t.Err.Error(), Err: t.Err}
	case t.Value.Package == nil:
		f = flag(Danger, "the tarball's package.json cannot be read: %v", t.Value.Err)
	default:
		return Finding{}, nil, false
	}
	return f, err, true
}

// otherContent: bytes came, and they are not those of the digest.
func otherContent(err error) bool {
	var e *registry.Error
	return errors.Is(err, registry.ErrIntegrity) && errors.As(err, &e) && e.Err == nil
}

func mismatches(name, version string, m *registry.Manifest, t *TarballFacts) []Evidence {
	p := t.Package
	var out []Evidence
	differ := func(fact, packument, tarball string) {
		if packument != tarball {
			out = append(out, inTarball(fact, fmt.Sprintf("«%s» in the packument, «%s» in the tarball", cut(packument, 120), cut(tarball, 120))))
		}
	}
	differ("name", name, strings.TrimSpace(p.Name))
	differ("version", plainVersion(version), plainVersion(p.Version))
	for _, event := range installEvents {
		inside := scriptIn(p.Scripts, event)
		said := scriptIn(m.Scripts, event)
		if event == "install" && inside == "" && said == compiles && t.BindingGyp {
			continue // npm adds it when it publishes
		}
		differ("script "+event, said, inside)
	}
	if !p.OddDependencies {
		compareDeps(mergeDeps(m.Dependencies, m.OptionalDependencies), p.Dependencies, differ)
	}
	compareDeps(named("command ", outsideBinDir(m.Bin, p.BinDir)), named("command ", p.Bin), differ)
	return out
}

// outsideBinDir leaves out the commands that publishing has found in the folder
// of directories.bin.
func outsideBinDir(bin registry.Deps, dir string) registry.Deps {
	if dir == "" {
		return bin
	}
	var out registry.Deps
	for _, b := range bin {
		if path.Dir(cleanBin(b.Value)) != dir {
			out = append(out, b)
		}
	}
	return out
}

// plainVersion writes a version as npm does when it publishes.
func plainVersion(v string) string {
	v = strings.TrimLeft(strings.TrimSpace(v), "=v ")
	v, _, _ = strings.Cut(v, "+")
	return v
}

func scriptIn(d registry.Deps, event string) string {
	v, _ := d.Get(event)
	return strings.TrimSpace(v)
}

func named(prefix string, d registry.Deps) registry.Deps {
	out := make(registry.Deps, 0, len(d))
	for _, e := range d {
		out = append(out, registry.Dep{Name: prefix + baseOf(e.Name), Value: cleanBin(e.Value)})
	}
	return out
}

func baseOf(name string) string { return name[strings.LastIndexAny(name, "/\\")+1:] }

// compareDeps compares two lists by name. Empty, «*» and «latest» ask for
// nothing in particular, and publishing writes one for the other.
func compareDeps(packument, tarball registry.Deps, differ func(fact, a, b string)) {
	for _, d := range packument {
		v, ok := tarball.Get(d.Name)
		if !ok {
			differ(d.Name, d.Value, "(absent)")
			continue
		}
		if a, b := anyVersion(d.Value), anyVersion(v); a != b && !samePlace(a, b) {
			differ(d.Name, a, b)
		}
	}
	for _, d := range tarball {
		if _, ok := packument.Get(d.Name); !ok {
			differ(d.Name, "(absent)", d.Value)
		}
	}
}

// samePlace: two ways to write one repository at one commit; publishing writes
// the long one.
func samePlace(a, b string) bool {
	_, refA, _ := strings.Cut(a, "#")
	_, refB, _ := strings.Cut(b, "#")
	return exoticSpec(a) && exoticSpec(b) && refA == refB && sourceKey(a) != "" && sourceKey(a) == sourceKey(b)
}

func anyVersion(v string) string {
	if v = strings.TrimSpace(v); v == "" {
		return "*"
	}
	return v
}
