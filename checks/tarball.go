package checks

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// TarballFacts is what a package's own files say: read out of the verified
// tarball, never unpacked to disk.
type TarballFacts struct {
	Package    *PackageJSON // nil where there is none, or it cannot be read: see Err
	Err        error
	BindingGyp bool // a binding.gyp in the package's root: npm compiles without being told
	// OddGyp is a command found in a *.gyp or *.gypi file that does more than
	// compile; "" for none.
	OddGyp   string
	Unpacked int64 // bytes of all files
	Files    int
}

// Bounds of a tarball: npm's registry takes less than any of them.
const (
	maxTarballBytes = 2 << 30
	maxTarballFiles = 500_000
	maxPackageJSON  = 8 << 20
	maxGyp          = 1 << 20
)

var errNotAsked = errors.New("the tarball was not asked for")

// ReadTarball reads a package's gzipped tarball. An error says that it is no
// such thing, or larger than any package can be; a package.json that cannot be
// read is in the facts.
func ReadTarball(r io.Reader) (*TarballFacts, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("tarball: %w", err)
	}
	defer z.Close()
	out := &TarballFacts{Err: errors.New("there is no package.json in the tarball")}
	t := tar.NewReader(io.LimitReader(z, maxTarballBytes))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("tarball: %w", err)
		}
		if out.Files++; out.Files > maxTarballFiles {
			return nil, errors.New("tarball: more files than any package has")
		}
		if err := out.entry(h, t); err != nil {
			return nil, err
		}
	}
	// To the end: what checks the integrity has seen all bytes only then.
	if _, err := io.Copy(io.Discard, io.LimitReader(z, maxTarballBytes)); err != nil {
		return nil, fmt.Errorf("tarball: %w", err)
	}
	return out, nil
}

// entry takes one file. npm strips the first folder, whatever its name, and
// takes the last of several files of one name.
func (f *TarballFacts) entry(h *tar.Header, r io.Reader) error {
	if h.Typeflag != tar.TypeReg {
		return nil
	}
	f.Unpacked += h.Size
	_, name, ok := strings.Cut(path.Clean(strings.TrimPrefix(strings.ReplaceAll(h.Name, "\\", "/"), "/")), "/")
	if !ok {
		return nil
	}
	switch lower := strings.ToLower(name); {
	case lower == "package.json":
		f.packageJSON(r)
	case strings.HasSuffix(lower, ".gyp"), strings.HasSuffix(lower, ".gypi"):
		f.BindingGyp = f.BindingGyp || lower == "binding.gyp"
		return f.gyp(name, r)
	}
	return nil
}

func (f *TarballFacts) packageJSON(r io.Reader) {
	text, err := io.ReadAll(io.LimitReader(r, maxPackageJSON+1))
	if err == nil && len(text) > maxPackageJSON {
		err = errors.New("package.json is larger than any is")
	}
	if err != nil {
		f.Package, f.Err = nil, err
		return
	}
	f.Package, f.Err = ParsePackageJSON(text)
}

func (f *TarballFacts) gyp(name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, maxGyp+1))
	if err != nil {
		return fmt.Errorf("tarball: %w", err)
	}
	if odd := oddGyp(string(text)); odd != "" && f.OddGyp == "" {
		f.OddGyp = name + ": " + odd
	}
	if len(text) > maxGyp {
		f.OddGyp = name + ": larger than any is"
	}
	return nil
}
