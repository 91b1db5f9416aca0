// Package semver reads versions and ranges as npm does (node-semver), loose
// mode included, over the Version of Masterminds/semver as the value. Masterminds'
// own constraints are another language: they admit prereleases where npm admits
// none and read several forms differently, so none of them is used.
//
// Everything here is a pure function of its arguments, total on hostile text,
// and bounded: a version is at most 256 characters, a range MaxRangeLength
// bytes.
package semver

import "errors"

// MaxRangeLength bounds the text of a range, in bytes. npm itself has no bound;
// a longer range is refused, so that no document can make matching expensive.
const MaxRangeLength = 16 << 10

// maxLength is npm's bound on a version, in UTF-16 code units.
const maxLength = 256

// maxSafe is the largest integer npm takes for a part of a version.
const maxSafe = 1<<53 - 1

// ErrVersion and ErrRange are wrapped by every error of this package.
var (
	ErrVersion = errors.New("not a version")
	ErrRange   = errors.New("not a version range")
)

// Options say how text is read and versions are matched. The zero value is
// node-semver's default: strict, prereleases only where the range names one.
type Options struct {
	// Loose takes what people write: a leading v or =, leading zeros, a
	// prerelease without its hyphen; a part of a range that is no comparator
	// is left out instead of spoiling the range.
	Loose bool
	// IncludePrerelease matches prereleases like any other version.
	IncludePrerelease bool
	// Before78 reads as node-semver before 7.8 did, which npm 10 has inside:
	// «1.x.3» is 1.x, «~1.2» leaves out the prereleases of 1.2.0 even where
	// prereleases are included.
	Before78 bool
}

// Loose are the options npm uses for nearly everything.
func Loose() Options { return Options{Loose: true} }
