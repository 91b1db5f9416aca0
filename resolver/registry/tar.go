package registry

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// archiveReader reads a tar archive that has one meaning. Readers of tar differ
// in what they make of odd headers, and where npm's sees another file than gpq
// has checked, the check was for nothing: what two readers could take for two
// things is refused. What npm, git, GNU tar and bsdtar write is not.
type archiveReader struct {
	r       io.Reader
	left    int64 // of the body of the present entry
	padding int64 // after it
	block   [tarBlock]byte
	next    extension // what extension headers say of the next entry
	said    int64     // bytes of all extension headers so far
}

const (
	tarBlock     = 512
	maxExtension = 1<<20 - 1 // bytes: npm passes over a larger one
	maxSaid      = 64 << 20  // bytes of all: they cost more time than files
)

// extension is what stands before an entry about it.
type extension struct {
	pax, long, link bool // which headers there were
	path            string
	linkPath        bool
	size            int64 // -1 for none
}

func (x *extension) any() bool { return x.pax || x.long || x.link }

// An archiveEntry is a file, a folder or something that npm does not lay down.
type archiveEntry struct {
	name string
	own  string // the name in its own header, where an extension header gives another
	size int64
	file bool
}

func newArchiveReader(r io.Reader) *archiveReader {
	return &archiveReader{r: r, next: extension{size: -1}}
}

// Next gives the next entry, io.EOF after the last one.
func (t *archiveReader) Next() (*archiveEntry, error) {
	for {
		if _, err := io.CopyN(io.Discard, t.r, t.left+t.padding); err != nil {
			return nil, cutShort(err)
		}
		t.left, t.padding = 0, 0
		h, err := t.header()
		if err != nil {
			return nil, err
		}
		t.left, t.padding = h.size, -h.size&(tarBlock-1)
		if !h.extends() {
			return t.entry(h)
		}
		if err := t.extend(h); err != nil {
			return nil, err
		}
	}
}

// Read reads the body of the present entry.
func (t *archiveReader) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, io.EOF
	}
	n, err := t.r.Read(p[:min(int64(len(p)), t.left)])
	t.left -= int64(n)
	if t.left > 0 {
		err = cutShort(err)
	}
	return n, err
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// header reads a header; io.EOF where the archive ends with two empty blocks,
// or without.
func (t *archiveReader) header() (*tarHeader, error) {
	if err := t.readBlock(); err != nil {
		return nil, err
	}
	if t.block != [tarBlock]byte{} {
		return parseHeader(&t.block)
	}
	if err := t.readBlock(); err != nil {
		return nil, err
	}
	if t.block != [tarBlock]byte{} {
		return nil, errors.New("something follows an empty block")
	}
	return nil, io.EOF
}

func (t *archiveReader) readBlock() error {
	_, err := io.ReadFull(t.r, t.block[:])
	return err
}

// extend reads an extension header. One entry has at most one of a kind, and
// one name: of two, readers choose differently.
func (t *archiveReader) extend(h *tarHeader) error {
	t.said += h.size
	switch {
	case h.size == 0 || h.size > maxExtension:
		return fmt.Errorf("an extension header of %d bytes", h.size)
	case t.said > maxSaid:
		return fmt.Errorf("extension headers of more than %d bytes", int64(maxSaid))
	}
	body, err := io.ReadAll(t)
	if err != nil {
		return err
	}
	x := &t.next
	switch {
	case h.kind == 'K' && !x.pax && !x.link:
		x.link, x.linkPath = true, true
	case h.kind == 'L' && !x.pax && !x.long:
		x.long = true
		x.path, err = text(body)
		if err == nil && x.path == "" {
			err = errors.New("an empty name")
		}
	case h.kind == 'x' && !x.any():
		x.pax = true
		err = x.read(body, false)
	case h.kind == 'g' && !x.any():
		err = (&extension{}).read(body, true)
	default:
		err = errors.New("two extension headers for one entry")
	}
	return err
}

