// Package lockfile reads what npm has written down about a tree:
// package-lock.json and npm-shrinkwrap.json of all versions, the hidden
// lockfile in node_modules, and yarn.lock as far as npm heeds it. Nothing in
// them is trusted: what points out of the project, stands there twice, or is
// no package's place is said, entry by entry.
package lockfile

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"gpq/resolver/registry"
)

// The files, by the names npm gives them.
const (
	Shrinkwrap  = "npm-shrinkwrap.json"
	PackageLock = "package-lock.json"
	Hidden      = "node_modules/.package-lock.json"
	YarnLock    = "yarn.lock"
)

// MaxVersion is the highest lockfileVersion npm 12 reads; it stops at a higher
// one.
const MaxVersion = 4

// Lock is a lockfile. Entries with a Fault are in it, but nothing may be
// built on them.
type Lock struct {
	File string // its name, as above
	// Version is lockfileVersion as written; 0 where it says none. Below 2
	// (also 0) the entries were made from nested «dependencies».
	Version int
	// Ancient is a file of npm before 5, without «requires».
	Ancient bool
	Root    *Entry  // the project itself; nil where the file has none
	Entries []Entry // in the file's order, without the root
	Notes   []Note
	// PackageExtensionsHash and NPMExtensionHash are npm 12's, of the root.
	PackageExtensionsHash, NPMExtensionHash string
	byPath                                  map[string]int
}

// Entry is one package where the lockfile puts it.
type Entry struct {
	Path string // slash separated, below the project; as written
	Line int    // where the entry begins; 0 where that is not known
	// Folder is the name it is installed under, Name the true name: the
	// entry's own where it has one (an alias, a link's target), else Folder.
	Folder, Name              string
	Version                   string
	Resolved, Integrity       string
	HasResolved, HasIntegrity bool
	// Link: the path is a link to Target, another entry's path.
	Link   bool
	Target string
	// Outside: the path or Target leaves the project, which only the target of
	// a link may.
	Outside bool
	// Fault says why the entry is not to be used; "" where nothing is wrong.
	Fault string
	// Runs is what the entry says to run at install; "" for nothing. npm writes
	// no such thing, and runs it where it stands.
	Runs string

	Dependencies, DevDependencies, OptionalDependencies registry.Deps
	PeerDependencies, AcceptDependencies                registry.Deps
	PeerOptional                                        []string
	Bundle                                              []string
	BundleAll                                           bool
	Engines                                             registry.Deps
	OS, CPU, Libc                                       []string // nil where absent
	Bin                                                 registry.Deps
	License, Deprecated                                 string
	Workspaces                                          []string
	Dev, Optional, DevOptional, Peer, Extraneous        bool
	InBundle, HasShrinkwrap, HasInstallScript           bool
	// Patched and Extended are npm 12's: a patch of the user's, or a package
	// extension, was applied.
	Patched, Extended bool
	requires          registry.Deps // of version 1, before it is known of which kind
}

// Note is something odd in a file.
type Note struct {
	Line       int    // 0 where it is about the file
	Path, Text string // Path: where in the document
}

// ParseError says where a file cannot be read. npm install goes on as if the
// file were not there; npm ci stops.
type ParseError struct {
	File     string
	Line     int
	Conflict bool // git's conflict markers, and sides that cannot be put together
	Reason   string
}

func (e *ParseError) Error() string {
	return e.File + ":" + strconv.Itoa(e.Line) + ": " + e.Reason
}

// VersionError is a lockfileVersion that npm 12 refuses.
type VersionError struct {
	File    string
	Version int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s: lockfileVersion %d is newer than npm can read (at most %d)", e.File, e.Version, MaxVersion)
}

// Options say how a file is read.
type Options struct {
	// Dir is the project's folder, absolute: old files give paths by it.
	Dir string
	// NPM is the major version that will run; 0 is the newest. Before 12,
	// npm-shrinkwrap.json goes before package-lock.json.
	NPM int
	// MaxBytes bounds a file; 0 is 64 MiB.
	MaxBytes int
}

func (o Options) max() int {
	if o.MaxBytes == 0 {
		return maxBytes
	}
	return o.MaxBytes
}

func (o Options) before(major int) bool { return o.NPM > 0 && o.NPM < major }

// Files are the lockfiles npm looks for, the one that counts first.
func (o Options) Files() []string {
	if o.before(12) {
		return []string{Shrinkwrap, PackageLock}
	}
	return []string{PackageLock}
}

// Load reads the lockfile that counts. read gives a file below the project, by
// the names of this package; an error that is fs.ErrNotExist means there is
// none. An empty file counts as none. Without a lockfile Lock is nil, and so is
// the error.
func Load(read func(name string) ([]byte, error), o Options) (*Lock, error) {
	var notes []Note
	if !o.before(12) {
		if data, err := read(Shrinkwrap); err == nil && len(data) > 0 {
			notes = append(notes, Note{Path: Shrinkwrap, Text: "not read: npm 12 has only " + PackageLock})
		}
	}
	for _, name := range o.Files() {
		data, err := read(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(data) == 0 {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		l, err := Read(name, data, o)
		if l != nil {
			l.Notes = append(notes, l.Notes...)
		}
		return l, err
	}
	return nil, nil
}

// At gives the entry at a path, nil for none.
func (l *Lock) At(path string) *Entry {
	if l == nil {
		return nil
	}
	if i, ok := l.byPath[path]; ok {
		return &l.Entries[i]
	}
	return nil
}
