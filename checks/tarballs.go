package checks

import (
	"context"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Tarballs looks into tarballs whose bytes have the package's integrity. A
// *MalformedError is about the content; any other error is a failure to look.
//
// One that is a Disk as well is asked about what lies in node_modules.
type Tarballs interface {
	Contents(ctx context.Context, p resolver.Package) (*registry.Contents, error)
}

// Disk compares files: of those that npm would run in a folder of node_modules,
// it names the ones that are not what the package's tarball has.
type Disk interface {
	Altered(ctx context.Context, p resolver.Package, l resolver.Laid) ([]string, error)
}
