package registrytest

import (
	"fmt"
	"time"
)

// Attest is what Options.Sign makes attestations of.
type Attest struct {
	Name, Version string
	Integrity     string // sha512-…, of the tarball
	SHA512        []byte
	Published     time.Time
	Registry      string         // base URL with a slash, as it stands in dist.tarball
	Spec          map[string]any // the version's «attestations» mapping; empty for «true»
	Key           *Key           // the registry's signing key, for a publish attestation
}

// attest asks Options.Sign for the attestations of one version. Without Sign,
// or where it gives nil, the endpoint answers 404.
func (m *maker) attest(e *entry, v *version, a *artefact, at time.Time) error {
	how := v.meta["attestations"]
	if m.sign == nil || m.mode == Mirror || how == nil || how == false {
		return nil
	}
	spec, _ := how.(map[string]any)
	body, err := m.sign(Attest{Name: e.pkg.Name, Version: v.number, Integrity: a.integrity, SHA512: a.sha512[:],
		Published: at, Registry: m.public, Spec: spec, Key: m.ring.good})
	if err != nil {
		return fmt.Errorf("%s@%s: attestations: %w", e.pkg.Name, v.number, err)
	}
	if body != nil {
		e.attested[v.number] = body
	}
	return nil
}
