package checks

// All gives every check, in the order in which reports show them: what is
// proved, who published and when, what changed inside, what is known outside.
func All() []Check {
	return []Check{
		signature,
		provenance,
		publishAttestation,
		attestationMissingCheck,
		sourceChanged,
		publisherChangedCheck,
		maintainersChangedCheck,
		dormantCheck,
		versionAgeCheck,
		releaseBurstCheck,
		installScriptsCheck,
		newDependencyCheck,
		manifestMismatchCheck,
		sizeJumpCheck,
		deprecatedCheck,
		licenseCheck,
		repositoryCheck,
		newBinCheck,
		exoticCheck,
		lockfileCheck,
	}
}
