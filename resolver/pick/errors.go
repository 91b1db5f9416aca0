package pick

import (
	"fmt"
	"time"
)

// Error says that no version can be taken.
type Error struct {
	// Code is npm's: ETARGET (nothing fits), ENOVERSIONS (there is nothing at
	// all, or nothing old enough), E403 (what fits is restricted by the
	// registry's policy), EINVALIDPACKAGENAME, or EINVALID (not a spec that
	// versions are picked for).
	Code         string
	Name, Wanted string
	Before       time.Time // the bound in force; zero for none
	Versions     int       // how many the packument has
	why          string
}

func (e *Error) Error() string {
	s := e.Name + "@" + e.Wanted + ": " + e.why
	if e.Before.IsZero() {
		return s
	}
	return fmt.Sprintf("%s, of those published before %s", s, e.Before.UTC().Format(time.RFC3339))
}

func (r *run) fail(code, want string) *Error {
	e := &Error{Code: code, Name: r.p.Name, Wanted: want, Before: r.o.Before, Versions: len(r.p.Versions)}
	switch code {
	case "ETARGET":
		e.why = "no matching version"
	case "ENOVERSIONS":
		e.why = "no version at all"
	case "E403":
		e.why = "restricted by the registry's policy"
	default:
		e.why = "not a version, range or tag"
	}
	return e
}
