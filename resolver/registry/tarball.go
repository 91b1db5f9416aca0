package registry

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"gpq/resolver/fetch"
	"gpq/resolver/store"
)

// maxTarball bounds one tarball as it comes over the network.
const maxTarball = 1 << 30

// Tarball is a package's archive on this machine's disk. Others use the file
// too: it must not be changed.
type Tarball struct {
	Path   string
	Size   int64  // bytes, compressed
	SHA512 string // hex, of the file
	// Verified says that an integrity was given and holds.
	Verified bool
}

// Integrity is the SRI string of the file.
func (t *Tarball) Integrity() string {
	sum, _ := hex.DecodeString(t.SHA512)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum)
}

// streamer is a Doer that can give a body as it comes.
type streamer interface {
	Stream(ctx context.Context, r fetch.Request) (*fetch.Stream, error)
}

// Tarball gets an archive and makes sure that it has the integrity, of which
// the strongest algorithm counts; "" takes what comes. What is on the disk
// under that digest, in the store or in npm's own cache, is taken from there,
// after it was hashed again. An error is an *Error, of kind ErrIntegrity where
// the content is another.
func (c *Client) Tarball(ctx context.Context, url, integrity string) (*Tarball, error) {
	key := url + "\n" + integrity
	get := func() (*Tarball, error) {
		return c.tarballs.get(ctx, key, func(ctx context.Context) (*Tarball, error) {
			return c.fetchTarball(ctx, url, integrity)
		})
	}
	t, err := get()
	if err == nil && !isFile(t.Path) { // somebody has cleaned up meanwhile
		c.tarballs.forget(key, t)
		t, err = get()
	}
	var e *Error
	if err != nil && !errors.As(err, &e) {
		err = unreachable("tarball", url, err)
	}
	return t, err
}

// isFile says whether a regular file stands there.
func isFile(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular()
}

// Stocked says whether all that is wanted of an archive seems to be on the
// disk: what it holds, and, where that is wanted too, the archive itself.
func (c *Client) Stocked(integrity string, archive bool) bool {
	sum := onlySum(integrity)
	if sum == "" || !c.hasRecord(sum) {
		return false
	}
	path, ok := c.o.Store.BlobPath(store.Digest("sha512-" + sum))
	return !archive || ok && isFile(path) || isFile(c.npmPath(sum))
}

// Size is how many bytes a version is said to unpack to; 0 where its packument
// does not say, or has not been asked for.
func (c *Client) Size(name, version string) int64 {
	h, ok := c.packs.peek(name)
	if !ok || h.p.Versions[version] == nil {
		return 0
	}
	return h.p.Versions[version].Dist.UnpackedSize
}

func (c *Client) fetchTarball(ctx context.Context, url, integrity string) (*Tarball, error) {
	want, err := parseSRI(integrity)
	what := "tarball " + tail(url)
	if err != nil {
		return nil, &Error{Kind: ErrIntegrity, What: what, Host: hostOf(url), Reason: err.Error(), Err: err}
	}
	if t := c.storedTarball(want); t != nil {
		return t, nil
	}
	url = c.from(url)
	w, err := c.o.Store.NewWriter()
	if err != nil {
		return nil, &Error{Kind: ErrUnreachable, What: what, Host: hostOf(url), Reason: "no place to keep it: " + err.Error(), Err: err}
	}
	t, err := c.download(ctx, download{what: what, url: url, want: want, to: w})
	if err != nil {
		w.Abort()
		return nil, err
	}
	if t.Path, err = w.Commit(store.Digest("sha512-" + t.SHA512)); err != nil {
		return nil, &Error{Kind: ErrUnreachable, What: what, Host: hostOf(url), Reason: "cannot be kept: " + err.Error(), Err: err}
	}
	c.remember(want, t)
	return t, nil
}

type download struct {
	what, url string
	want      sri
	to        io.Writer
}

