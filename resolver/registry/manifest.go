package registry

import (
	"bytes"
	"slices"
)

// maxSlab is how many manifests are allocated at once where there are many.
const maxSlab = 32

// manifest reads one version, from its brace on.
func (d *decoder) manifest() (*Manifest, error) {
	if len(d.slab) == 0 {
		d.slab = make([]Manifest, min(max(d.read/2, 1), maxSlab))
	}
	m := &d.slab[0]
	d.slab = d.slab[1:]
	extra := leftovers{Rare: &d.rare}
	d.rare = Rare{}
	err := d.members(func(key []byte) error { return d.field(m, &extra, key) })
	extra.settle(m)
	d.keepRare(m)
	return m, err
}

// keepRare gives a manifest what is rare, if there is any: the same as the one
// before it where that is equal.
func (d *decoder) keepRare(m *Manifest) {
	r := &d.rare
	if len(r.PeerOptional) == 0 && r.Bundle == nil && !r.BundleAll && r.OS == nil && r.CPU == nil && r.Libc == nil && len(r.AcceptDeps) == 0 {
		return
	}
	if d.lastRare == nil || !d.lastRare.equal(r) {
		last := *r
		d.lastRare = &last
	}
	m.Rare = d.lastRare
}

func (r *Rare) equal(o *Rare) bool {
	return r.BundleAll == o.BundleAll && slices.Equal(r.AcceptDeps, o.AcceptDeps) && sameList(r.PeerOptional, o.PeerOptional) &&
		sameList(r.Bundle, o.Bundle) && sameList(r.OS, o.OS) && sameList(r.CPU, o.CPU) && sameList(r.Libc, o.Libc)
}

// sameList tells an empty list from none.
func sameList(a, b []string) bool { return (a == nil) == (b == nil) && slices.Equal(a, b) }

// leftovers are fields that count only where another one is absent.
type leftovers struct {
	*Rare
	bin           string // the string form, which needs the name
	licenses      string
	bundled       []string // bundledDependencies
	bundledAll    bool
	bundleIsThere bool
}

func (l *leftovers) settle(m *Manifest) {
	if l.bin != "" {
		m.Bin = Deps{{Name: baseName(m.Name), Value: l.bin}}
	}
	if m.License == "" {
		m.License = l.licenses
	}
	if !l.bundleIsThere {
		l.Bundle, l.BundleAll = l.bundled, l.bundledAll
	}
}

// baseName is a package name without its scope: what a command is called that
// is given as a bare path.
func baseName(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}

// field reads one member of a manifest. An unknown one is passed over.
func (d *decoder) field(m *Manifest, extra *leftovers, key []byte) (err error) {
	switch string(key) {
	case "name":
		m.Name, err = d.text()
	case "version":
		m.Version, err = d.text()
	case "dist":
		m.Dist, err = d.dist()
	case "_npmUser":
		m.NpmUser, err = d.publisher()
	case "maintainers":
		m.Maintainers, err = d.persons()
	case "repository":
		m.Repository, err = d.repository()
	case "license":
		m.License, err = d.license()
	case "licenses":
		extra.licenses, err = d.license()
	case "deprecated":
		m.Deprecated, err = d.deprecated()
	case "hasInstallScript":
		m.HasInstallScript, err = d.truthy()
	case "_hasShrinkwrap":
		m.HasShrinkwrap, err = d.truthy()
	case "gypfile":
		m.Gypfile, err = d.boolean()
	case "_npmOperationalInternal":
		m.TmpPublishedMS, err = d.operational()
	default:
		return d.relation(m, extra, key)
	}
	return err
}

