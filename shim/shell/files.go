package shell

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// follow is the file that a link, or a chain of links, leads to, whether or not that exists.
func follow(path string) (string, error) {
	for range 40 {
		to, err := os.Readlink(path)
		if err != nil {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return path, nil // the folder is still to be made
			}
			return filepath.Join(dir, filepath.Base(path)), nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: links that lead nowhere", path)
}

// replace writes a file whole or not at all, where a link leads to; a file that was there keeps its mode and owner.
func replace(path string, content []byte, mode fs.FileMode) error {
	target, err := follow(path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil { //nolint:gosec // as shells and editors make them
		return err
	}
	old, err := os.Stat(target)
	if err == nil {
		mode = old.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".gpq-")
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil && old != nil {
		err = sameOwner(tmp.Name(), old)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), target)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// readStart reads a start file; one that is not there is new.
func readStart(path string) (content []byte, isNew bool, err error) {
	content, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	if err == nil && bytes.HasPrefix(content, []byte{0xff, 0xfe}) {
		return nil, false, fmt.Errorf("%s is UTF-16: gpq does not edit it; put the output of gpq shim hook there", path)
	}
	return content, false, err
}

// Did is what became of a file.
type Did string

// What may become of a file.
const (
	Added   Did = "added"   // gpq's line, or the file, is new
	Updated Did = "updated" // it was an older one's
	Kept    Did = "kept"    // it was there already
	Removed Did = "removed"
)

// Change is one file of an installation.
type Change struct {
	Path string
	Did  Did
	Err  error // why nothing could be done; the rest goes on
}

// Result is what Install or Uninstall did, and what the user should know.
type Result struct {
	Changes []Change
	Notes   []string
}

// Err is the first thing that could not be done.
func (r Result) Err() error {
	for _, c := range r.Changes {
		if c.Err != nil {
			return fmt.Errorf("%s: %w", c.Path, c.Err)
		}
	}
	return nil
}

func (r *Result) did(path string, did Did, err error) {
	r.Changes = append(r.Changes, Change{path, did, err})
}
