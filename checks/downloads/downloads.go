// Package downloads asks how often packages were downloaded last week.
package downloads

import "time"

// Week is how often a package was downloaded in the last seven days.
type Week struct {
	Count int64
	// None: the service knows no figures for this name, as for packages of the
	// last day or two. Count is 0 then.
	None bool
	End  time.Time // last day counted; zero if the service did not say
}
