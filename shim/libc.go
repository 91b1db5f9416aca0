package shim

import "path/filepath"

// Libc is this machine's C library by the name that npm has for it: glibc,
// musl, or "" where it is neither (macOS, Windows). npm asks node's own report;
// the loader on the disk says the same without starting node.
func Libc() string {
	for _, l := range []struct{ loader, libc string }{
		{"/lib64/ld-linux-*.so*", "glibc"}, {"/lib/ld-linux*.so*", "glibc"}, {"/lib/*/ld-linux*.so*", "glibc"},
		{"/lib/ld-musl-*.so*", "musl"},
	} {
		if found, err := filepath.Glob(l.loader); err == nil && len(found) > 0 {
			return l.libc
		}
	}
	return ""
}
