package checks

import (
	"context"
	"io"

	"gpq/resolver"
)

// Tarballs opens verified tarballs: bytes that do not have the package's
// integrity end in an error, not in the reader.
type Tarballs interface {
	Open(ctx context.Context, p resolver.Package) (io.ReadCloser, error)
}