// relation reads the members that name other packages, platforms or files.
func (d *decoder) relation(m *Manifest, extra *leftovers, key []byte) (err error) {
	switch string(key) {
	case "dependencies":
		m.Dependencies, err = d.asked(false)
	case "optionalDependencies":
		m.OptionalDependencies, err = d.asked(false)
	case "peerDependencies":
		m.PeerDependencies, err = d.asked(true)
	case "acceptDependencies":
		extra.AcceptDeps, err = d.pairs(nil)
	case "peerDependenciesMeta":
		extra.PeerOptional, err = d.peerOptional()
	case "engines":
		m.Engines, err = d.pairs(nil)
	case "scripts":
		m.Scripts, err = d.pairs(installScript)
	case "bin":
		m.Bin, extra.bin, err = d.bin()
	case "os":
		extra.OS, err = d.list()
	case "cpu":
		extra.CPU, err = d.list()
	case "libc":
		extra.Libc, err = d.list()
	case "bundleDependencies":
		extra.bundleIsThere = true
		extra.Bundle, extra.BundleAll, err = d.bundle()
	case "bundledDependencies":
		extra.bundled, extra.bundledAll, err = d.bundle()
	default:
		err = d.skip()
	}
	return err
}

// installScript says whether npm runs, or could run, a script of that name
// when it installs.
func installScript(key []byte) bool {
	switch string(key) {
	case "preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare", "prepublish":
		return true
	}
	return false
}

func (d *decoder) bin() (Deps, string, error) {
	if d.next() != '"' {
		all, err := d.pairs(nil)
		return all, "", err
	}
	path, err := d.text()
	return nil, path, err
}

func (d *decoder) bundle() ([]string, bool, error) {
	switch d.next() {
	case 't':
		return nil, true, d.skip()
	case '{':
		all, err := d.pairs(nil)
		var names []string
		for _, e := range all {
			names = append(names, e.Name)
		}
		return names, false, err
	case '[':
		names, err := d.list()
		return names, false, err
	}
	return nil, false, d.skip()
}

func (d *decoder) peerOptional() (names []string, err error) {
	var found pairSet
	err = d.each(func(key []byte) error {
		name, optional := d.intern(key), ""
		err := d.each(func(key []byte) (err error) {
			if string(key) != "optional" {
				return d.skip()
			}
			yes, err := d.truthy()
			optional = map[bool]string{true: "yes"}[yes]
			return err
		})
		found.put(name, optional)
		if err == nil {
			err = d.few(len(found.all))
		}
		return err
	})
	for _, e := range found.all {
		if e.Value != "" {
			names = append(names, e.Name)
		}
	}
	return names, err
}

// deprecated reads the message; true, and what JavaScript takes for true,
// reads "true".
func (d *decoder) deprecated() (string, error) {
	if d.next() == '"' {
		return d.text()
	}
	yes, err := d.truthy()
	if yes {
		return "true", err
	}
	return "", err
}

// license reads "MIT", {"type": "MIT"}, and lists of either, joined by OR.
func (d *decoder) license() (string, error) {
	raw, err := d.raw()
	if err != nil {
		return "", err
	}
	if l, ok := d.licenses[string(raw)]; ok {
		return l, nil
	}
	sub := d.part(raw)
	l := sub.licenseText(0)
	d.licenses[string(raw)] = l
	return l, d.keepText(raw, len(l)/perPair)
}

func (d *decoder) licenseText(depth int) (l string) {
	switch c := d.next(); {
	case c == '"':
		l, _ = d.text()
	case c == '{':
		_ = d.members(func(key []byte) (err error) {
			if string(key) == "type" || string(key) == "name" && l == "" {
				l, err = d.text()
				return err
			}
			return d.skip()
		})
	case c == '[' && depth == 0:
		var all []byte
		_ = d.elements(func() error {
			if one := d.licenseText(1); one != "" {
				if len(all) > 0 {
					all = append(all, " OR "...)
				}
				all = append(all, one...)
			}
			return nil
		})
		l = string(all)
	default:
		_ = d.skip()
	}
	return l
}

// operational takes the publish time out of {"tmp": "tmp/NAME_VERSION_MS_0.x"}.
func (d *decoder) operational() (ms int64, err error) {
	err = d.each(func(key []byte) error {
		if string(key) != "tmp" {
			return d.skip()
		}
		raw, _, _, err := d.rawString()
		ms = 0
		if i := bytes.LastIndexByte(raw, '_'); i > 13 && raw[i-14] == '_' {
			ms = digits(raw[i-13 : i])
		}
		return err
	})
	return ms, err
}

func digits(b []byte) (n int64) {
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<58 {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
