package registry

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// A rawHeader is a header as an attacker writes it: any bytes at any place.
type rawHeader map[int]string

// rawEntry is a header of those bytes over what is usual, and a body.
func rawEntry(name string, kind byte, body string, odd rawHeader) string {
	var b [tarBlock]byte
	copy(b[:], name)
	copy(b[100:], "0000644\x000000000\x000000000\x00"+fmt.Sprintf("%011o\x00%011o\x00", len(body), 0))
	b[156] = kind
	copy(b[257:], "ustar\x0000")
	for at, text := range odd {
		copy(b[at:], text)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", checksum(&b)))
	return string(b[:]) + body + strings.Repeat("\x00", -len(body)&(tarBlock-1))
}

// rawPAX is a PAX header of pairs of keys and values.
func rawPAX(kind byte, pairs ...string) string {
	var body strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		rest := " " + pairs[i] + "=" + pairs[i+1] + "\n"
		n := len(rest) + 1
		for len(fmt.Sprint(n))+len(rest) != n {
			n = len(fmt.Sprint(n)) + len(rest)
		}
		fmt.Fprintf(&body, "%d%s", n, rest)
	}
	return rawEntry("x", kind, body.String(), nil)
}

const (
	top   = "package/package.json"
	shown = `{"name":"a","version":"1.0.0"}`
	run   = `{"name":"a","version":"1.0.0","scripts":{"postinstall":"run"}}`
)

var (
	ended     = strings.Repeat("\x00", 2*tarBlock)
	good      = rawEntry(top, '0', shown, nil)
	bad       = rawEntry(top, '0', run, nil)
	sized     = func(n int) rawHeader { return rawHeader{124: fmt.Sprintf("%011o\x00", n)} }
	elsewhere = rawEntry("package/x", '0', run, nil)
)

