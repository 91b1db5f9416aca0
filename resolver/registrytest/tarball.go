package registrytest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1" // #nosec G505 -- npm's shasum is SHA-1
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"
)

// artefact is one version's tarball with its true digests.
type artefact struct {
	data         []byte
	integrity    string // sha512-…
	sha512       [sha512.Size]byte
	shasum       string
	fileCount    int
	unpackedSize int
	manifest     map[string]any // its package.json
	files        map[string][]byte
}

// packed is the time every file in a tarball has: npm's own choice.
var packed = time.Date(1985, 10, 26, 8, 15, 0, 0, time.UTC)

// pack makes the tarball of files: the same files, the same bytes.
func pack(files map[string][]byte, commands map[string]bool) (*artefact, error) {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		if a, b := names[i] == "package.json", names[j] == "package.json"; a != b {
			return a
		}
		return names[i] < names[j]
	})
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	out := tar.NewWriter(zip)
	a := &artefact{fileCount: len(names), files: files}
	for _, n := range names {
		mode := int64(0o644)
		if commands[n] {
			mode = 0o755
		}
		h := &tar.Header{Name: "package/" + n, Mode: mode, Size: int64(len(files[n])), ModTime: packed, Format: tar.FormatUSTAR}
		if err := out.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := out.Write(files[n]); err != nil {
			return nil, err
		}
		a.unpackedSize += len(files[n])
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	a.data = buf.Bytes()
	a.sha512 = sha512.Sum512(a.data)
	a.integrity = "sha512-" + base64.StdEncoding.EncodeToString(a.sha512[:])
	sum := sha1.Sum(a.data) // #nosec G401 -- npm's shasum is SHA-1
	a.shasum = hex.EncodeToString(sum[:])
	return a, nil
}

// reserved are the fields of a version that are not package.json's.
var reserved = map[string]bool{"time": true, "publisher": true, "trusted": true, "approver": true,
	"maintainers": true, "signed": true, "attestations": true, "removed": true, "pad": true,
	"tarball": true, "patch": true}

// build makes a version's files and packs them.
func (p *Package) build(v *version) (*artefact, error) {
	files := map[string][]byte{}
	for n, data := range v.files {
		files[n] = data
	}
	if _, ok := files["package.json"]; !ok {
		text, err := json.MarshalIndent(p.manifest(v), "", "  ")
		if err != nil {
			return nil, fmt.Errorf("%s@%s: package.json: %w", p.Name, v.number, err)
		}
		files["package.json"] = append(text, '\n')
	}
	var manifest map[string]any
	if err := json.Unmarshal(files["package.json"], &manifest); err != nil {
		return nil, fmt.Errorf("%s@%s: package.json: %w", p.Name, v.number, err)
	}
	commands := fill(p.Name+"@"+v.number, manifest, files)
	if err := pad(v.meta["pad"], files); err != nil {
		return nil, fmt.Errorf("%s@%s: pad: %w", p.Name, v.number, err)
	}
	a, err := pack(files, commands)
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.Name, v.number, err)
	}
	a.manifest = manifest
	return a, nil
}

// manifest is the package.json of a version that does not bring its own.
func (p *Package) manifest(v *version) map[string]any {
	m := map[string]any{
		"name": p.Name, "version": v.number, "description": "a package for tests",
		"license": "MIT", "main": "index.js",
		"repository": map[string]any{"type": "git", "url": "git+https://github.com/example/" + p.base() + ".git"},
	}
	merge(m, p.head.Manifest)
	own := map[string]any{}
	for k, value := range v.meta {
		if !reserved[k] {
			own[k] = value
		}
	}
	merge(m, own)
	textual(m)
	return m
}

// base is the name without its scope.
func (p *Package) base() string {
	return p.Name[strings.LastIndex(p.Name, "/")+1:]
}

// fill adds the files that package.json names and the archive left out, and
// says which are commands.
func fill(id string, manifest map[string]any, files map[string][]byte) map[string]bool {
	commands := map[string]bool{}
	switch bin := manifest["bin"].(type) {
	case string:
		commands[clean(bin)] = true
	case map[string]any:
		for _, path := range bin {
			commands[clean(fmt.Sprint(path))] = true
		}
	}
	for c := range commands {
		if _, ok := files[c]; !ok {
			files[c] = []byte("#!/usr/bin/env node\nconsole.log('" + id + "')\n")
		}
	}
	main, _ := manifest["main"].(string)
	if main = clean(main); main != "" && main != "." {
		if _, ok := files[main]; !ok {
			files[main] = []byte("module.exports = '" + id + "'\n")
		}
	}
	return commands
}

func clean(path string) string { return strings.TrimPrefix(path, "./") }

// pad adds files of the sizes asked for; they compress well.
func pad(sizes any, files map[string][]byte) error {
	if sizes == nil {
		return nil
	}
	m, ok := sizes.(map[string]any)
	if !ok {
		return fmt.Errorf("want a mapping of path to bytes")
	}
	for name, size := range m {
		var n int
		if _, err := fmt.Sscan(fmt.Sprint(size), &n); err != nil || n < 0 {
			return fmt.Errorf("%s: %v is no size", name, size)
		}
		files[name] = bytes.Repeat([]byte("// padding\n"), n/11+1)[:n]
	}
	return nil
}
