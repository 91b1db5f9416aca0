package checks

// Overview is what a check may know of the plan as a whole.
type Overview struct{}
