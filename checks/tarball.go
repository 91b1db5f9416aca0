package checks

// TarballFacts is what a package's own files say: read out of the verified
// tarball, never unpacked to disk.
type TarballFacts struct {
	Package    *PackageJSON // nil where there is none, or it cannot be read: see Err
	Err        error
	BindingGyp bool  // a binding.gyp in the package's root: npm compiles without being told
	Unpacked   int64 // bytes of all files
	Files      int
}
