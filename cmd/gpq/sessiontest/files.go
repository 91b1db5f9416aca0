package sessiontest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/rogpeppe/go-internal/testscript"
)

// sameFiles is the command samefiles.
func sameFiles(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("samefiles: want two folders")
	}
	a, err := tree(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	b, err := tree(ts.MkAbs(args[1]))
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for n := range a {
		names[n] = true
	}
	for n := range b {
		names[n] = true
	}
	sorted := make([]string, 0, len(names))
	for n := range names {
		sorted = append(sorted, n)
	}
	sort.Strings(sorted)
	for _, n := range sorted {
		if a[n] != b[n] {
			return fmt.Errorf("%s differs:\n%s\n%s", n, a[n], b[n])
		}
	}
	return nil
}

// tree describes everything below a folder, by path.
func tree(root string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			content, err = os.Readlink(path)
		case info.Mode().IsRegular():
			var data []byte
			data, err = os.ReadFile(path) // #nosec G304 G122 -- in the test's own folder
			content = string(data)
		}
		all[name] = fmt.Sprintf("%v %.4000q", info.Mode(), content)
		if len(content) > 4000 {
			all[name] += fmt.Sprintf("… %d bytes, %x", len(content), sum(content))
		}
		return err
	})
	return all, err
}

func sum(text string) [32]byte { return sha256.Sum256([]byte(text)) }
