// Package resolver works out what npm would fetch: npm's own choice of
// versions and npm's own tree, from the same packuments, lockfiles and
// configuration, without running anything.
package resolver

import (
	"time"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// Integrity is a Subresource Integrity string as npm writes it into a
// lockfile: one or more «algorithm-base64» entries, white space between them.
type Integrity string

// Package is one exact artefact. It is comparable, and its zero value is no
// package at all.
type Package struct {
	Name, Version string // the true name, also behind an alias
	Registry      string // base URL with a trailing slash; "" where it is not from a registry
	Tarball       string // where npm would fetch it
	Integrity     Integrity
}

// Change says how an item stands to what was there before.
type Change uint8

// How an item stands to what was there before.
const (
	Added Change = iota // the zero value: judged in full
	Updated
	Unchanged
)

// Item is one package of the plan: an artefact, and why and where it is
// wanted. An artefact that stands in several places is one Item.
type Item struct {
	Package
	Specs               []spec.Spec // what asked for it
	Via                 [][]string  // the shortest ways from the project to it, at most 5, as names (an alias as the alias)
	Places              []string    // node_modules paths, slash separated, relative to the root
	Change              Change
	Previous            *Package // what the lockfile or node_modules holds now; nil for Added
	Direct              bool     // asked for by the project itself (or on the command line)
	Named               bool     // asked for by hand, on this command line
	Optional, Dev, Peer bool
	Bundled             bool // comes inside another package's tarball: no artefact of its own
	// Inert: written into the lockfile, not fetched on this machine (optional
	// and for another platform, or engines do not fit).
	Inert bool
	// Locked is what the lockfile says of this artefact where it has an entry
	// for it; nil where it has none. Check `lockfile` compares it.
	Locked *Locked
	// Laid are its folders in node_modules for which npm would run something as
	// they lie there; only for Rebuild.
	Laid []Laid
}

// Laid is a folder in node_modules for which npm would run something by what
// lies in it.
type Laid struct {
	Folder  string        // from the root, with slashes
	Scripts registry.Deps // preinstall, install, postinstall and prepare
	Gyp     bool          // a binding.gyp at its top
	// Within is where the package's own tarball has this folder: "" where it is
	// the package itself, else "node_modules/a".
	Within string
}

// Locked is a lockfile's entry as it stands there.
type Locked struct {
	File                      string // "package-lock.json", …
	Path                      string // the entry's key
	Name, Version             string
	Resolved                  string
	Integrity                 Integrity
	HasResolved, HasIntegrity bool
	Link, InBundle            bool
}

// Unresolved is what the plan could not make known: nothing in it is cleared.
type Unresolved struct {
	Spec   string
	Via    []string
	Reason string
	// Known as far as it is known: a git dependency's name, say.
	Name string
	// Direct: the project itself asks for it.
	Direct bool
	// By is the package that asks for it; zero for the project.
	By Package
}

// Plan is everything npm would fetch for a request.
type Plan struct {
	Request    Request
	Items      []Item
	Unresolved []Unresolved
	// Notes are things worth a line that are no package: a project .npmrc that
	// names a registry, a lockfile npm will ignore.
	Notes []string
	// Failure is what npm itself would stop with (ERESOLVE, ETARGET, …): then
	// npm may run, and will say so itself. nil where npm would go on.
	Failure error
}

// Verb is what npm was asked to do, as far as the tree is concerned.
type Verb uint8

// npm's commands, as far as the tree differs.
const (
	Install Verb = iota
	CI
	Update
	Dedupe
	Prune
	Uninstall
	Link
	Exec  // npm exec, npx, npm init NAME: a tree of its own
	Fetch // npm pack, diff, cache add: what is named, and no tree
	AuditFix
	Rebuild
)

// Request is one npm command, as the resolver needs it.
type Request struct {
	Verb   Verb
	Dir    string // the root of the tree: project folder, global folder's parent, …
	Cwd    string // where relative file specs start
	Global bool
	// GlobalDir is the root of the global tree, for Link; "" is Dir.
	GlobalDir string
	Specs     []string // positionals after the command, as typed; for Exec the packages it wants
	Options   Options
	Exec      ExecPlaces // only for Exec
}

// Options are npm's configuration as far as it changes the tree. The zero
// value is npm's default, but for Platform, which must be set.
type Options struct {
	Platform                                                          Platform
	Tag                                                               string // "" is latest
	Before                                                            time.Time
	MinReleaseAge                                                     time.Duration
	MinReleaseAgeExclude                                              []string
	InstallStrategy                                                   string // "" is hoisted; nested, shallow, linked
	LegacyPeerDeps, StrictPeerDeps, Force, PreferDedupe, InstallLinks bool
	EngineStrict                                                      bool
	Omit, Include                                                     []string // dev, optional, peer, prod as npm's settings have them after NODE_ENV
	Workspaces                                                        []string // -w
	AllWorkspaces, NoWorkspaces                                       bool
	IncludeWorkspaceRoot                                              bool
	NoPackageLock                                                     bool
	Save                                                              string // "", prod, dev, optional, peer: where a named spec goes
	NoSave                                                            bool
	AllowGit, AllowRemote, AllowFile, AllowDirectory                  string // all, none, root; "" is the npm version's default
	ReplaceRegistryHost                                               string
	IgnoreScripts                                                     bool
	PackageLockOnly                                                   bool
}

// Platform is the machine and the tools npm would run with.
type Platform struct {
	OS, CPU, Libc string // as node has them, or as --os, --cpu and --libc ask: linux, x64, glibc
	// The machine's own, where that is another: "" is as OS, CPU and Libc.
	HostOS, HostCPU, HostLibc string
	Node, NPM                 string // exact versions, no leading v
}
