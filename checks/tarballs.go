package checks

import (
	"context"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Tarballs looks into tarballs whose bytes have the package's integrity. A
// *MalformedError is about the content; any other error is a failure to look.
type Tarballs interface {
	Contents(ctx context.Context, p resolver.Package) (*registry.Contents, error)
}
