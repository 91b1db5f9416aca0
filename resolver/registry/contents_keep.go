package registry

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/klauspost/compress/s2"

	"gpq/resolver/store"
)

// contentsArea has what archives were found to hold, by their SHA-512. The
// version goes up whenever ReadArchive finds more, or something else.
const (
	contentsArea    = "contents"
	contentsVersion = "3"
	maxRecord       = maxKeptBytes + maxGyps + 16<<20
)

// Contents gives what an archive holds. Each is unpacked once: from then on the
// answer is on the disk under the archive's digest, and the archive itself is
// not needed. A *MalformedError is about the content; any other is an *Error.
func (c *Client) Contents(ctx context.Context, url, integrity string) (*Contents, error) {
	if sum := onlySum(integrity); sum != "" {
		if got, err := c.recorded(sum); err == nil || isMalformed(err) {
			return got, err
		}
	}
	t, err := c.Tarball(ctx, url, integrity)
	if err != nil {
		return nil, err
	}
	if got, err := c.recorded(t.SHA512); err == nil || isMalformed(err) {
		return got, err
	}
	got, err := ReadTarball(t.Path)
	if err != nil && !isMalformed(err) {
		return nil, unreachable("tarball "+tail(url), url, err)
	}
	c.record(t.SHA512, got, err)
	return got, err
}

// onlySum is the SHA-512, in hex, that an integrity pins; "" where it leaves a
// choice, or has only what two contents can be made to share: then it takes the
// archive itself to know what will be handed out.
func onlySum(integrity string) string {
	want, err := parseSRI(integrity)
	if err != nil || want.algorithm != "sha512" || len(want.sums) != 1 {
		return ""
	}
	return hex.EncodeToString(want.sums[0])
}

// sums512 are the SHA-512 sums, in hex, of the archives that an integrity
// allows, as far as they are known.
func (c *Client) sums512(want sri) []string {
	var out []string
	for _, sum := range want.sums {
		name := hex.EncodeToString(sum)
		if want.algorithm == "sha512" {
			out = append(out, name)
			continue
		}
		if known, err := c.o.Store.Get(digestArea, want.algorithm+name, 128); err == nil && isSum512(string(known)) {
			out = append(out, string(known))
		}
	}
	return out
}

func isSum512(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha512.Size
}

func isMalformed(err error) bool {
	var m *MalformedError
	return errors.As(err, &m)
}

// record keeps what an archive of that SHA-512 holds, or why it is none.
func (c *Client) record(sum string, got *Contents, err error) {
	var e encoder
	var m *MalformedError
	switch {
	case err == nil && got != nil:
		e.contents(got)
	case errors.As(err, &m):
		e.text("!")
		e.text(m.Reason)
	default:
		return
	}
	_ = c.o.Store.Put(contentsArea, contentsVersion+" "+sum, s2.Encode(nil, e.b))
}

// recorded gives what is kept. What is damaged is not there.
func (c *Client) recorded(sum string) (*Contents, error) {
	packed, err := c.o.Store.Get(contentsArea, contentsVersion+" "+sum, maxRecord)
	if err != nil {
		return nil, err
	}
	if n, err := s2.DecodedLen(packed); err != nil || n > maxRecord {
		return nil, store.ErrNotFound
	}
	plain, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, store.ErrNotFound
	}
	return readRecord(plain)
}

// hasRecord says whether something is kept, without looking at it.
func (c *Client) hasRecord(sum string) bool {
	return c.o.Store.Has(contentsArea, contentsVersion+" "+sum)
}

type encoder struct{ b []byte }

func (e *encoder) number(n int64)    { e.b = binary.AppendVarint(e.b, n) }
func (e *encoder) text(s string)     { e.number(int64(len(s))); e.b = append(e.b, s...) }
func (e *encoder) yes(b bool)        { e.number(map[bool]int64{true: 1}[b]) }
func (e *encoder) maybe(body []byte) { e.yes(body != nil); e.text(string(body)) }

func (e *encoder) contents(c *Contents) {
	e.text("=")
	e.maybe(c.PackageJSON)
	e.maybe(c.Shrinkwrap)
	e.yes(c.Gypfile)
	e.number(c.Files)
	e.number(c.Size)
	e.number(int64(len(c.Twins)))
	for _, t := range c.Twins {
		e.text(t)
	}
	e.number(int64(len(c.BundledGyps)))
	for _, dir := range c.BundledGyps {
		e.text(dir)
	}
	e.number(int64(len(c.Gyps)))
	for _, g := range c.Gyps {
		e.text(g.Name)
		e.text(string(g.Text))
		e.yes(g.Cut)
	}
	dirs := make([]string, 0, len(c.Bundled))
	for dir := range c.Bundled {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	e.number(int64(len(dirs)))
	for _, dir := range dirs {
		e.text(dir)
		e.text(string(c.Bundled[dir]))
	}
}

// recordReader reads what encoder wrote; bad says that it is something else.
type recordReader struct {
	b   []byte
	bad bool
}

func readRecord(b []byte) (*Contents, error) {
	r := &recordReader{b: b}
	switch r.text() {
	case "!":
		reason := r.text()
		if !r.bad && len(r.b) == 0 {
			return nil, &MalformedError{reason}
		}
	case "=":
		c := r.contents()
		if !r.bad && len(r.b) == 0 && c.Files > 0 {
			return c, nil
		}
	}
	return nil, store.ErrNotFound
}

func (r *recordReader) number() int64 {
	n, used := binary.Varint(r.b)
	if used <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[used:]
	return n
}

// count is a number of things of at least one byte each.
func (r *recordReader) count() int {
	n := r.number()
	if n < 0 || n > int64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *recordReader) bytes() []byte {
	n := r.count()
	out := bytes.Clone(r.b[:n])
	r.b = r.b[n:]
	return out
}

func (r *recordReader) text() string { return string(r.bytes()) }
func (r *recordReader) yes() bool    { return r.number() == 1 }

func (r *recordReader) maybe() []byte {
	there := r.yes()
	body := r.bytes()
	switch {
	case !there:
		return nil
	case body == nil:
		return []byte{}
	}
	return body
}

func (r *recordReader) contents() *Contents {
	c := &Contents{PackageJSON: r.maybe(), Shrinkwrap: r.maybe(), Gypfile: r.yes(), Files: r.number(), Size: r.number(), Bundled: map[string][]byte{}}
	for range r.count() {
		c.Twins = append(c.Twins, r.text())
	}
	for range r.count() {
		c.BundledGyps = append(c.BundledGyps, r.text())
	}
	for range r.count() {
		c.Gyps = append(c.Gyps, Gyp{Name: r.text(), Text: r.bytes(), Cut: r.yes()})
	}
	for range r.count() {
		dir := r.text()
		c.Bundled[dir] = r.bytes()
	}
	return c
}
