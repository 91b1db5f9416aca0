package attesttest

import (
	"strings"

	"gpq/resolver/registrytest"
)

// Sign is a registrytest.Options.Sign: what an archive's «attestations»
// mapping tells, signed in this world. A publish attestation is signed with
// the registry's own key.
func (w *World) Sign(a registrytest.Attest) ([]byte, error) {
	s, err := ParseStory(a.Spec)
	if err != nil {
		return nil, err
	}
	of := Artefact{Name: a.Name, Version: a.Version, SHA512: a.SHA512, Registry: strings.TrimSuffix(a.Registry, "/"), At: a.Published}
	if a.Key != nil {
		of.Key = &RegistryKey{ID: a.Key.ID, Private: a.Key.Private}
	}
	return w.Response(of, s)
}
