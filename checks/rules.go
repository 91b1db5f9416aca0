package checks

import "slices"

// Rules are the parts of a policy that checks read beside Limits. The zero
// value has none.
type Rules struct {
	// NeedProvenance: a version of these packages without provenance that
	// holds is danger.
	NeedProvenance []Pattern
	// BuiltFrom: the packages of a pattern are built from this repository, as
	// «github.com/acme/rocket».
	BuiltFrom []Pin
	// Bound: the packages of a pattern («@acme/*») come from this registry
	// alone, a base URL with a trailing slash.
	Bound []Pin
	// NoCoolingOff are exempt from the cooling-off time.
	NoCoolingOff []Pattern
	// CoolingOff gives packages a time of their own; the first match counts.
	CoolingOff []Wait
	// LicenseAllow, if not empty, names the only licences allowed; LicenseDeny
	// those forbidden. SPDX ids.
	LicenseAllow, LicenseDeny []string
	// Private names are asked at no public service. Public names are, also
	// where another registry than npmjs served them; Private goes before.
	Private, Public []Pattern
	// ExoticAllow are packages that may come from outside a registry, or ask
	// for one that does.
	ExoticAllow []Pattern
	// Hosts are further hosts a lockfile may name.
	Hosts []string
	// Registries are trusted although only the project names them: base URLs
	// with a trailing slash, and what they are known to offer.
	Registries []RegistryRule
	// AdvisoryDB is the path of a local advisories database; "" is none.
	AdvisoryDB string
}

// Pin binds packages to one place.
type Pin struct {
	Packages Pattern
	To       string
}

// RegistryRule is what a policy says of one registry.
type RegistryRule struct {
	URL string // base URL with a trailing slash
	// Offers are what it is known to offer: their absence is then «unknown»,
	// not «skipped».
	Offers []string // signatures, publishers, attestations
}

func anyMatch(all []Pattern, name, version string) bool {
	return slices.ContainsFunc(all, func(p Pattern) bool { return p.Match(name, version) })
}

// NeedsProvenance says whether the policy asks for provenance of a package.
func (r *Rules) NeedsProvenance(name string) bool { return anyMatch(r.NeedProvenance, name, "") }

// IsPrivate says whether a name is asked at no public service.
func (r *Rules) IsPrivate(name string) bool { return anyMatch(r.Private, name, "") }

// IsPublic says whether a name may be asked at public services whoever served
// it.
func (r *Rules) IsPublic(name string) bool { return anyMatch(r.Public, name, "") }

// Source gives the repository that a package must be built from.
func (r *Rules) Source(name string) (repository string, pinned bool) { return pinOf(r.BuiltFrom, name) }

// Home gives the registry that a package must come from.
func (r *Rules) Home(name string) (registry string, bound bool) { return pinOf(r.Bound, name) }

func pinOf(pins []Pin, name string) (string, bool) {
	for _, p := range pins {
		if p.Packages.Match(name, "") {
			return p.To, true
		}
	}
	return "", false
}

// Wait is a cooling-off time for the packages of a pattern.
type Wait struct {
	Packages Pattern
	Hours    float64
}
