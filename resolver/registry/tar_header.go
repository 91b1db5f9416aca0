package registry

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// tarHeader is one header of 512 bytes, as all readers read it.
type tarHeader struct {
	name string // with its prefix
	size int64  // of the body that follows
	kind byte
}

func (h *tarHeader) extends() bool { return strings.IndexByte("xgLK", h.kind) >= 0 }
func (h *tarHeader) file() bool    { return strings.IndexByte("0\x007", h.kind) >= 0 }
func (h *tarHeader) links() bool   { return h.kind == '1' || h.kind == '2' }

func parseHeader(b *[tarBlock]byte) (*tarHeader, error) {
	if sum, err := tarNumber(b[148:156]); err != nil || sum != checksum(b) {
		return nil, errors.New("the checksum of a header is wrong")
	}
	h := &tarHeader{kind: b[156]}
	err := plainNumbers(b)
	if err != nil {
		return nil, err
	}
	if h.name, err = tarName(b); err != nil {
		return nil, err
	}
	if h.size, err = tarNumber(b[124:136]); err != nil {
		return nil, err
	}
	link, err := text(b[157:257])
	switch {
	case err != nil:
		return nil, err
	case (link != "") != h.links():
		return nil, errors.New("a link without an aim, or an aim without a link")
	case h.kind == '5':
		h.size = 0 // some write the size that the disk gives for a folder; nobody reads a body
	case strings.IndexByte("12346", h.kind) >= 0 && h.size != 0:
		return nil, errors.New("a link or a device with content")
	case !h.extends() && !h.file() && strings.IndexByte("12346", h.kind) < 0:
		return nil, fmt.Errorf("an entry of the kind %q", h.kind)
	}
	return h, nil
}

// plainNumbers looks at the numbers that gpq has no use for: for a binary one
// that is too large, npm leaves out the whole header and takes what follows for
// the next one.
func plainNumbers(b *[tarBlock]byte) error {
	fields := [][]byte{b[100:108], b[108:116], b[116:124], b[136:148], b[329:337], b[337:345]}
	if b[475] == 0 { // else the prefix goes on
		fields = append(fields, b[476:488], b[488:500])
	}
	for _, f := range fields {
		fill, rest := byte(0), f[1:len(f)-6]
		if f[0] == 0xff { // below zero
			fill = 0xff
		}
		if f[0] >= 0x80 && (f[0] != 0x80 && f[0] != 0xff || bytes.Count(rest, []byte{fill}) != len(rest)) {
			return errors.New("a number that not every reader reads")
		}
	}
	return nil
}

// checksum adds up all bytes, its own eight as spaces.
func checksum(b *[tarBlock]byte) int64 {
	sum := int64(8 * ' ')
	for i, c := range b {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum
}

// tarName gives the name and its prefix. Where a prefix stands and whether
// there is one at all depends on the version: what is no version that all
// readers know has none.
func tarName(b *[tarBlock]byte) (string, error) {
	name, err := text(b[:100])
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", errors.New("an entry without a name")
	}
	magic := string(b[257:265])
	if !strings.HasPrefix(magic, "ustar") {
		return name, nil
	}
	if magic == "ustar  \x00" { // GNU has two times in the prefix's place
		_, err := tarNumber(b[345:357])
		_, also := tarNumber(b[357:369])
		return name, errors.Join(err, also)
	}
	prefix, err := text(b[345:500])
	if err != nil {
		return "", err
	}
	known, far := magic == "ustar\x0000", b[475] != 0
	if prefix == "" && !far {
		return name, nil
	}
	if !known || prefix == "" || far && string(b[508:]) == "tar\x00" {
		return "", errors.New("a prefix that not every reader reads")
	}
	return prefix + "/" + name, nil
}

// text is a field to its first zero. npm goes on after a line's end behind it.
func text(field []byte) (string, error) {
	s, rest, _ := bytes.Cut(field, []byte{0})
	if bytes.ContainsAny(rest, "\n\r\u2028\u2029") {
		return "", errors.New("a line's end behind the end of a name")
	}
	return string(s), nil
}

// tarNumber reads octal digits between spaces and zeros behind; or, from a first
// byte of 0x80, the number itself.
func tarNumber(field []byte) (int64, error) {
	if field[0] == 0x80 {
		return bigNumber(field[1:])
	}
	s := strings.TrimRight(string(field), " \x00")
	if s == "" {
		return 0, nil
	}
	if n, ok := wholeNumber(strings.TrimLeft(s, " "), 8); ok {
		return n, nil
	}
	return 0, errors.New("a number that not every reader reads")
}

func bigNumber(field []byte) (int64, error) {
	var n int64
	for _, c := range field {
		if n = n<<8 | int64(c); n > maxUnpacked {
			return 0, fmt.Errorf("it unpacks to more than %d bytes", int64(maxUnpacked))
		}
	}
	return n, nil
}

// wholeNumber reads a number that consists of digits alone.
func wholeNumber(s string, base int) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, base, 63)
	return n, err == nil
}
