package tree

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
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
	if root.HasPackageExtensions && root.PackageExtensions == nil {
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
	if spec.NameError(x.name) != "" {
		return x, &Failure{Code: "EEXTENSIONSELECTOR", Message: fmt.Sprintf("packageExtensions: %q names no package", key)}
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
		if err := checkExtended(key, field, add.object(field)); err != nil {
			return x, err
		}
	}
	return x, nil
}

// checkExtended refuses what would take something away, and what is no peer's
// meta object.
func checkExtended(key, field string, values *Object) error {
	for _, name := range values.Keys() {
		v := values.any(name)
		if field == "peerDependenciesMeta" {
			if _, ok := v.(*Object); !ok {
				return &Failure{Code: "EEXTENSIONVALUE", Message: fmt.Sprintf("packageExtensions: %s.%s of %q must be an object", field, name, key)}
			}
			continue
		}
		if v == nil || v == false || v == "-" {
			return &Failure{Code: "EEXTENSIONDELETE", Message: fmt.Sprintf("packageExtensions: %q takes %s.%s away", key, field, name)}
		}
	}
	return nil
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

// detachExtended takes out what was locked under other rules than today's,
// where the lockfile's are not today's.
func (b *builder) detachExtended() {
	root := b.tree.Target().pkg
	hash := ""
	if root.HasPackageExtensions {
		hash = canonicalHash(root.PackageExtensions)
	}
	if b.existing == nil || !b.loadedFromDisk || b.existing.ExtensionsHash == hash {
		return
	}
	for _, n := range b.tree.inventory.order.slice() {
		if n.isProjectRoot() || n.isWorkspace() || n.isTop() ||
			!n.extended && len(b.extensions.match(n.pkg.Name, n.version())) == 0 {
			continue
		}
		for _, e := range n.edgesIn.slice() {
			b.queue.push(e.from)
		}
		n.SetParent(nil)
	}
}

// canonicalHash is npm's digest of the rules: of their JSON with sorted keys.
func canonicalHash(o *Object) string {
	var b bytes.Buffer
	writeCanonical(&b, o)
	sum := sha512.Sum512(b.Bytes())
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

func writeCanonical(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case *Object:
		b.WriteByte('{')
		for i, k := range slices.Sorted(slices.Values(v.Keys())) {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCanonical(b, k)
			b.WriteByte(':')
			writeCanonical(b, v.any(k))
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeCanonical(b, e)
		}
		b.WriteByte(']')
	default:
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err == nil {
			b.Truncate(b.Len() - 1) // the line's end
		}
	}
}

// apply gives a package as the project's extensions have it.
func (x *extensions) apply(p *Pkg) (*Pkg, error) {
	if x == nil || len(x.rules) == 0 || p.Name == "" {
		return p, nil
	}
	found := x.match(p.Name, p.Version)
	if len(found) == 0 {
		return p, nil
	}
	if len(found) > 1 {
		return nil, &Failure{Code: "EEXTENSIONCONFLICT", Message: "more than one packageExtensions rule matches " + p.Name + "@" + p.Version}
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
				return nil, &Failure{Code: "EEXTENSIONDUPDEP", Message: "packageExtensions: " + r.key + " already depends on " + d.Name}
			}
			depsSet(field.to, d.Name, d.Value)
		}
	}
	for _, d := range r.add.deps("peerDependencies") {
		depsSet(&q.PeerDependencies, d.Name, d.Value)
	}
	return q, r.addMeta(q)
}

// addMeta says of peers whether they are optional.
func (r *extension) addMeta(p *Pkg) error {
	meta := r.add.object("peerDependenciesMeta")
	for _, name := range meta.Keys() {
		if _, has := meta.object(name).Get("optional"); has {
			p.setPeerOptional(name, meta.object(name).truthy("optional"))
		}
		if _, is := p.PeerDependencies.Get(name); !is {
			return &Failure{Code: "EEXTENSIONORPHANMETA", Message: "packageExtensions: " + r.key + " speaks of " + name + ", which is no peer"}
		}
	}
	return nil
}
