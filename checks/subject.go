package checks

import (
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Subject is the only window a check has on the world: no network, clock,
// environment or file of its own. Fields are never nil unless said.
type Subject struct {
	resolver.Item
	Now       time.Time
	Plan      *resolver.Plan
	Packument *registry.Packument // nil where it could not be had: see PackumentErr
	Manifest  *registry.Manifest  // nil where the packument has no such version
	History   *History
	Offers    Offers
	Limits    Limits // thresholds of the policy in force
	// PackumentErr says why Packument is nil.
	PackumentErr error
	Facts        Facts
}

// Offers says which kinds of data the package's registry is known to give for
// anything at all; what it does not offer is skipped, once.
type Offers struct {
	Signatures, Publishers, Attestations bool
	// Known: registry.npmjs.org is known to offer all of them, so that absence
	// there is «unknown», not «skipped».
	Known bool
}

// Answer is what was found out ahead of a check. The zero value was not asked:
// a check turns it into «unknown».
type Answer[T any] struct {
	Value T
	Err   error
	Asked bool
}
