package guard

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// lockfiles are the files in which npm notes where a package came from,
// relative to the project (or, for global installs, to the folder that holds
// node_modules).
var lockfiles = []string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "node_modules/.package-lock.json"}

// maxLockfile bounds what is read of one, in bytes.
const maxLockfile = 256 << 20

// Repair puts the true URL wherever npm, run in dir, has noted the guard's own:
// it does so for a package that is asked for by URL, of which it keeps the
// address it was sent to. It is to be called when npm has ended, however it
// ended; where nothing is to be done, nothing is written.
func (g *Guard) Repair(dir string) error {
	var all []error
	for _, name := range lockfiles {
		if err := g.repair(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

func (g *Guard) repair(file string) error {
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() > maxLockfile) {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file) // #nosec G304 -- npm's lockfile in the project's folder
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), "http://"+g.host+"/") {
		return nil
	}
	fixed, err := g.trueURLs(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return replace(file, fixed, info.Mode().Perm())
}

// trueURLs replaces the guard's URLs in a text.
func (g *Guard) trueURLs(text string) (string, error) {
	var failed error
	own := regexp.MustCompile(regexp.QuoteMeta("http://"+g.host) + `/[^"\s#?\\]*`)
	fixed := own.ReplaceAllStringFunc(text, func(found string) string {
		u, err := url.Parse(found)
		if err != nil {
			failed = err
			return found
		}
		path := u.Path
		if rest, ok := strings.CutPrefix(path, "/"+g.secret+"/"); ok {
			path = "/" + rest
		}
		g.mu.RLock()
		defer g.mu.RUnlock()
		if known := g.cleared[path]; len(known) > 0 {
			return known[0].Tarball
		}
		failed = fmt.Errorf("no true address is known for %s", path)
		return found
	})
	return fixed, failed
}

// replace writes a file whole, or not at all.
func replace(file, text string, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".gpq-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already where all went well
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