// paxKeys are the keys without a vendor's name.
var paxKeys = []string{ //nolint:gochecknoglobals // never changed
	"atime", "charset", "comment", "ctime", "dev", "devmajor", "devminor", "gid", "gname", "hdrcharset", "ino", "linkpath",
	"mode", "mtime", "nlink", "path", "size", "uid", "uname",
}

// read reads the records of a PAX header. A global one may say nothing of names
// and sizes.
func (x *extension) read(body []byte, global bool) error {
	var seen []string
	for len(body) > 0 {
		key, value, rest, err := paxRecord(body)
		if err != nil {
			return err
		}
		body = rest
		if err := plainRecord(key, value); err != nil {
			return err
		}
		switch key {
		case "path", "linkpath", "size":
			if global || slices.Contains(seen, key) {
				return fmt.Errorf("%s stands in a PAX header where it may not", key)
			}
			seen = append(seen, key)
			if err := x.take(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *extension) take(key, value string) error {
	switch {
	case value == "" || strings.Contains(value, "\x00"):
		return fmt.Errorf("an odd %s in a PAX header", key)
	case key == "path":
		x.path = value
	case key == "linkpath":
		x.linkPath = true
	default:
		n, ok := wholeNumber(value, 10)
		if !ok {
			return errors.New("an odd size in a PAX header")
		}
		x.size = n
	}
	return nil
}

// paxRecord reads «27 path=a/b\n».
func paxRecord(body []byte) (key, value string, rest []byte, err error) {
	odd := errors.New("a PAX header that is none")
	number, _, ok := strings.Cut(string(body[:min(len(body), 9)]), " ")
	n, whole := wholeNumber(number, 10)
	if !ok || !whole || number[0] == '0' || n > int64(len(body)) || n < int64(len(number)+4) || body[n-1] != '\n' {
		return "", "", nil, odd
	}
	key, value, ok = strings.Cut(string(body[len(number)+1:n-1]), "=")
	if !ok || key == "" {
		return "", "", nil, odd
	}
	return key, value, body[n:], nil
}

// plainRecord refuses what is read in two ways: keys that stand for another
// name, size or kind with some readers alone, and values of several lines, which
// npm reads as records of their own.
func plainRecord(key, value string) error {
	vendor := strings.Contains(key, ".")
	if strings.HasPrefix(key, "GNU.sparse.") || strings.ContainsAny(key, "\n\x00") || !vendor && !slices.Contains(paxKeys, key) {
		return fmt.Errorf("the key %q in a PAX header", cutText(key))
	}
	for i, line := range strings.Split(value, "\n") {
		if i == 0 {
			continue
		}
		line = strings.TrimSpace(line)
		if !vendor || strings.Contains(line, "=") && strings.TrimLeft(line, "+-0123456789") != line {
			return fmt.Errorf("several lines for %s in a PAX header", key)
		}
	}
	return nil
}

func cutText(s string) string { return s[:min(len(s), 40)] }

// entry makes an entry of its header and what stood before it.
func (t *archiveReader) entry(h *tarHeader) (*archiveEntry, error) {
	x := t.next
	t.next = extension{size: -1}
	e := &archiveEntry{name: h.name, own: h.name, size: h.size, file: h.file()}
	if x.path != "" {
		e.name = x.path
	}
	folder := e.file && strings.HasSuffix(e.name, "/")
	switch {
	case x.linkPath && !h.links():
		return nil, errors.New("a link's aim for what is no link")
	case x.size >= 0 && x.size != h.size:
		return nil, errors.New("two sizes for one entry")
	case folder && (h.size > 0 || h.kind == '7'):
		return nil, errors.New("a folder with content")
	case strings.Count(e.name, "/") > maxFolders:
		return nil, fmt.Errorf("more than %d folders in each other", maxFolders)
	}
	e.file = e.file && !folder
	return e, nil
}

// maxFolders is below what npm lays down.
const maxFolders = 1000
