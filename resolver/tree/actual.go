package tree

import (
	"path/filepath"
	"strings"

	"gpq/resolver/lockfile"
)

// LoadActual reads what lies at o.Path: what is in node_modules, by npm's own
// record there where that is as new.
func LoadActual(o Options) *Existing {
	x, root := &Existing{}, filepath.Clean(o.Path)
	if o.Global {
		x.scan(root)
		return x
	}
	x.readInstalled(root, lockfile.Options{Dir: root, NPM: Major(o.NPM)})
	return x
}

// Actual lists what npm finds at o.Path as it lies there: what is in
// node_modules, the project itself, with the location "", and its workspaces.
func Actual(o Options) []Entry {
	x, root := LoadActual(o), filepath.Clean(o.Path)
	if o.Global {
		return x.Entries
	}
	if p, err := ReadPackage(root); err == nil {
		x.Entries = append(x.Entries, Entry{Name: p.Name, Version: p.Version, Pkg: p})
	}
	folders, _ := WorkspaceFolders(root, root, nil) // where npm cannot tell, it stops
	for _, dir := range folders {
		at := relpath(root, filepath.ToSlash(dir))
		if p, err := ReadPackage(dir); err == nil && x.At(at) == nil {
			x.Entries = append(x.Entries, Entry{Location: at, Name: p.Name, Version: p.Version, Pkg: p})
		}
	}
	return x.Entries
}

// ID is npm's word for a package in its place: the name it stands under, and
// behind an alias the true one.
func (e *Entry) ID() string {
	name := e.Name
	if i := strings.LastIndex("/"+e.Location, "/node_modules/"); i >= 0 {
		name = e.Location[i+len("node_modules/"):]
	}
	if e.Name != "" && e.Name != name {
		return name + "@npm:" + e.Name + "@" + e.Version
	}
	return name + "@" + e.Version
}
