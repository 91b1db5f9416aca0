package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Loose is an archive that no registry answers for.
type Loose struct {
	Integrity string // of its bytes, in SHA-512
	Contents  *Contents
}

// Local reads an archive that lies on this machine, and what it is now. What it
// holds is remembered by its digest. A *MalformedError is about the content; any
// other error is about the file.
func (c *Client) Local(ctx context.Context, file string) (*Loose, error) {
	return c.local(ctx, file, sri{})
}

// LocalContents gives what an archive on this machine holds, provided that it
// has the integrity.
func (c *Client) LocalContents(ctx context.Context, file, integrity string) (*Contents, error) {
	want, err := parseSRI(integrity)
	if err != nil || want.sums == nil {
		return nil, &Error{Kind: ErrIntegrity, What: filepath.Base(file), Reason: "there is no integrity to hold it to", Err: err}
	}
	if sum := onlySum(integrity); sum != "" {
		if got, err := c.recorded(sum); err == nil || isMalformed(err) {
			return got, err
		}
	}
	l, err := c.local(ctx, file, want)
	if err != nil {
		return nil, err
	}
	return l.Contents, nil
}

// SameLocal makes sure that an archive on this machine still has the integrity.
func SameLocal(ctx context.Context, file, integrity string) error {
	want, err := parseSRI(integrity)
	if err != nil || want.sums == nil {
		return fmt.Errorf("%s: there is no integrity to hold it to", file)
	}
	h := newHasher(want)
	if err := readLocal(ctx, file, h); err != nil {
		return err
	}
	if !h.holds() {
		return fmt.Errorf("%s: it is not what it was when it was checked", file)
	}
	return nil
}

// OpenLocal gives the bytes of an archive on this machine, provided that they
// have the integrity. They are held in memory: the file may change meanwhile.
func OpenLocal(ctx context.Context, file, integrity string) (io.ReadCloser, error) {
	want, err := parseSRI(integrity)
	if err != nil || want.sums == nil {
		return nil, fmt.Errorf("%s: there is no integrity to hold it to", file)
	}
	var body bytes.Buffer
	h := newHasher(want)
	if err := readLocal(ctx, file, io.MultiWriter(h, &body)); err != nil {
		return nil, err
	}
	if !h.holds() {
		return nil, fmt.Errorf("%s: it is not what it was when it was checked", file)
	}
	return io.NopCloser(&body), nil
}

func (c *Client) local(ctx context.Context, file string, want sri) (*Loose, error) {
	h, look := newHasher(want), newGlance()
	err := readLocal(ctx, file, io.MultiWriter(h, look))
	got, bad := look.end(err)
	if err != nil {
		return nil, err
	}
	if !h.holds() {
		return nil, &Error{Kind: ErrIntegrity, What: filepath.Base(file), Reason: "the file has another " + want.algorithm + " than it must have"}
	}
	t := Tarball{SHA512: h.sha512Hex()}
	c.record(t.SHA512, got, bad)
	if bad != nil {
		return nil, bad
	}
	return &Loose{Integrity: t.Integrity(), Contents: got}, nil
}

var errNoFile = errors.New("is no ordinary file")

// readLocal reads a file, of at most maxTarball bytes, through links as npm
// does. A pipe, which may never end, is none.
func readLocal(ctx context.Context, file string, to io.Writer) error {
	plain := func(info fs.FileInfo, err error) error {
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s: %w", file, errNoFile)
		}
		return err
	}
	if err := plain(os.Stat(file)); err != nil {
		return err
	}
	f, err := os.Open(file) //nolint:gosec // the tarball that npm would read
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	if err := plain(f.Stat()); err != nil {
		return err
	}
	n, err := io.Copy(to, io.LimitReader(&cancelled{ctx, f}, maxTarball+1))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if n > maxTarball {
		return fmt.Errorf("%s: larger than %d bytes", file, maxTarball)
	}
	return nil
}

// cancelled reads until the context ends.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Remote fetches an archive by its address, whatever it is, and keeps it under
// its digest. Credentials go where the user's settings have them for that very
// address. An error is an *Error or, about the content, a *MalformedError.
func (c *Client) Remote(ctx context.Context, address string) (*Loose, error) {
	t, err := c.Tarball(ctx, address, "")
	if err != nil {
		return nil, err
	}
	got, err := c.Contents(ctx, address, t.Integrity())
	if err != nil {
		return nil, err
	}
	return &Loose{Integrity: t.Integrity(), Contents: got}, nil
}
