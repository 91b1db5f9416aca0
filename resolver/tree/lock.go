package tree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gpq/resolver/lockfile"
)

// Entry is one package of a lockfile, or of node_modules.
type Entry struct {
	Location string // slash separated, below the root
	Pkg      *Pkg
	Name     string // true name
	Version  string
	// Resolved is as written; of a link its target's location.
	Resolved, Integrity       string
	HasResolved, HasIntegrity bool
	Link, InBundle            bool
	Shrinkwrap                bool
	Patched, Extended         bool // npm 12: a patch or an extension of the project's was applied
	Line                      int  // in the file; 0 where it is not known
	unlinked                  bool // a workspace that nothing in node_modules leads to
	flags                     flags
}

// Existing is what a project already has: of its lockfile, else of the hidden
// one in node_modules, else of node_modules itself.
type Existing struct {
	File    string // as in "package-lock.json"; "" for node_modules as it lies there
	Entries []Entry
	// Version is the lockfile's own version, 0 where it says none.
	Version int
	Notes   []string
	// Faults are entries that nothing may be built on.
	Faults []Fault
	// Runs are entries that say what to run.
	Runs []Fault
	yarn *lockfile.Yarn // of npm's use only without a lockfile
	root *Pkg           // the project as the lockfile has it; nil where it does not
	// ExtensionsHash is npm 12's digest of the package extensions in force.
	ExtensionsHash, NPMExtensionHash string
	ancient                          bool
	unread                           bool // there is a lockfile that is not to be read
}

// Fault is a lockfile's entry that is left out, and why.
type Fault struct{ Location, Name, Version, Why string }

const maxLockfile = 64 << 20 // bytes; one of 20,000 packages has a tenth of it

// LoadExisting reads what is there. What npm would take for no lockfile is
// none; the notes say so.
func LoadExisting(_ context.Context, o Options, _ Deps) (*Existing, error) {
	x := &Existing{}
	if o.NoDisk || o.Path == "" {
		return x, nil
	}
	o.Path = filepath.Clean(o.Path)
	if o.Global {
		if len(o.Update) > 0 {
			x.scan(o.Path)
		}
		return x, nil
	}
	lo := lockfile.Options{Dir: o.Path, NPM: Major(o.NPM)}
	if o.NoLock {
		// npm does not read the lockfile, and does not look further either.
		for _, f := range []string{lockfile.Shrinkwrap, lockfile.PackageLock} {
			if _, err := os.Stat(filepath.Join(o.Path, f)); err == nil {
				x.unread = true
				return x, nil
			}
		}
	} else if err := x.readLock(o.Path, lo); err != nil {
		return nil, err
	}
	if x.File == "" && !o.LockRequired {
		x.readInstalled(o.Path, lo)
	}
	return x, nil
}

// readLock reads the lockfile that counts, and yarn.lock for what npm may take
// from it where there is none.
func (x *Existing) readLock(dir string, o lockfile.Options) error {
	read := func(name string) ([]byte, error) { return readBounded(filepath.Join(dir, name), maxLockfile) }
	l, err := lockfile.Load(read, o)
	var parse *lockfile.ParseError
	var version *lockfile.VersionError
	switch {
	case errors.As(err, &version):
		return &Failure{Code: "ELOCKFILEVERSION", Message: err.Error(), Err: err}
	case errors.As(err, &parse):
		x.Notes = append(x.Notes, "npm takes this lockfile for none: "+err.Error())
	case err != nil:
		return err
	case l != nil:
		x.take(l)
		return nil
	}
	if data, err := read(lockfile.YarnLock); err == nil {
		x.yarn = lockfile.ReadYarn(data, o)
	}
	return nil
}

// take takes over what a lockfile says. What may not be built on is left out,
// and said.
func (x *Existing) take(l *lockfile.Lock) {
	x.File, x.Version, x.ancient = l.File, l.Version, l.Ancient
	x.ExtensionsHash, x.NPMExtensionHash = l.PackageExtensionsHash, l.NPMExtensionHash
	for _, n := range l.Notes {
		x.Notes = append(x.Notes, fmt.Sprintf("%s:%d: %s: %s", l.File, n.Line, n.Path, n.Text))
	}
	if l.Root != nil {
		x.root = entryOf(l.Root).Pkg
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Runs != "" {
			x.Runs = append(x.Runs, Fault{Location: e.Path, Name: e.Name, Version: e.Version, Why: e.Runs})
		}
		if e.Fault != "" && !(e.Link && l.At(e.Target) == nil && e.Target != "") {
			x.Faults = append(x.Faults, Fault{Location: e.Path, Name: e.Name, Version: e.Version, Why: e.Fault})
			continue
		}
		x.Entries = append(x.Entries, entryOf(e))
	}
}

func entryOf(e *lockfile.Entry) Entry {
	out := Entry{Location: e.Path, Name: e.Name, Version: e.Version, Resolved: e.Resolved, Integrity: e.Integrity,
		HasResolved: e.HasResolved, HasIntegrity: e.HasIntegrity, Link: e.Link, InBundle: e.InBundle,
		Shrinkwrap: e.HasShrinkwrap, Patched: e.Patched, Extended: e.Extended, Line: e.Line}
	if e.Link {
		out.Resolved = e.Target
	}
	out.flags = flags{dev: e.Dev, optional: e.Optional, devOptional: e.Dev || e.Optional || e.DevOptional,
		peer: e.Peer, extraneous: e.Extraneous}
	p := &Pkg{Name: e.Name, Version: e.Version, Dependencies: jsOrder(e.Dependencies), DevDependencies: jsOrder(e.DevDependencies),
		OptionalDependencies: jsOrder(e.OptionalDependencies), PeerDependencies: jsOrder(e.PeerDependencies),
		Accept: e.AcceptDependencies, Bundle: e.Bundle, HasBundle: len(e.Bundle) > 0, Engines: e.Engines,
		OS: e.OS, CPU: e.CPU, Libc: e.Libc, HasShrinkwrap: e.HasShrinkwrap, HasInstallScript: e.HasInstallScript,
		Deprecated: e.Deprecated, InBundle: e.InBundle, Workspaces: e.Workspaces}
	if e.BundleAll {
		p.Bundle, p.HasBundle = names(p.Dependencies), true
	}
	for _, name := range e.PeerOptional {
		p.setPeerOptional(name, true)
	}
	p.dedupeOptional()
	out.Pkg = p
	return out
}

// At is the entry at a location.
func (x *Existing) At(loc string) *Entry {
	for i := range x.Entries {
		if x.Entries[i].Location == loc {
			return &x.Entries[i]
		}
	}
	return nil
}

// Duplicated are the names of which there is more than one node.
func (x *Existing) Duplicated() []string {
	count := map[string]int{}
	var out []string
	for _, e := range x.Entries {
		name := nameFromFolder("/" + e.Location)
		if count[name]++; count[name] == 2 {
			out = append(out, name)
		}
	}
	return out
}

// loadExisting puts what there is below the root.
// loadWorkspaceFolders makes nodes of the workspaces' folders where no lockfile
// tells of them, with what lies in their node_modules.
// skipOf says which dependencies the top of the tree already meets: nothing
// need be asked ahead for them.
// loadEntries makes nodes of a lockfile's entries, below base.
// assignBundles tells old lockfiles' bundled packages to those that bundle
// them.
