package registry

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Bounds of what ReadTarball takes on. Real packages stay far below.
const (
	maxUnpacked  = 4 << 30 // bytes
	maxFiles     = 500_000
	maxKeptFile  = 16 << 20 // a package.json, a shrinkwrap
	maxKeptBytes = 96 << 20 // all that Contents holds
)

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
	// Twins are names at the top that equal package.json, npm-shrinkwrap.json or
	// binding.gyp but for upper case: another file takes their place where the
	// file system does not tell them apart.
	Twins []string
	Files int64 // files, each name once counted for each entry
	Size  int64 // bytes unpacked
}

// bundledFile is the package.json of a package inside another.
var bundledFile = regexp.MustCompile(`^((?:node_modules/(?:@[^/]+/)?[^/@][^/]*/)*node_modules/(?:@[^/]+/)?[^/@][^/]*)/package\.json$`)

// ReadTarball reads an archive from the disk. Damage, and what only hostile
// archives have, is an error.
func ReadTarball(file string) (*Contents, error) {
	f, err := os.Open(file) //nolint:gosec // a path of the store
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	c, err := ReadArchive(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Base(file), err)
	}
	return c, nil
}

// ReadArchive is ReadTarball for an open one: tar, as a rule compressed with
// gzip.
func ReadArchive(r io.Reader) (*Contents, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	var plain io.Reader = in
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("the archive is damaged: %w", err)
		}
		defer z.Close() //nolint:errcheck // only read
		plain = z
	}
	c := &Contents{Bundled: map[string][]byte{}}
	a := &archive{Contents: c, tr: tar.NewReader(&atMost{r: plain, left: maxUnpacked})}
	for {
		h, err := a.tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the archive is damaged: %w", err)
		}
		if err := a.entry(h); err != nil {
			return nil, err
		}
	}
	if c.Files == 0 {
		return nil, errors.New("the archive is empty")
	}
	return c, nil
}

type archive struct {
	*Contents
	tr   *tar.Reader
	kept int64
}

func (a *archive) entry(h *tar.Header) error {
	if a.Files >= maxFiles {
		return fmt.Errorf("the archive has more than %d files", maxFiles)
	}
	regular := h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeCont
	if !regular || strings.HasSuffix(h.Name, "/") {
		return nil // npm lays down neither links nor devices
	}
	name, err := unpackedName(h.Name)
	if err != nil || name == "" {
		return err
	}
	a.Files++
	a.Size += h.Size
	return a.keep(name, h.Size)
}

func (a *archive) keep(name string, size int64) error {
	switch lower := strings.ToLower(name); {
	case name == "package.json":
		return a.read(&a.PackageJSON, size)
	case name == "npm-shrinkwrap.json":
		return a.read(&a.Shrinkwrap, size)
	case name == "binding.gyp":
		a.Gypfile = true
	case lower == "package.json" || lower == "npm-shrinkwrap.json" || lower == "binding.gyp":
		a.Twins = append(a.Twins, name)
	}
	m := bundledFile.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	var body []byte
	err := a.read(&body, size)
	a.Bundled[m[1]] = body
	return err
}

func (a *archive) read(into *[]byte, size int64) error {
	a.kept += size
	if size > maxKeptFile || a.kept > maxKeptBytes {
		return errors.New("a package.json or npm-shrinkwrap.json in the archive is too large")
	}
	body, err := io.ReadAll(io.LimitReader(a.tr, size+1))
	if err != nil {
		return fmt.Errorf("the archive is damaged: %w", err)
	}
	*into = body
	return nil
}

// unpackedName gives where npm puts an entry, relative to the package's
// folder; "" where it puts it nowhere. A path whose meaning depends on the
// system is an error.
func unpackedName(name string) (string, error) {
	_, rest, ok := strings.Cut(name, "/")
	if !ok {
		return "", nil
	}
	for {
		if strings.HasPrefix(rest, `\`) || strings.HasPrefix(rest, "//?/") {
			return "", errors.New("the archive has a path that leads elsewhere on Windows")
		}
		stripped := rest
		if len(rest) >= 2 && rest[1] == ':' && isLetter(rest[0]) {
			stripped = rest[2:]
		}
		stripped = strings.TrimPrefix(stripped, "/")
		if stripped == rest {
			break
		}
		rest = stripped
	}
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == ".." {
			return "", nil // npm leaves it out
		}
	}
	clean := path.Clean(rest)
	if rest == "" || clean == "." {
		return "", nil
	}
	return clean, nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// atMost fails, rather than ends, where there is more than it lets through.
type atMost struct {
	r    io.Reader
	left int64
}

func (l *atMost) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("it unpacks to more than %d bytes", int64(maxUnpacked))
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}
