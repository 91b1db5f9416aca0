package checks

// All gives every check, in the order in which reports show them.
func All() []Check {
	return []Check{}
}
