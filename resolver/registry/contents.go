package registry

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
)

// Bounds of what ReadTarball takes on. Real packages stay far below.
const (
	maxUnpacked  = 4 << 30 // bytes
	maxFiles     = 500_000
	maxKeptFile  = 16 << 20 // a package.json, a shrinkwrap
	maxKeptBytes = 96 << 20 // all that Contents holds
	maxGyp       = 1 << 20  // of a gyp file's text; beyond, and beyond maxGyps of all, it is cut
	maxGyps      = 16 << 20
)

// A MalformedError says that an archive is none, or none that npm would have
// made: unlike a failure to read it, a fact about the package.
type MalformedError struct{ Reason string }

func (e *MalformedError) Error() string { return "the tarball is malformed: " + e.Reason }

func malformed(format string, args ...any) error {
	return &MalformedError{fmt.Sprintf(format, args...)}
}

// Contents is what gpq wants to know of an archive: the files as npm would lay
// them down, without the first folder of each path, a later entry in place of
// an earlier one of the same name.
type Contents struct {
	PackageJSON []byte // nil where there is none
	Shrinkwrap  []byte // npm-shrinkwrap.json; nil where there is none
	Gypfile     bool   // a binding.gyp at the top: npm runs node-gyp for it
	// Bundled has the package.json of each package inside, by its folder:
	// "node_modules/a", "node_modules/a/node_modules/@b/c".
	Bundled map[string][]byte
	// BundledGyps are such folders with a binding.gyp of their own, with a
	// package.json or without: npm runs node-gyp for them too.
	BundledGyps []string
	// Gyps are all files that node-gyp reads, but those of bundled packages.
	Gyps []Gyp
	// Twins are names at the top for which TwinOf knows another.
	Twins []string
	Files int64 // files, each name once counted for each entry
	Size  int64 // bytes unpacked
}

// Gyp is a *.gyp or *.gypi file.
type Gyp struct {
	Name string // below the package's folder
	Text []byte
	Cut  bool // there is more of it
}

// ReadTarball reads an archive from the disk. A *MalformedError is about the
// content, any other about the disk.
func ReadTarball(file string) (*Contents, error) {
	f, err := os.Open(file) //nolint:gosec // a path of the store
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return ReadArchive(f)
}

// ReadArchive is ReadTarball for an open one: tar, as a rule compressed with
// gzip. What fails in r is given back as it is.
func ReadArchive(r io.Reader) (*Contents, error) {
	src := &source{r: r}
	c, err := readArchive(src, nil)
	if src.err != nil {
		return nil, src.err
	}
	return c, err
}

// source remembers what failed below the content.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func readArchive(r io.Reader, sums map[string][sha256.Size]byte) (*Contents, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var plain io.Reader = in
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, malformed("%v", err)
		}
		defer z.Close() //nolint:errcheck // only read
		plain = z
	}
	c := &Contents{Bundled: map[string][]byte{}}
	a := &archive{Contents: c, tr: newArchiveReader(&atMost{r: plain, left: maxUnpacked}), sums: sums}
	for {
		h, err := a.tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, malformed("%v", err)
		}
		if err := a.entry(h); err != nil {
			return nil, err
		}
	}
	if c.Files == 0 {
		return nil, malformed("it is empty")
	}
	return c, nil
}

type archive struct {
	*Contents
	tr   *archiveReader
	kept int64
	gyps int64
	sums map[string][sha256.Size]byte // nil: wanted by nobody
}

