//go:build !linux

package store

import (
	"io/fs"
	"time"
)

// used is when a file was last written.
func used(info fs.FileInfo) time.Time { return later(info.ModTime(), time.Time{}) }
