package checks

import (
	"errors"

	"gpq/checks/advisory"
	"gpq/checks/domain"
	"gpq/checks/downloads"
	"gpq/checks/names"
)

// OutsideFacts are what the world outside the registry says of one item. An
// answer that was not asked for on purpose has a *Withheld as its Err; the
// check is then skipped with that reason.
type OutsideFacts struct {
	// Domains has who holds each domain of the current maintainers' and the
	// publisher's addresses, the worst first. Asked of added and updated items.
	Domains Answer[[]domain.Holding]
	// Advisories has the records that hold for exactly this version.
	Advisories Answer[advisory.Report]
	// Downloads has the item's own weekly downloads; asked only where it can
	// change the verdict.
	Downloads Answer[downloads.Week]
	// Lookalike is the far more popular name that this one is a near miss of;
	// its zero Value is «none».
	Lookalike Answer[names.Match]
	// Popular says that the name stands in the embedded list itself.
	Popular bool
	// Weekly has the weekly downloads by package name, for all names of the
	// plan that were asked; shared between items: never change it.
	Weekly map[string]Answer[downloads.Week]
}

// Withheld says why a question was not asked on purpose: a private name, a
// service that is switched off, an answer that could change nothing.
type Withheld struct{ Reason string }

func (w *Withheld) Error() string { return w.Reason }

// withheld gives the reason if err is a *Withheld.
func withheld(err error) (reason string, ok bool) {
	var w *Withheld
	if errors.As(err, &w) {
		return w.Reason, true
	}
	return "", false
}