func (a *archive) entry(e *archiveEntry) error {
	if a.Files >= maxFiles {
		return malformed("more than %d files", maxFiles)
	}
	if !e.file {
		return nil // npm lays down neither links nor devices
	}
	name, err := unpackedName(e.name)
	if err != nil {
		return err
	}
	if own, err := unpackedName(e.own); err != nil || own != name && !ascii(e.name) && (matters(own) || matters(name)) {
		return malformed("two names for one file") // npm overlooks the second where its buffer ends within a letter
	}
	a.elsewhere(e.name, name)
	if name == "" {
		return nil
	}
	a.Files++
	a.Size += e.size
	return a.keep(name, e.size)
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// matters says whether a file is one that gpq looks into.
func matters(name string) bool {
	_, bundled := bundledAt(name)
	_, compiled := bundledGyp(name)
	return bundled || compiled || TwinOf(name) != "" || isGyp(name)
}

// elsewhere notes what has another name on Windows, where «\» parts folders.
func (a *archive) elsewhere(raw, name string) {
	if !strings.Contains(raw, `\`) {
		return
	}
	there, err := unpackedName(strings.ReplaceAll(raw, `\`, "/"))
	if err == nil && there != name && TwinOf(there) != "" {
		a.Twins = append(a.Twins, there)
	}
}

func (a *archive) keep(name string, size int64) error {
	if a.sums != nil {
		return a.sum(name)
	}
	if dir, ok := bundledAt(name); ok {
		var body []byte
		err := a.read(&body, size)
		a.Bundled[dir] = body
		return err
	}
	if dir, ok := bundledGyp(name); ok && !slices.Contains(a.BundledGyps, dir) {
		a.BundledGyps = append(a.BundledGyps, dir)
	}
	switch {
	case name == "package.json":
		return a.read(&a.PackageJSON, size)
	case name == "npm-shrinkwrap.json":
		return a.read(&a.Shrinkwrap, size)
	case name == "binding.gyp":
		a.Gypfile = true
	case TwinOf(name) != "":
		a.Twins = append(a.Twins, name)
	}
	return a.gyp(name)
}

// bundledAt gives the folder of a bundled package whose package.json this is.
func bundledAt(name string) (dir string, ok bool) {
	dir, ok = strings.CutSuffix(name, "/package.json")
	if !ok || !isBundled(dir) {
		return "", false
	}
	return dir, true
}

// bundledGyp gives the folder of a bundled package whose binding.gyp this is, on
// any file system.
func bundledGyp(name string) (dir string, ok bool) {
	i := strings.LastIndexByte(name, '/')
	if i < 0 || !strings.EqualFold(name[i+1:], "binding.gyp") || !isBundled(name[:i]) {
		return "", false
	}
	return name[:i], true
}

// isBundled says whether a folder is a bundled package's: names below
// node_modules, and nothing else.
func isBundled(rest string) bool {
	for {
		var ok bool
		if rest, ok = strings.CutPrefix(rest, "node_modules/"); !ok {
			return false
		}
		if strings.HasPrefix(rest, "@") {
			var scope string
			if scope, rest, ok = strings.Cut(rest, "/"); !ok || scope == "@" {
				return false
			}
		}
		part, below, deeper := strings.Cut(rest, "/")
		if part == "" || part[0] == '@' {
			return false
		}
		if !deeper {
			return true
		}
		rest = below
	}
}

func isGyp(name string) bool {
	lower := strings.ToLower(name)
	return (strings.HasSuffix(lower, ".gyp") || strings.HasSuffix(lower, ".gypi")) && !strings.HasPrefix(name, "node_modules/")
}

func (a *archive) gyp(name string) error {
	if !isGyp(name) {
		return nil
	}
	most := max(min(maxGyp, maxGyps-a.gyps), 0)
	text, err := io.ReadAll(io.LimitReader(a.tr, most+1))
	if err != nil {
		return malformed("%v", err)
	}
	g := Gyp{Name: name, Text: text, Cut: int64(len(text)) > most}
	if g.Cut {
		g.Text = text[:most]
	}
	a.gyps += int64(len(g.Text))
	a.Gyps = append(a.Gyps, g)
	return nil
}

func (a *archive) read(into *[]byte, size int64) error {
	a.kept += size
	if size > maxKeptFile || a.kept > maxKeptBytes {
		return malformed("a package.json or npm-shrinkwrap.json is larger than any is")
	}
	body, err := io.ReadAll(io.LimitReader(a.tr, size+1))
	if err != nil {
		return malformed("%v", err)
	}
	*into = body
	return nil
}
