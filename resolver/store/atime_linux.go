package store

import (
	"io/fs"
	"syscall"
	"time"
)

// used is when a file was last written or, as far as the file system notes
// that, read.
func used(info fs.FileInfo) time.Time {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info.ModTime()
	}
	return later(info.ModTime(), time.Unix(st.Atim.Unix()))
}
