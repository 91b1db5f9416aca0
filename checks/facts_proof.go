package checks

// ProofFacts are what signatures and attestations prove of one version.
type ProofFacts struct{}
