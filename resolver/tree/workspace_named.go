package tree

import (
	"path/filepath"
	"strings"
)

// WorkspaceFolders are the folders of a project's workspaces that --workspace
// names, called in cwd; of all of them where none is named.
func WorkspaceFolders(root, cwd string, named []string) ([]string, error) {
	pkg, err := ReadPackage(root)
	if err != nil {
		return nil, err
	}
	all, err := findWorkspaces(root, pkg.Workspaces, &collator{})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, w := range all {
		if len(named) == 0 || w.selected(named, root, cwd) {
			out = append(out, w.path)
		}
	}
	return out, nil
}

// selected is whether one --workspace means w: by its name, its folder, or the
// folder that it lies in. Folders count from where npm is called, or from the
// project where that is further down.
func (w workspace) selected(named []string, root, cwd string) bool {
	from := cwd
	if below := relpath(root, cwd); below == ".." || strings.HasPrefix(below, "../") {
		from = root
	}
	for _, filter := range named {
		at := filter
		if !filepath.IsAbs(at) {
			at = filepath.Join(from, at)
		}
		if filter == w.name || at == w.path || globMatch(relpath(from, at)+"/*", relpath(from, w.path)) {
			return true
		}
	}
	return false
}
