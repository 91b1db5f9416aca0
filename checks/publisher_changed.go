package checks

import (
	"context"
	"slices"

	"gpq/resolver/registry"
)

var publisherChangedCheck = Check{
	ID:    "publisher-changed",
	Title: "is the publisher one that this package had before?",
	Needs: Packument,
	Doc: `Reads who published each version: the npm account, the trusted publisher's configuration (a CI that publishes
through OIDC), and who approved a staged version.

Flagged: a version published by an account where earlier versions of the same release line came from a trusted publisher
(danger while young, then warning, then note; across release lines a note unless another change joins it); an account
that was never a maintainer (danger while young, then warning, then note); a new maintainer's first release, or that of one who had
been removed (warning while young, then note). A maintainer who publishes for the first time, another trusted publisher and a changed
e-mail address are notes that other changes join. Adopting trusted publishing is progress.

An account counts as known through releases that are no longer young. The account behind trusted publishing is the same
for everybody and never a maintainer: its identity is the configuration.

What to do: wait, and look for the maintainers' own word about the change.`,
	Run: runPublisherChanged,
}

func runPublisherChanged(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	if !s.Offers.Publishers && !s.Offers.Known {
		return skippedf("this registry does not say who published")
	}
	by := s.Release.By
	earlier := s.History.Earlier(s.Release)
	if !by.Said() {
		return s.unsaidPublisher(earlier)
	}
	if len(earlier) == 0 {
		f, err := clearf("first release, by %s", by)
		return f.with(said("publisher", by.String())), err
	}
	f := worst(s.approverFinding(), s.publisherFinding())
	return f.with(said("publisher", by.String())), nil
}

func (s *Subject) unsaidPublisher(earlier []*Release) (Finding, error) {
	const firstYear = 2014 // before, versions were not stamped with their publisher
	r := s.Release
	named := slices.ContainsFunc(earlier, func(w *Release) bool { return w.By.Said() })
	if !named && r.Dated && r.At.Year() < firstYear {
		return clearf("published in %d, before the registry said by whom", r.At.Year())
	}
	return unknownf("the registry does not say who published this version")
}

// worst joins two findings about one question: the more severe one leads.
func worst(a, b Finding) Finding {
	if rankFinding(b) > rankFinding(a) {
		a, b = b, a
	}
	a.Signals = append(slices.Clone(a.Signals), b.Signals...)
	a.Evidence = append(slices.Clone(a.Evidence), b.Evidence...)
	return a
}

func rankFinding(f Finding) int {
	if f.Outcome == Flagged {
		return 1 + int(f.Severity)
	}
	return 0
}

func (s *Subject) publisherFinding() Finding {
	by := s.Release.By
	if by.Trusted != "" {
		return s.trustedFinding()
	}
	f := s.accountFinding(by.Account)
	if w := s.trustedBefore(true); w != nil {
		age, _ := s.Age()
		lost := flag(s.Limits.ByAge(age), "published by the account %s; %s of the same release line came from a %s", by.Account, w.Version, w.By).
			signal(TrustLost).with(said("publisher of "+w.Version, w.By.String()))
		f = worst(lost, f)
	} else if w := s.trustedBefore(false); w != nil {
		lost := flag(Note, "published by the account %s; %s of another release line came from a %s", by.Account, w.Version, w.By).
			signal(CrossTrustLost).with(said("publisher of "+w.Version, w.By.String()))
		f = worst(lost, f)
	}
	return worst(f, s.addressFinding())
}

// trustedBefore gives the newest earlier release of a trusted publisher, on
// the own line or on any.
func (s *Subject) trustedBefore(line bool) *Release {
	known := s.History.known(s.Release)
	for i := len(known) - 1; i >= 0; i-- {
		if w := known[i]; w.By.Trusted != "" && (!line || w.Line == s.Release.Line) {
			return w
		}
	}
	return nil
}

