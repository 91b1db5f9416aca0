package checks

import "fmt"

// unanswered is the finding for a fact that was held back, could not be had or
// was never asked for; ok is false where there is a value to judge.
func unanswered[T any](a Answer[T], what string) (f Finding, ok bool) {
	if !a.Asked {
		return Finding{Message: what + ": not asked"}, true
	}
	if why, held := withheld(a.Err); held {
		return Finding{Outcome: Skipped, Message: what + ": " + why}, true
	}
	if a.Err != nil {
		return Finding{Message: fmt.Sprintf("%s: %v", what, a.Err), Err: a.Err}, true
	}
	return Finding{}, false
}

// thousands writes a number with commas: 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
