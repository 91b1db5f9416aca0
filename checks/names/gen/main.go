// Command gen makes the embedded list of the most used package names of an
// unpacked npm-high-impact: gen FOLDER OUTPUT DATE.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

var literal = regexp.MustCompile(`(?m)^\s*'((?:@[a-z0-9~][a-z0-9._~-]*/)?[A-Za-z0-9._~!()*-]+)',?$`)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: gen FOLDER OUTPUT DATE")
	}
	var pkg struct{ Name, Version string }
	raw, err := os.ReadFile(filepath.Join(args[0], "package.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &pkg); err != nil {
		return err
	}
	list, err := merge(filepath.Join(args[0], "lib"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	fmt.Fprintf(z, "# %s %s, %s\n", pkg.Name, pkg.Version, args[2])
	for _, name := range list {
		fmt.Fprintf(z, "%s\n", name)
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(args[1], out.Bytes(), 0o644) //nolint:gosec // a source file
}

// merge orders all names by the better of their places among the most
// depended on, which people type, and the most downloaded.
func merge(lib string) ([]string, error) {
	place := map[string]int{}
	var list []string
	for _, file := range []string{"top-dependent.js", "top-download.js", "top.js"} {
		src, err := os.ReadFile(filepath.Join(lib, file))
		if err != nil {
			return nil, err
		}
		for i, m := range literal.FindAllSubmatch(src, -1) {
			name := string(m[1])
			was, known := place[name]
			if !known {
				list = append(list, name)
			}
			if !known || i < was {
				place[name] = i
			}
		}
	}
	if len(list) < 10_000 {
		return nil, fmt.Errorf("only %d names", len(list))
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	return list, nil
}
