package checks

import (
	"archive/tar"
	"bufio"
	"bytes"
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
	OddGyp string
	// Carried are the packages that lie in its node_modules.
	Carried  []string
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

// A MalformedError says that a tarball is none, or none that npm would have
// made: unlike a failure to fetch it, a fact about the package.
type MalformedError struct{ Reason string }

func (e *MalformedError) Error() string { return "the tarball is malformed: " + e.Reason }

// ReadTarball reads a package's tarball, gzipped or not. An error of the reader
// is given back as it is; a *MalformedError is about the content. A
// package.json that cannot be read is in the facts.
func ReadTarball(r io.Reader) (*TarballFacts, error) {
	src := &source{r: bufio.NewReader(r)}
	var body io.Reader = src
	if magic, _ := src.r.(*bufio.Reader).Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, src.blame(err)
		}
		defer func() { _ = z.Close() }()
		body = z
	}
	out := &TarballFacts{Err: errors.New("there is no package.json in the tarball")}
	t := tar.NewReader(io.LimitReader(body, maxTarballBytes))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, src.blame(err)
		}
		if out.Files++; out.Files > maxTarballFiles {
			return nil, &MalformedError{"more files than any package has"}
		}
		if err := out.entry(h, t); err != nil {
			return nil, src.blame(err)
		}
	}
	// To the end: what checks the integrity has seen all bytes only then. What
	// stands behind the archive is nobody's.
	if _, err := io.Copy(io.Discard, src); err != nil {
		return nil, err
	}
	return out, nil
}

// source remembers an error of the underlying reader, to tell it from one of
// the content.
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

func (s *source) blame(err error) error {
	if s.err != nil {
		return s.err
	}
	return &MalformedError{err.Error()}
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
	case strings.HasPrefix(name, "node_modules/"):
		f.carries(name)
	case strings.HasSuffix(lower, ".gyp"), strings.HasSuffix(lower, ".gypi"):
		f.BindingGyp = f.BindingGyp || lower == "binding.gyp"
		return f.gyp(name, r)
	}
	return nil
}

// carries notes a package in the tarball's own node_modules, by its
// package.json.
func (f *TarballFacts) carries(name string) {
	parts := strings.Split(name, "/")
	n := 2
	if len(parts) > 1 && strings.HasPrefix(parts[1], "@") {
		n = 3
	}
	if len(parts) == n+1 && parts[n] == "package.json" {
		f.Carried = append(f.Carried, strings.Join(parts[1:n], "/"))
	}
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
