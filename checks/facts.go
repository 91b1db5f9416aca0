package checks

import (
	"context"

	"gpq/resolver/registry"
)

// Facts are what was found out ahead of the checks, beside the packument. An
// Answer that was not asked makes the check that needs it «unknown».
type Facts struct {
	ProofFacts
	OutsideFacts
	// Tarball is what the package's own files say. The runner asks for it
	// where a check needs it and the item is fetched at all.
	Tarball Answer[*TarballFacts]
	// Before is the same of the version this one follows; asked only where
	// Tarball has something whose past the packument cannot tell.
	Before Answer[*TarballFacts]
	// Altered are files that npm would run in node_modules and that are not the
	// tarball's.
	Altered Answer[[]string]
	// Deps has what is known of dependencies that this version is the first
	// to have, by true name.
	Deps map[string]DepFacts
}

// DepFacts is what is known of a dependency.
type DepFacts struct {
	Packument Answer[*registry.Packument]
	Weekly    Answer[int64] // downloads of the last week
}

// Answer is what was found out ahead of a check. The zero value was not asked:
// a check turns it into «unknown».
type Answer[T any] struct {
	Value T
	Err   error
	Asked bool
}

// Answered makes an Answer of what a function returned.
func Answered[T any](v T, err error) Answer[T] { return Answer[T]{Value: v, Err: err, Asked: true} }

// OK says whether there is a value to use.
func (a Answer[T]) OK() bool { return a.Asked && a.Err == nil }

// Collector finds facts out ahead of the checks, for the whole plan at once,
// so that it can ask in batches and in parallel. It fills only its own fields
// of each Subject's Facts, and must return when ctx ends: what is not filled
// then was not asked, which a check calls unknown.
type Collector interface {
	Collect(ctx context.Context, subjects []*Subject)
}

// Early is a Collector with questions that need nothing but the plan: they are
// asked while documents are still on their way. Ahead fills other fields than
// Collect reads or fills, which begins before Ahead has ended.
type Early interface {
	Ahead(ctx context.Context, subjects []*Subject)
}
