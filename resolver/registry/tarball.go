package registry

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

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
// under that digest is taken from there, after it was hashed again. An error is
// an *Error, of kind ErrIntegrity where the content is another.
func (c *Client) Tarball(ctx context.Context, url, integrity string) (*Tarball, error) {
	t, err := c.tarballs.get(ctx, url+"\n"+integrity, func(ctx context.Context) (*Tarball, error) {
		return c.fetchTarball(ctx, url, integrity)
	})
	var e *Error
	if err != nil && !errors.As(err, &e) {
		err = unreachable("tarball", url, err)
	}
	return t, err
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

// download streams, hashes, and compares at the end.
func (c *Client) download(ctx context.Context, d download) (*Tarball, error) {
	s, err := c.stream(ctx, d.url)
	if err != nil {
		return nil, unreachable(d.what, d.url, err)
	}
	defer s.Body.Close() //nolint:errcheck // only read
	if s.Status != http.StatusOK {
		return nil, refused(d.what, d.url, s.Status)
	}
	h := newHasher(d.want)
	n, err := io.Copy(io.MultiWriter(d.to, h), s.Body)
	if err != nil {
		return nil, unreachable(d.what, d.url, err)
	}
	if !h.holds() {
		return nil, &Error{
			Kind: ErrIntegrity, What: d.what, Host: hostOf(d.url),
			Reason: fmt.Sprintf("the content has another %s than it must have", d.want.algorithm),
		}
	}
	return &Tarball{Size: n, SHA512: h.sha512Hex(), Verified: d.want.sums != nil}, nil
}

func (c *Client) stream(ctx context.Context, url string) (*fetch.Stream, error) {
	r := fetch.Request{
		URL: url, MaxBytes: maxTarball, NoStore: true,
		Header: http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}},
	}
	r.Secret = c.secret(url)
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
	for _, sum := range want.sums {
		name := hex.EncodeToString(sum)
		if want.algorithm != "sha512" {
			known, err := c.o.Store.Get(digestArea, want.algorithm+name, sha512.Size*2)
			if err != nil {
				continue
			}
			name = string(known)
		}
		path, ok := c.o.Store.BlobPath(store.Digest("sha512-" + name))
		if !ok {
			continue
		}
		if t := rehash(path, want); t != nil {
			return t
		}
	}
	return nil
}

// rehash makes sure of a file on the disk, and removes a wrong one.
func rehash(path string, want sri) *Tarball {
	f, err := os.Open(path) //nolint:gosec // the name is a digest
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	h := newHasher(want)
	n, err := io.Copy(h, io.LimitReader(f, maxTarball+1))
	if err != nil {
		return nil
	}
	if !h.holds() {
		_ = os.Remove(path)
		return nil
	}
	return &Tarball{Path: path, Size: n, SHA512: h.sha512Hex(), Verified: true}
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
