package tree

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
)

// extensions are npm 12's packageExtensions: repairs that the project makes to
// the manifests of what it depends on.
type extensions struct {
	rules  []extension
	ranges *ranges
}

type extension struct {
	key, name, rng string
	add            *Object
}

// loadExtensions reads the project's, and refuses to run an .npm-extension.
func (b *builder) loadExtensions() error {
	b.extensions = &extensions{ranges: b.ranges}
	if b.before(12) {
		return nil
	}
	if !b.opt.IgnoreScripts && !b.opt.NoDisk {
		for _, f := range []string{".npm-extension.mjs", ".npm-extension.cjs"} {
			if _, err := os.Stat(filepath.Join(b.tree.realpath, f)); err == nil {
				b.result.Notes = append(b.result.Notes, Failed{Spec: f, Err: noted("npm runs this file, and it may change what any package depends on")})
			}
		}
	}
	root := b.tree.Target().pkg
	if !root.HasPackageExtensions {
		return nil
	}
	if root.PackageExtensions == nil {
		return &Failure{Code: "EEXTENSIONROOT", Message: "packageExtensions must be an object"}
	}
	for _, key := range root.PackageExtensions.Keys() {
		x, err := readExtension(key, root.PackageExtensions.object(key))
		if err != nil {
			return err
		}
		b.extensions.rules = append(b.extensions.rules, x)
	}
	b.detachExtended()
	return nil
}

func readExtension(key string, add *Object) (extension, error) {
	x := extension{key: key, name: key, add: add}
	if at := strings.IndexByte(key[min(1, len(key)):], '@'); at >= 0 {
		x.name, x.rng = key[:at+1], key[at+2:]
		if strings.TrimSpace(x.rng) == "" || semver.ValidRange(x.rng, semver.Loose()) == "" {
			return x, &Failure{Code: "EEXTENSIONSELECTOR", Message: fmt.Sprintf("packageExtensions: no version range in %q", key)}
		}
	}
	if add == nil {
		return x, &Failure{Code: "EEXTENSIONVALUE", Message: fmt.Sprintf("packageExtensions: %q must be an object", key)}
	}
	for _, field := range add.Keys() {
		switch field {
		case "dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta":
		default:
			return x, &Failure{Code: "EEXTENSIONFIELD", Message: fmt.Sprintf("packageExtensions: %q has the unsupported field %q", key, field)}
		}
		if add.object(field) == nil {
			return x, &Failure{Code: "EEXTENSIONVALUE", Message: fmt.Sprintf("packageExtensions: %s of %q must be an object", field, key)}
		}
	}
	return x, nil
}

func (x *extensions) match(name, version string) []extension {
	var out []extension
	for _, r := range x.rules {
		if r.name == name && (r.rng == "" || x.ranges.loose(version, r.rng)) {
			out = append(out, r)
		}
	}
	return out
}

// detachExtended takes out what was locked under other rules than today's.
func (b *builder) detachExtended() {
	if b.existing == nil || !b.loadedFromDisk {
		return
	}
	for _, n := range b.tree.inventory.order.slice() {
		if n.isProjectRoot() || n.isWorkspace() || n.isTop() || len(b.extensions.match(n.pkg.Name, n.version())) == 0 {
			continue
		}
		for _, e := range n.edgesIn.slice() {
			b.queue.push(e.from)
		}
		n.SetParent(nil)
	}
}

// apply gives a package as the project's extensions have it, and by which rule.
func (x *extensions) apply(p *Pkg) (*Pkg, string, error) {
	if x == nil || len(x.rules) == 0 || p.Name == "" {
		return p, "", nil
	}
	found := x.match(p.Name, p.Version)
	if len(found) == 0 {
		return p, "", nil
	}
	if len(found) > 1 {
		return nil, "", &Failure{Code: "EEXTENSIONCONFLICT", Message: "more than one packageExtensions rule matches " + p.Name + "@" + p.Version}
	}
	r := found[0]
	q := p.clone()
	for _, field := range []struct {
		key string
		to  *registry.Deps
	}{{"dependencies", &q.Dependencies}, {"optionalDependencies", &q.OptionalDependencies}} {
		for _, d := range r.add.deps(field.key) {
			_, dep := q.Dependencies.Get(d.Name)
			_, opt := q.OptionalDependencies.Get(d.Name)
			if dep || opt {
				return nil, "", &Failure{Code: "EEXTENSIONDUPDEP", Message: "packageExtensions: " + r.key + " already depends on " + d.Name}
			}
			depsSet(field.to, d.Name, d.Value)
		}
	}
	for _, d := range r.add.deps("peerDependencies") {
		depsSet(&q.PeerDependencies, d.Name, d.Value)
	}
	for name, optional := range optionalPeers(r.add.object("peerDependenciesMeta")) {
		q.setPeerOptional(name, optional)
	}
	return q, r.key, nil
}
