// Package stories holds the recorded attacks and their benign twins, one
// archive each. The tests judge them, and gpq demo shows them.
package stories

import (
	"embed"
	"io/fs"
	"path"
	"sort"
	"strings"
)

//go:embed *.txtar
var archives embed.FS

// Names are the stories' names, sorted: S01-…, B01-….
func Names() []string {
	files, err := fs.Glob(archives, "*.txtar")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(path.Base(f), ".txtar"))
	}
	sort.Strings(names)
	return names
}

// Read gives a story's archive.
func Read(name string) ([]byte, error) { return archives.ReadFile(name + ".txtar") }
