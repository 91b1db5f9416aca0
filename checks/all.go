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
		domainExpiredCheck,
		versionAgeCheck,
		releaseBurstCheck,
		installScriptsCheck,
		newDependencyCheck,
		manifestMismatchCheck,
		sizeJumpCheck,
		malwareCheck,
		vulnerableCheck,
		typosquatCheck,
		popularityCheck,
		deprecatedCheck,
		licenseCheck,
		repositoryCheck,
		newBinCheck,
		exoticCheck,
		lockfileCheck,
	}
}
