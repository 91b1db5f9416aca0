package shell

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Install sets the shells up: gpq's files, and its line in their start files. It can be called again at any time. A file that
// cannot be written is in the result, and the others are done.
func Install(e Env, kinds []Kind) Result {
	var r Result
	files, err := e.owned(kinds)
	if err != nil {
		r.did(e.Root(), "", err)
		return r
	}
	for _, f := range files {
		did, err := e.writeOwned(f)
		r.did(f.path, did, err)
	}
	for _, f := range e.startFiles(kinds) {
		did, err := addLine(f)
		r.did(f.path, did, err)
	}
	for _, a := range e.Aliases(kinds) {
		r.Notes = append(r.Notes, fmt.Sprintf("%s:%d: %s: this stays, and comes before gpq's; what it calls is checked if that is npm or npx", a.File, a.Line, a.Text))
	}
	return r
}

func (e Env) writeOwned(f ownedFile) (Did, error) {
	want := e.content(f)
	have, err := os.ReadFile(f.path)
	switch {
	case err == nil && bytes.Equal(have, want) && modeOf(f.path) == fs.FileMode(f.mode):
		return Kept, nil
	case err == nil && !bytes.Contains(have, []byte("gpq-shim")):
		return "", fmt.Errorf("it is not gpq's: move it away")
	}
	did := Updated
	if err != nil {
		did = Added
	}
	if err := replace(f.path, want, fs.FileMode(f.mode)); err != nil {
		return "", err
	}
	return did, os.Chmod(f.path, fs.FileMode(f.mode))
}

func modeOf(path string) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Mode().Perm()
}

func addLine(f startFile) (Did, error) {
	content, isNew, err := readStart(f.path)
	if err != nil {
		return "", err
	}
	want := withLine(content, isNew, f.line)
	if bytes.Equal(want, content) && !isNew {
		return Kept, nil
	}
	did := Added
	if start, _, _ := findLine(content); start >= 0 {
		did = Updated
	}
	return did, replace(f.path, want, 0o644)
}

// Uninstall takes all of it away, from every shell. Files that gpq's line was put into are as they were before it, byte for
// byte; a file that it was the first line of is removed if nothing else came into it.
func Uninstall(e Env) Result {
	var r Result
	files, err := e.owned(Kinds())
	if err != nil {
		r.did(e.Root(), "", err)
		return r
	}
	for _, path := range e.everyStartFile() {
		if found, err := dropLine(path); found || err != nil {
			r.did(path, Removed, err)
		}
	}
	for _, f := range files {
		have, err := os.ReadFile(f.path)
		if err != nil || !bytes.Contains(have, []byte("gpq-shim")) {
			continue
		}
		r.did(f.path, Removed, os.Remove(f.path))
	}
	fish := filepath.Dir(e.fishFile())
	for _, dir := range []string{e.Bin(), e.Root(), filepath.Dir(e.Root()), fish, filepath.Dir(fish)} {
		_ = os.Remove(dir) // if it is empty
	}
	return r
}

// everyStartFile is every file that gpq's line may be in, also from a time when other files existed.
func (e Env) everyStartFile() []string {
	var paths []string
	for _, f := range e.startFiles(Kinds()) {
		paths = append(paths, f.path)
	}
	for _, name := range []string{".bash_profile", ".bash_login", ".profile", ".zshrc", ".zprofile"} {
		if p := filepath.Join(e.Home, name); !in(paths, p) {
			paths = append(paths, p)
		}
	}
	return paths
}

func in(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func dropLine(path string) (found bool, err error) {
	content, isNew, err := readStart(path)
	if err != nil || isNew {
		return false, nil //nolint:nilerr // what cannot be read has no line of ours that we wrote
	}
	if start, _, _ := findLine(content); start < 0 {
		return false, nil
	}
	out, remove := withoutLine(content)
	if !remove {
		return true, replace(path, out, 0o644)
	}
	target, err := follow(path)
	if err != nil {
		return true, err
	}
	return true, os.Remove(target)
}

// Hook writes gpq's own files and returns the lines to put into a start file by hand, for those who keep theirs elsewhere.
func Hook(e Env, k Kind) (string, error) {
	files, err := e.owned(nil)
	if err != nil {
		return "", err
	}
	for _, f := range files {
		if _, err := e.writeOwned(f); err != nil {
			return "", fmt.Errorf("%s: %w", f.path, err)
		}
	}
	name := map[Kind]string{Bash: "hook.bash", Zsh: "hook.zsh", Fish: "hook.fish", PowerShell: "hook.ps1"}[k]
	if name == "" {
		return "", fmt.Errorf("gpq has no shims for the shell %q", k)
	}
	return string(e.content(ownedFile{script: name})), nil
}
