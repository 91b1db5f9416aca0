package checks

// Rules are the parts of a policy that checks read beside Limits.
type Rules struct{}
