package checks

import (
	"time"

	"gpq/checks/attest"
)

// ProofFacts is what was verified of a package before the checks run; the
// proof collector fills it. Its zero value was not asked about anything.
type ProofFacts struct {
	// Attested is what the registry's attestations of this version came to.
	// Not asked where neither this version nor an earlier one claims any.
	Attested Answer[attest.Result]
	// Signature is the registry's signature of this version: a value, or
	// attest.ErrNone, an *attest.InvalidError, or why it could not be told.
	Signature Answer[attest.Signature]
	// Earlier is what earlier versions that claim provenance came to, the last
	// three at most, newest first.
	Earlier []EarlierProof
	// RegistrySigns says that the registry signs some package of the plan with
	// keys of its own.
	RegistrySigns bool
	// KeysChanged says that the registry's own keys are not those pinned when
	// gpq first met it.
	KeysChanged attest.KeyChange
	// RootAge is how old the Sigstore trust root is; RootOld that this is worth
	// a line.
	RootAge time.Duration
	RootOld bool
}

// EarlierProof is an earlier version and what its attestations came to.
type EarlierProof struct {
	Version   string
	Published time.Time
	Attested  Answer[attest.Result]
}

// Provenance gives this version's verified provenance, or nil.
func (f ProofFacts) Provenance() *attest.Provenance {
	return proven(f.Attested)
}

// Published gives this version's verified publish attestation, or nil.
func (f ProofFacts) Published() *attest.Publish {
	if !f.Attested.Asked || f.Attested.Err != nil {
		return nil
	}
	p, err := f.Attested.Value.Publish()
	if err != nil {
		return nil
	}
	return p
}

func proven(a Answer[attest.Result]) *attest.Provenance {
	if !a.Asked || a.Err != nil {
		return nil
	}
	p, err := a.Value.Provenance()
	if err != nil {
		return nil
	}
	return p
}
