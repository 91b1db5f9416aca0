package checks

import "gpq/resolver/registry"

// Rank is how much a version's publication is said to prove; more is better.
type Rank uint8

// The ranks, weakest first.
const (
	RankNone       Rank = iota
	RankProvenance      // an attestation says where it was built
	RankTrusted         // a CI published it through a trusted publisher, with provenance
	RankStaged          // a person approved the staged version with a second factor
)

// String names the rank as findings do.
func (r Rank) String() string {
	switch r {
	case RankStaged:
		return "staged approval"
	case RankTrusted:
		return "trusted publisher with provenance"
	case RankProvenance:
		return "provenance"
	default:
		return "nothing"
	}
}

// claimedRank is what a packument claims. It is enough to demand as much of a
// later version, and never enough to have it.
func claimedRank(m *registry.Manifest) Rank {
	attested := m.Dist.Attestations != nil && m.Dist.Attestations.Provenance
	switch {
	case m.NpmUser != nil && m.NpmUser.Approver != nil:
		return RankStaged
	case m.NpmUser != nil && m.NpmUser.TrustedPublisher != nil && attested:
		return RankTrusted
	case attested:
		return RankProvenance
	default:
		return RankNone
	}
}

// Publisher is who published a version, as an identity that can be compared.
// The zero value is «not said».
type Publisher struct {
	// Account is the npm account; "" for a trusted publisher, whose account
	// name is shared by all of them.
	Account string
	// Trusted is the trusted publisher's configuration id, or "(no id)" where
	// the registry gives none; "" for an account.
	Trusted string
	// Approver is the account that approved a staged version.
	Approver string
	Email    string
}

func publisherOf(m *registry.Manifest) Publisher {
	u := m.NpmUser
	if u == nil {
		return Publisher{}
	}
	var p Publisher
	if u.Approver != nil {
		p.Approver = u.Approver.Name
	}
	if t := u.TrustedPublisher; t != nil {
		p.Trusted = t.OIDCConfigID
		if p.Trusted == "" {
			p.Trusted = "(no id)"
		}
		return p
	}
	p.Account, p.Email = u.Name, u.Email
	return p
}

// Said tells whether the packument says who published.
func (p Publisher) Said() bool { return p.Account != "" || p.Trusted != "" }

// String names the publisher as findings do.
func (p Publisher) String() string {
	switch {
	case p.Trusted != "":
		return "trusted publisher " + p.Trusted
	case p.Account != "":
		return p.Account
	default:
		return "nobody named"
	}
}
