package checks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"gpq/resolver/registry"
)

// TarballFacts is what a package's own files say.
type TarballFacts struct {
	Package    *PackageJSON // nil where there is none, or it cannot be read: see Err
	Err        error
	BindingGyp bool // a binding.gyp in the package's root: npm compiles without being told
	// OddGyp is a command found in a *.gyp or *.gypi file that does more than
	// compile; "" for none.
	OddGyp string
	// Carried are the packages that lie in its node_modules.
	Carried []string
	// Within are the install scripts of packages in its node_modules: npm runs
	// them as it runs the package's own.
	Within []script
	// Inside are these packages, by their folders: "node_modules/a".
	Inside   map[string]Inner
	Unpacked int64 // bytes of all files
	Files    int64
}

// Inner is a package that lies in another one's tarball.
type Inner struct {
	Scripts registry.Deps
	Gyp     bool // a binding.gyp in its folder
}

var errNotAsked = errors.New("the tarball was not asked for")

// A MalformedError says that a tarball is none, or none that npm would have
// made: unlike a failure to fetch it, a fact about the package.
type MalformedError = registry.MalformedError

// ReadContents gives what the checks want of a package's files.
func ReadContents(c *registry.Contents) *TarballFacts {
	f := &TarballFacts{BindingGyp: c.Gypfile, Unpacked: c.Size, Files: c.Files}
	f.Package, f.Err = packageJSONOf(c)
	for _, t := range c.Twins {
		f.BindingGyp = f.BindingGyp || registry.TwinOf(t) == "binding.gyp"
	}
	for _, g := range c.Gyps {
		if odd := oddIn(g); odd != "" && f.OddGyp == "" {
			f.OddGyp = g.Name + ": " + odd
		}
	}
	f.Inside = innersOf(c)
	f.Within = scriptsWithin(f.Inside)
	for dir := range c.Bundled {
		if name := strings.TrimPrefix(dir, "node_modules/"); !strings.Contains(name, "/node_modules/") {
			f.Carried = append(f.Carried, name)
		}
	}
	sort.Strings(f.Carried)
	return f
}

// innersOf reads the packages inside. A folder without a package.json is one,
// where there is something to compile in it.
func innersOf(c *registry.Contents) map[string]Inner {
	out := map[string]Inner{}
	for dir, text := range c.Bundled {
		p, err := ParsePackageJSON(text)
		if err != nil {
			p = &PackageJSON{} // npm finds nothing in it either
		}
		out[dir] = Inner{Scripts: p.Scripts}
	}
	for _, dir := range c.BundledGyps {
		out[dir] = Inner{Scripts: out[dir].Scripts, Gyp: true}
	}
	return out
}

// scriptsWithin gives the install scripts of the packages inside, in the order
// of their folders; npm compiles there too without being told.
func scriptsWithin(inners map[string]Inner) (out []script) {
	for _, dir := range slices.Sorted(maps.Keys(inners)) {
		all := explicitScripts(inners[dir].Scripts)
		if inners[dir].Gyp && !hasEvent(all, "install") && !hasEvent(all, "preinstall") {
			all = append(all, script{"install", compiles, true})
		}
		for _, inner := range all {
			inner.event += " of " + dir
			out = append(out, inner)
		}
	}
	return out
}

// packageJSONOf reads the package.json, if there is exactly one on every file
// system.
func packageJSONOf(c *registry.Contents) (*PackageJSON, error) {
	for _, t := range c.Twins {
		if registry.TwinOf(t) == "package.json" {
			return nil, fmt.Errorf("%s takes its place where the file system does not tell them apart", t)
		}
	}
	if c.PackageJSON == nil {
		return nil, errors.New("there is no package.json in the tarball")
	}
	return ParsePackageJSON(c.PackageJSON)
}

func oddIn(g registry.Gyp) string {
	if odd := oddGyp(string(g.Text)); odd != "" {
		return odd
	}
	if g.Cut {
		return "larger than any is"
	}
	return ""
}
