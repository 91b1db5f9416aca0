//go:build !unix

package shim

import (
	"fmt"
	"os"
)

func fileID(path string) (string, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%d-%d", info.ModTime().UnixNano(), info.Size()), true
}
