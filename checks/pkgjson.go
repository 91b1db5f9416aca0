package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"sort"
	"strings"

	"gpq/resolver/registry"
)

// PackageJSON is the part of a tarball's package.json that npm acts on.
type PackageJSON struct {
	Name, Version string
	Scripts       registry.Deps
	Dependencies  registry.Deps // with the optional ones
	Bin           registry.Deps // command → path, cleaned as npm cleans it
	// BinDir is directories.bin where there is no bin: publishing lists its
	// files as commands.
	BinDir string
	// OddDependencies: they are no mapping, and publishing has rewritten them.
	OddDependencies bool
}

// ParsePackageJSON reads a package.json as npm does: fields of a wrong kind
// are as if they were absent, the file itself must be one JSON object.
func ParsePackageJSON(text []byte) (*PackageJSON, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("package.json: %w", err)
	}
	if doc == nil {
		return nil, errors.New("package.json: no object")
	}
	p := &PackageJSON{Scripts: stringMap(doc["scripts"])}
	_ = json.Unmarshal(doc["name"], &p.Name)
	_ = json.Unmarshal(doc["version"], &p.Version)
	p.Dependencies = mergeDeps(stringMap(doc["dependencies"]), stringMap(doc["optionalDependencies"]))
	p.OddDependencies = !isMapping(doc["dependencies"]) || !isMapping(doc["optionalDependencies"])
	p.Bin = binOf(p.Name, doc)
	if dir, ok := stringMap(doc["directories"]).Get("bin"); ok && len(p.Bin) == 0 {
		p.BinDir = cleanBin(dir)
	}
	return p, nil
}

// isMapping says whether a field is an object, or absent.
func isMapping(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || raw[0] == '{' || string(raw) == "null"
}

func stringMap(raw json.RawMessage) registry.Deps {
	var m map[string]json.RawMessage // a number that Go cannot hold is none that hides the rest
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	var out registry.Deps
	for k, v := range m {
		var s *string
		if json.Unmarshal(v, &s) == nil && s != nil {
			out = append(out, registry.Dep{Name: k, Value: *s})
		}
	}
	sortDeps(out)
	return out
}

func sortDeps(d registry.Deps) {
	sort.Slice(d, func(i, j int) bool { return d[i].Name < d[j].Name })
}

// mergeDeps puts b over a, as npm does with optional dependencies.
func mergeDeps(a, b registry.Deps) registry.Deps {
	out := registry.Deps{}
	for _, d := range a {
		if _, has := b.Get(d.Name); !has {
			out = append(out, d)
		}
	}
	out = append(out, b...)
	sortDeps(out)
	return out
}

// binOf reads bin in either of its forms. directories.bin needs the files, and
// is left out here.
func binOf(name string, doc map[string]json.RawMessage) registry.Deps {
	var one string
	if json.Unmarshal(doc["bin"], &one) == nil && one != "" {
		return registry.Deps{{Name: path.Base(name), Value: cleanBin(one)}}
	}
	out := stringMap(doc["bin"])
	for i, d := range out {
		out[i] = registry.Dep{Name: path.Base(strings.ReplaceAll(d.Name, "\\", "/")), Value: cleanBin(d.Value)}
	}
	sortDeps(out)
	return out
}

// cleanBin writes a path as npm does: inside the package, without a leading
// «./».
func cleanBin(p string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(p, "\\", "/")), "/")
}
