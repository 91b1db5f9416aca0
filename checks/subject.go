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
	History   *History            // empty where Packument is nil
	Release   *Release            // this version in History; nil where Manifest is
	Offers    Offers
	Limits    Limits // thresholds of the policy in force
	Rules     *Rules // the rest of the policy that checks read
	Overview  *Overview
	// PackumentErr says why Packument is nil.
	PackumentErr error
	Facts        Facts
	// stands is what the item stands for where the plan could not make it
	// known; nil for all others.
	stands *resolver.Unresolved
	past   *past // nil until the runner looks back
}

// Age is how long ago this version was published, and whether that is known.
// A version without a publish time counts as published now: age 0, false. A
// time in the future counts as now.
func (s *Subject) Age() (time.Duration, bool) {
	if s.Release == nil || !s.Release.Dated {
		return 0, false
	}
	return max(0, s.Now.Sub(s.Release.At)), true
}
