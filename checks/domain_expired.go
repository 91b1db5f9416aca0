package checks

import (
	"context"
	"fmt"
	"time"

	"gpq/checks/domain"
)

var domainExpiredCheck = Check{
	ID:    "domain-expired",
	Title: "who holds the domains of the current maintainers' e-mail addresses?",
	Needs: Packument | Domains,
	Doc: `Whoever holds the domain of a maintainer's address can have the account's password reset. The domains of all current
maintainers, and of who published and approved this version, are looked up by RDAP, with the DNS beside it. Only the
registrable domain is sent, never an address; mail providers' domains are not asked about at all. Asked only for packages
that are added or updated, and kept for a week.

Flagged: a domain that is not registered (the registry says so, and the DNS, unless it is switched off, has no name servers for it), that is about to
be deleted, or that was registered anew after the address was first used on the package: danger. A domain in its redemption
period: warning. Expired but still with its registrant, or on hold: note. A time-out, a failing server, a top-level domain
without RDAP are never «expired»: they leave the question open.

What to do: ask the maintainers by another way; stay with a version from before the domain changed hands.`,
	Run: runDomainExpired,
}

func runDomainExpired(_ context.Context, s *Subject) (Finding, error) {
	if f, ok := unanswered(s.Facts.Domains, "the maintainers' domains"); ok {
		return f, nil
	}
	all := s.Facts.Domains.Value
	if len(all) == 0 {
		return skippedf("the registry names no maintainers' addresses")
	}
	var bad, open, held []domain.Holding
	for _, h := range all {
		switch {
		case h.State >= domain.Hold:
			bad = append(bad, h)
		case h.State == domain.Unknown:
			open = append(open, h)
		default:
			held = append(held, h)
		}
	}
	switch {
	case len(bad) > 0:
		return domainFinding(bad), nil
	case len(open) > 0:
		f, err := unknownf("the domain %s: %s", open[0].Domain, open[0].Reason)
		return f.with(domainEvidence(open)...), err
	}
	f, err := clearf("%s: %s", plural(len(held), "domain"), domainWords(held))
	return f.with(domainEvidence(held)...), err
}

// domainFinding is about the worst, which stands first.
func domainFinding(bad []domain.Holding) Finding {
	worst := bad[0]
	f := flag(domainSeverity(worst.State), "%s, the domain of %s's address, is %s", worst.Domain, list(worst.Who, 3), domainState(worst))
	if n := len(bad) - 1; n > 0 {
		f.Message += fmt.Sprintf(" (and %s more)", plural(n, "domain"))
	}
	return f.with(domainEvidence(bad)...)
}

func domainSeverity(s domain.State) Severity {
	switch s {
	case domain.NotRegistered, domain.Reregistered, domain.PendingDelete:
		return Danger
	case domain.Redemption:
		return Warning
	default:
		return Note
	}
}

func domainState(h domain.Holding) string {
	if h.State == domain.Reregistered {
		return fmt.Sprintf("registered anew on %s, after the address was used here since %s",
			h.Registered.Format(time.DateOnly), h.Since.Format(time.DateOnly))
	}
	if h.State == domain.Grace {
		return fmt.Sprintf("%s since %s", h.State, h.Expires.Format(time.DateOnly))
	}
	return h.State.String()
}

func domainWords(held []domain.Holding) string {
	var words []string
	for _, h := range held {
		words = append(words, h.Domain+" "+h.State.String())
	}
	return list(words, 3)
}

func domainEvidence(all []domain.Holding) []Evidence {
	var out []Evidence
	for _, h := range all {
		e := Evidence{Fact: "domain " + h.Domain, Value: domainState(h), Source: h.Source}
		if h.Reason != "" {
			e.Value = h.Reason
		}
		if e.Source == "" {
			e.Source = "gpq"
		}
		out = append(out, e)
	}
	return out
}
