package checks

import "gpq/resolver/registry"

// PackageJSON is the part of a tarball's package.json that npm acts on.
type PackageJSON struct {
	Name, Version string
	Scripts       registry.Deps
	Dependencies  registry.Deps // with the optional ones
	Bin           registry.Deps
	Gypfile       *bool
}
