package guard

import (
	"context"
	"errors"
	"io"
	"os"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Downloads are the tarballs that a registry client verifies and keeps.
type Downloads struct{ Client *registry.Client }

// Open gives a file that was verified just now. Without an integrity there is
// nothing to verify, and so nothing to open.
func (d Downloads) Open(ctx context.Context, p resolver.Package) (io.ReadCloser, error) {
	if p.Integrity == "" {
		return nil, errors.New("it has no integrity")
	}
	t, err := d.Client.Tarball(ctx, p.Tarball, string(p.Integrity))
	if err != nil {
		return nil, err
	}
	return os.Open(t.Path)
}