func (s *Subject) trustedFinding() Finding {
	by := s.Release.By
	var ids []string
	for _, w := range s.familiar() {
		if w.By.Trusted != "" && !slices.Contains(ids, w.By.Trusted) {
			ids = append(ids, w.By.Trusted)
		}
	}
	switch {
	case len(ids) == 0:
		return flag(Note, "published by a %s for the first time: the package has adopted trusted publishing", by)
	case !slices.Contains(ids, by.Trusted):
		return flag(Note, "published by another trusted publisher than before: %s, before %s", by.Trusted, ids[len(ids)-1]).
			signal(IdentityChanged).with(said("trusted publisher before", ids[len(ids)-1]))
	}
	f, _ := clearf("published by the %s, as before", by)
	return f
}

// familiar gives the earlier releases whose publishers count as known: those
// that are no longer young; in a package that is itself young, the first.
func (s *Subject) familiar() []*Release {
	var out []*Release
	for _, w := range s.History.Earlier(s.Release) {
		if !s.young(w) && !s.recentBy(w) {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return s.History.Earlier(s.Release)[:1]
	}
	return out
}

// accountFinding says how well an account is known from the package's past.
func (s *Subject) accountFinding(account string) Finding {
	familiar := s.familiar()
	published, listed := false, s.listedOnly(account)
	for _, w := range familiar {
		published = published || w.By.Account == account || w.By.Approver == account
		listed = listed || hasPerson(w.Manifest.Maintainers, account)
	}
	gone := published && familiar[len(familiar)-1].By.Account != account && removedBefore(familiar, account)
	age, _ := s.Age()
	switch {
	case gone:
		return flag(s.Limits.WhileYoung(age, Warning), "published by %s, who had been removed from the maintainers before", account).
			signal(PublisherReturned)
	case published:
		f, _ := clearf("published by %s, as earlier versions were", account)
		return f
	case listed:
		return flag(Note, "first release by %s, who is a maintainer since earlier versions", account).signal(PublisherFirst)
	case hasPerson(s.Manifest.Maintainers, account), hasPerson(s.Packument.Maintainers, account):
		return flag(s.Limits.WhileYoung(age, Warning), "first release by %s, a new maintainer", account).signal(PublisherNew)
	}
	return flag(s.Limits.ByAge(age), "published by %s, who was never a maintainer of this package", account).signal(PublisherUnknown)
}

// listedOnly: the account is a maintainer now, and no version tells who was
// then. Some registries keep only the one list.
func (s *Subject) listedOnly(account string) bool {
	told := slices.ContainsFunc(s.History.Releases, func(w *Release) bool { return len(w.Manifest.Maintainers) > 0 })
	return !told && hasPerson(s.Packument.Maintainers, account)
}

// removedBefore: the account stood among the maintainers once, and no longer
// did in the last three familiar releases, or in all but the first of fewer.
func removedBefore(familiar []*Release, account string) bool {
	recent := familiar[max(min(1, len(familiar)), len(familiar)-3):]
	if len(recent) == 0 {
		return false
	}
	for _, w := range recent {
		if len(w.Manifest.Maintainers) == 0 || hasPerson(w.Manifest.Maintainers, account) {
			return false
		}
	}
	return slices.ContainsFunc(familiar, func(w *Release) bool { return hasPerson(w.Manifest.Maintainers, account) })
}

func hasPerson(all []registry.Person, name string) bool {
	return slices.ContainsFunc(all, func(p registry.Person) bool { return p.Name == name })
}

// approverFinding is about who approved a staged version: a person like any
// publisher.
func (s *Subject) approverFinding() Finding {
	a := s.Release.By.Approver
	if a == "" {
		f, _ := clearf("published by %s, as before", s.Release.By)
		return f
	}
	f := s.accountFinding(a)
	if f.Outcome == Flagged {
		f.Message = "approval of the staged version: " + f.Message
	}
	return f.with(said("approver", a))
}

// addressFinding compares the publishing account's address with the one in its
// last familiar release.
func (s *Subject) addressFinding() Finding {
	by := s.Release.By
	familiar := s.familiar()
	for i := len(familiar) - 1; i >= 0; i-- {
		w := familiar[i].By
		if w.Account != by.Account || w.Email == "" || by.Email == "" {
			continue
		}
		if w.Email == by.Email {
			break
		}
		return flag(Note, "the e-mail address of %s is another than at %s", by.Account, familiar[i].Version).signal(AddressChanged)
	}
	f, _ := clearf("published by %s, as earlier versions were", by.Account)
	return f
}