// download streams, hashes, looks inside, and compares at the end.
func (c *Client) download(ctx context.Context, d download) (*Tarball, error) {
	s, err := c.stream(ctx, d.url)
	if err != nil {
		return nil, unreachable(d.what, d.url, err)
	}
	defer s.Body.Close() //nolint:errcheck // only read
	if s.Status != http.StatusOK {
		return nil, refused(d.what, d.url, s.Status)
	}
	h, look := newHasher(d.want), newGlance()
	n, err := io.Copy(io.MultiWriter(d.to, h, look), s.Body)
	got, bad := look.end(err)
	if err != nil {
		return nil, unreachable(d.what, d.url, err)
	}
	if !h.holds() {
		return nil, &Error{
			Kind: ErrIntegrity, What: d.what, Host: hostOf(d.url),
			Reason: fmt.Sprintf("the content has another %s than it must have", d.want.algorithm),
		}
	}
	c.record(h.sha512Hex(), got, bad)
	return &Tarball{Size: n, SHA512: h.sha512Hex(), Verified: d.want.sums != nil}, nil
}

// glance reads an archive while it is written elsewhere.
type glance struct {
	*io.PipeWriter
	done chan struct{}
	got  *Contents
	err  error
}

func newGlance() *glance {
	r, w := io.Pipe()
	g := &glance{PipeWriter: w, done: make(chan struct{})}
	go func() {
		defer close(g.done)
		g.got, g.err = ReadArchive(r)
		_, _ = io.Copy(io.Discard, r) // what stands behind the archive is nobody's
	}()
	return g
}

// end gives what was seen; err is why nothing more comes, if not because that
// was all.
func (g *glance) end(err error) (*Contents, error) {
	_ = g.CloseWithError(err)
	<-g.done
	return g.got, g.err
}

func (c *Client) stream(ctx context.Context, url string) (*fetch.Stream, error) {
	r := fetch.Request{
		URL: url, MaxBytes: maxTarball, NoStore: true,
		Header: http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}},
	}
	r.Secret = c.Authorization(url)
	if s, ok := c.doer.(streamer); ok {
		return s.Stream(ctx, r)
	}
	resp, err := c.doer.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return fetch.Whole(resp), nil
}

// area of the store that leads from other digests to SHA-512.
const digestArea = "sri"

// remember leads from a weaker digest to the file.
func (c *Client) remember(want sri, t *Tarball) {
	if want.sums == nil || want.algorithm == "sha512" {
		return
	}
	for _, sum := range want.sums {
		_ = c.o.Store.Put(digestArea, want.algorithm+hex.EncodeToString(sum), []byte(t.SHA512))
	}
}

// storedTarball looks for a file with one of the wanted digests.
func (c *Client) storedTarball(want sri) *Tarball {
	for _, sum := range c.sums512(want) {
		if path, ok := c.o.Store.BlobPath(store.Digest("sha512-" + sum)); ok {
			t, wrong := c.rehash(path, want)
			if wrong {
				_ = os.Remove(path)
			}
			if t != nil {
				return t
			}
		}
		if t, _ := c.rehash(c.npmPath(sum), want); t != nil {
			return t
		}
	}
	return nil
}

// npmPath is where npm's cache has the content of a SHA-512 sum, in hex.
func (c *Client) npmPath(sum string) string {
	if c.o.NPMCache == "" || !isSum512(sum) {
		return ""
	}
	return filepath.Join(c.o.NPMCache, "_cacache", "content-v2", "sha512", sum[:2], sum[2:4], sum[4:])
}

// rehash makes sure of a file on the disk.
func (c *Client) rehash(path string, want sri) (t *Tarball, wrong bool) {
	if !isFile(path) {
		return nil, false
	}
	f, err := os.Open(path) //nolint:gosec // the name is a digest
	if err != nil {
		return nil, false
	}
	defer f.Close() //nolint:errcheck // only read
	h := newHasher(want)
	n, err := io.Copy(h, io.LimitReader(f, maxTarball+1))
	if err != nil {
		return nil, false
	}
	if n > maxTarball || !h.holds() {
		return nil, true
	}
	return &Tarball{Path: path, Size: n, SHA512: h.sha512Hex(), Verified: true}, false
}

// tail is the file name of a URL, for messages.
func tail(url string) string {
	for i := len(url) - 1; i >= 0; i-- {
		if url[i] == '/' {
			return url[i+1:]
		}
		if url[i] == '?' || url[i] == '#' {
			url = url[:i]
		}
	}
	return url
}
