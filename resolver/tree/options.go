package tree

import (
	"context"
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/semver"
	"gpq/resolver/spec"
)

// Source gives packuments. Its answers are remembered by the builder, errors
// included.
type Source interface {
	Packument(ctx context.Context, name string) (*registry.Packument, error)
}

// Picker chooses the version that npm would. The error says why there is
// none.
type Picker interface {
	Pick(p *registry.Packument, want *spec.Spec, o PickOptions) (*registry.Manifest, error)
}

// PickOptions are what of a choice differs between packages.
type PickOptions struct {
	Before time.Time // zero: no limit
	Avoid  string    // range of versions to keep clear of; "" for none
}

// Contents gives what only a package's tarball holds. It may be nil: then
// bundled packages are reported, not known.
type Contents interface {
	// Open looks into the tarball of a package.
	Open(ctx context.Context, p *Pkg) (*registry.Contents, error)
	// Manifest is the package behind a git, URL or tarball spec.
	Manifest(ctx context.Context, s *spec.Spec) (*Pkg, error)
}

// Options say which tree to build. The zero value is npm install in Path with
// npm's defaults, but for NPM, Node and the platform, which must be set.
type Options struct {
	Path   string // absolute: the root of the tree
	Cwd    string // absolute: where specs of the command line start; "" is Path
	Home   string // absolute: where «~/» is
	Global bool

	NPM, Node     string // exact versions
	OS, CPU, Libc string // as node has them, or as --os, --cpu and --libc ask
	// The machine's own, where that is another: "" is as OS, CPU and Libc.
	HostOS, HostCPU, HostLibc string

	Add          []string // specs to add, as typed
	Rm           []string // names to remove
	SaveKind     string   // "", prod, dev, optional, peer, peerOptional
	SaveBundle   bool
	Update       []string // names to update
	UpdateAll    bool
	NoSave       bool
	NoPrune      bool
	NoLock       bool // as if there were no lockfile
	LockFirst    bool // npm reads the lockfile by itself before it begins, as for dedupe and, up to npm 10, LockRequired
	NoDisk       bool // as if Path were empty
	LockRequired bool // fail without a lockfile, and where it is out of step
	Prune        bool // drop what nothing needs, also where nothing changes

	LegacyPeerDeps, StrictPeerDeps, Force, PreferDedupe, InstallLinks, EngineStrict bool
	// Complete opens the tarballs of packages that bundle others.
	Complete        bool
	InstallStrategy string // "" is hoisted
	Omit            []string

	Workspaces           []string // only these, by name
	IncludeWorkspaceRoot bool
	AllWorkspaces        bool // as if all were named
	NoWorkspaces         bool // --no-workspaces

	AllowGit, AllowRemote, AllowFile, AllowDirectory string // "" is the npm version's default

	Before        time.Time
	BeforeExclude func(name string) bool // names that Before does not hold for

	// Audit gets away from what is known to be vulnerable: npm audit fix.
	Audit bool
	// Package is taken for the project's package.json; nil reads Path's.
	Package *Pkg
	// Existing is what LoadExisting found; nil loads it.
	Existing *Existing
	// IgnoreScripts also keeps npm 12 from running an .npm-extension file.
	IgnoreScripts bool
}

// Deps are what a build needs from outside.
type Deps struct {
	Source   Source
	Picker   Picker
	Contents Contents      // may be nil
	Semver   *semver.Cache // may be nil
	Ahead    int           // packuments asked for at once ahead of need; 0 is 64
	// Chosen is told, early, of versions that are likely to be in the tree and
	// are for this machine; some will not be. It must return at once; nil for
	// nobody.
	Chosen func(*Pkg)
	// Advisories gives what the registry knows against versions of packages, by
	// name, in the order of its answer; required for an audit.
	Advisories func(ctx context.Context, versions map[string][]string) ([]Advisory, error)
}