// twoMeanings are archives that readers of tar read in two ways.
func twoMeanings() map[string]string {
	smuggled := func(odd rawHeader) string { return good + rawEntry("package/x", '0', "", odd) + bad }
	cases := map[string]string{
		"an old extension header":          good + rawPAX('X', "path", top) + elsewhere,
		"an old long name":                 good + rawEntry("x", 'N', top, nil) + elsewhere,
		"a global size":                    good + rawPAX('g', "size", "1024") + rawEntry("package/x", '0', "", nil) + bad,
		"a global path":                    good + rawPAX('g', "path", top) + elsewhere,
		"a kind in a PAX header":           bad + rawPAX('x', "type", "SymbolicLink") + good,
		"an aim in a PAX header":           bad + rawPAX('x', "linkpath", "../../..") + good,
		"a record in a record":             good + rawPAX('x', "comment", "x\n29 path="+top) + elsewhere,
		"a record in a vendor's record":    good + rawPAX('x', "SCHILY.xattr.x", "x\n29 path="+top) + elsewhere,
		"a path of two lines":              good + rawPAX('x', "path", "package/\npackage.json") + elsewhere,
		"a path with a zero":               good + rawPAX('x', "path", top+"\x00x") + elsewhere,
		"no path":                          good + rawPAX('x', "path", "") + elsewhere,
		"two paths":                        good + rawPAX('x', "path", top, "path", "package/é") + elsewhere,
		"a sparse file's name":             good + rawPAX('x', "GNU.sparse.name", "package/x") + bad,
		"another size":                     good + rawPAX('x', "size", "512") + rawEntry("package/x", '0', "", nil) + bad,
		"a size with a point":              good + rawPAX('x', "size", "62.0") + bad,
		"a PAX header for two":             good + rawPAX('x', "path", top) + rawPAX('x', "mtime", "1") + elsewhere,
		"a global one between":             good + rawPAX('x', "path", top) + rawPAX('g', "comment", "1") + elsewhere,
		"a long name, and PAX":             good + rawEntry("l", 'L', "package/y\x00", nil) + rawPAX('x', "path", top) + elsewhere,
		"PAX, and a long name":             good + rawPAX('x', "path", top) + rawEntry("l", 'L', "package/y\x00", nil) + elsewhere,
		"two long names":                   good + rawEntry("l", 'L', "package/y\x00", nil) + rawEntry("l", 'L', top+"\x00", nil) + elsewhere,
		"a line behind a long name":        good + rawEntry("l", 'L', "package\x00\n/package.json", nil) + elsewhere,
		"a line behind a name":             good + rawEntry("package\x00\n/package.json", '0', run, nil),
		"a long aim of no link":            bad + rawEntry("l", 'K', "x\x00", nil) + good,
		"an empty extension header":        good + rawEntry("l", 'L', "", nil) + bad,
		"an extension header of a million": good + rawEntry("l", 'L', strings.Repeat("x", 1<<20), nil) + bad,
		"a PAX header that is cut":         good + rawEntry("x", 'x', "29 path="+top, nil) + elsewhere,
		"a length with a zero before it":   good + rawEntry("x", 'x', "030 path="+top+"\n", nil) + elsewhere,
		"a length with a sign":             good + rawEntry("x", 'x', "+30 path="+top+"\n", nil) + elsewhere,
		"a sparse file":                    good + rawEntry(top, 'S', run, nil),
		"a link with content":              bad + rawEntry("package/l", '2', "", rawHeader{157: "x", 124: "00000002000\x00"}) + good,
		"a pipe with content":              bad + rawEntry("package/l", '6', "", sized(1024)) + good,
		"a folder with content":            good + rawEntry("package/d/", '0', bad, nil),
		"a file that ends like a folder":   good + rawEntry(top+"/", '7', run, nil),
		"a link without an aim":            good + rawPAX('x', "path", top) + rawEntry("package/l", '1', "", nil) + elsewhere,
		"a file with an aim":               bad + rawEntry(top, '0', shown, rawHeader{157: "x"}),
		"a line behind no aim":             bad + rawEntry(top, '0', shown, rawHeader{157: "\x00\nx"}),
		"a kind that is none":              good + rawPAX('x', "size", "1024") + rawEntry("package/x", 'Z', "", nil) + bad,
		"a prefix of another version":      good + rawEntry(top, '0', run, rawHeader{257: "ustar\x0001", 345: "package/x"}),
		"a prefix in GNU's way":            good + rawEntry(top, '0', run, rawHeader{257: "ustar  \x00", 345: "package/x"}),
		"a prefix and no name":             good + rawEntry("", '0', run, rawHeader{345: top}),
		"a prefix that begins with a zero": good + rawEntry("package.json", '0', run, rawHeader{475: "x"}),
		"a prefix in star's way":           good + rawEntry("package.json", '0', run, rawHeader{345: strings.Repeat("p", 131), 508: "tar\x00"}),
		"a size in hexadecimal":            smuggled(rawHeader{124: "0x200\x00\x00\x00\x00\x00\x00\x00"}),
		"a size with a rest":               smuggled(rawHeader{124: "1000 000000\x00"}),
		"a size below zero":                smuggled(rawHeader{124: "-0000001000\x00"}),
		"a size behind a zero":             smuggled(rawHeader{124: "\x000000001000\x00"}),
		"a size behind tabs":               smuggled(rawHeader{124: "\t\t\n\v0001000\x00"}),
		"a binary size of another kind":    smuggled(rawHeader{124: "\x81\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00"}),
		"a binary time without end":        bad + rawEntry(top, '0', shown, rawHeader{136: "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}),
		"a binary time of another kind":    bad + rawEntry(top, '0', shown, rawHeader{476: "\x81"}),
		"a wrong checksum":                 good + strings.Replace(bad, "0000644", "0000645", 1),
		"one empty block":                  good + ended[:tarBlock] + bad,
		"more folders than npm makes":      good + rawPAX('x', "path", "package/"+strings.Repeat("./", 1100)+"package.json") + elsewhere,
		"a name with a letter of two":      good + rawPAX('x', "path", "p\u00e9/package.json") + elsewhere,
	}
	for name := range cases {
		cases[name] += ended
	}
	return cases
}

// oneMeaning are archives as common tools write them.
func oneMeaning() map[string]string {
	long := strings.Repeat("d/", 60)
	cases := map[string]string{
		"plain":              bad,
		"two of one name":    good + bad,
		"a prefix":           rawEntry("package.json", '0', run, rawHeader{345: "package"}),
		"before ustar":       rawEntry(top, '\x00', run, rawHeader{257: "\x00\x00\x00\x00\x00\x00\x00\x00"}),
		"GNU":                rawEntry(top, '0', run, rawHeader{257: "ustar  \x00", 345: "00000000000\x0000000000000\x00"}),
		"contiguous":         rawEntry(top, '7', run, nil),
		"PAX":                good + rawPAX('x', "mtime", "1.5", "path", top, "size", fmt.Sprint(len(run)), "SCHILY.dev", "1", "LIBARCHIVE.xattr.x", "a\nb") + elsewhere,
		"git archive":        rawPAX('g', "comment", "0123") + bad,
		"a long name":        rawEntry("././@LongLink", 'L', "package/"+long+"x\x00", nil) + rawEntry("package/d", '0', "x", nil) + bad,
		"a long aim":         rawEntry("././@LongLink", 'K', long+"\x00", nil) + rawEntry("package/l", '2', "", rawHeader{157: "d"}) + bad,
		"a letter of two":    rawPAX('x', "path", "package/é") + rawEntry("package/e", '0', "x", nil) + bad,
		"the same in both":   rawPAX('x', "path", "pé/package.json") + rawEntry("pé/package.json", '0', run, nil),
		"spaces for zeros":   rawEntry(top, '0', run, rawHeader{124: fmt.Sprintf("%11o ", len(run))}),
		"a binary size":      rawEntry(top, '0', run, rawHeader{124: "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + string(rune(len(run)))}),
		"binary times":       rawEntry(top, '0', run, rawHeader{108: "\x80\x00\x00\x00\xff\xff\xff\xff", 136: "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf0"}),
		"folders":            rawEntry("package/", '5', "", sized(4096)) + rawEntry("package/d/", '0', "", nil) + bad,
		"links and devices":  bad + rawEntry(top, '2', "", rawHeader{157: "x"}) + rawEntry(top, '1', "", rawHeader{157: "x"}) + rawEntry(top, '3', "", nil),
		"a rest behind both": bad + ended + good,
	}
	for name := range cases {
		cases[name] += ended
	}
	cases["no end"] = bad
	return cases
}

func zipped(text string) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return out.Bytes()
}

func TestOneMeaning(t *testing.T) {
	for name, text := range twoMeanings() {
		var m *MalformedError
		if c, err := ReadArchive(bytes.NewReader(zipped(text))); !errors.As(err, &m) {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
	for name, text := range oneMeaning() {
		if c, err := ReadArchive(bytes.NewReader(zipped(text))); err != nil || string(c.PackageJSON) != run {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
}

// TestManyExtensions: a small archive can hold gigabytes of them.
func TestManyExtensions(t *testing.T) {
	one := rawPAX('g', "comment", strings.Repeat("x", maxExtension-tarBlock))
	many := make([]io.Reader, maxSaid/maxExtension+2)
	for i := range many {
		many[i] = strings.NewReader(one)
	}
	_, err := listed(newArchiveReader(io.MultiReader(many...)))
	if err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}

// FuzzOneMeaning: what is read, Go's own reader reads alike, or not at all.
func FuzzOneMeaning(f *testing.F) {
	for _, cases := range []map[string]string{twoMeanings(), oneMeaning()} {
		for _, text := range cases {
			if len(text) < 1<<16 {
				f.Add([]byte(text), 0, []byte{})
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, at int, patch []byte) {
		if at >= 0 && at < len(text) {
			copy(text[at:], patch)
		}
		for i := 0; i+tarBlock <= len(text); i += tarBlock { // as an attacker would
			b := (*[tarBlock]byte)(text[i:])
			if string(b[257:262]) == "ustar" {
				copy(b[148:], fmt.Sprintf("%06o\x00 ", checksum(b)))
			}
		}
		ours, err := listed(newArchiveReader(bytes.NewReader(text)))
		theirs, other := listedByGo(text)
		if err == nil && other == nil && ours != theirs {
			t.Errorf("we read\n%s\nand Go\n%s", ours, theirs)
		}
	})
}

func listed(r *archiveReader) (string, error) {
	var out strings.Builder
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		if body, err := io.ReadAll(r); err != nil {
			return "", err
		} else if e.file {
			fmt.Fprintf(&out, "%q %q\n", e.name, body)
		}
	}
}

func listedByGo(text []byte) (string, error) {
	r := tar.NewReader(bytes.NewReader(text))
	var out strings.Builder
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return "", err
		}
		if (h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeCont) && !strings.HasSuffix(h.Name, "/") {
			fmt.Fprintf(&out, "%q %q\n", h.Name, body)
		}
	}
}
