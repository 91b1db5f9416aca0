//go:build !unix

package store

import (
	"errors"
	"io/fs"
	"os"
)

func private(info fs.FileInfo) error {
	if !info.IsDir() {
		return errors.New("is no folder")
	}
	return nil
}

// tryLock always has it: without advisory locks, the rename alone keeps files
// whole.
func tryLock(*os.File) (bool, error) { return true, nil }
