package shim

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// InWorkspace is whether dir lies in a project that has workspaces, or below one: npm then may install for `npm init` and
// `npm version`. It looks no further up than npm does for a project: to the root, past folders without package.json.
func InWorkspace(dir string) bool {
	for {
		if hasWorkspaces(filepath.Join(dir, "package.json")) {
			return true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return false
		}
		dir = up
	}
}

// hasWorkspaces is true too for a package.json that cannot be read as one.
func hasWorkspaces(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var pkg struct{ Workspaces json.RawMessage }
	if err := json.NewDecoder(io.LimitReader(f, 8<<20)).Decode(&pkg); err != nil {
		return true
	}
	return len(pkg.Workspaces) > 0 && string(pkg.Workspaces) != "null"
}
