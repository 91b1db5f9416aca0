// Package domain finds out who holds a domain: RDAP and DNS. Only registrable
// domains are ever sent, never an address.
package domain

import (
	"strings"
	"time"
)

// State is how a domain stands to the person whose address is under it. The
// zero value is «could not tell»; later ones are worse.
type State uint8

// The states of a domain.
const (
	Unknown       State = iota // could not tell: Reason says why
	Registered                 // held, and since before the address was first used
	Provider                   // a mail provider's own domain: not the person's to lose
	NotPublic                  // nobody can buy it: localhost, .internal, an IP address
	Hold                       // registered and taken out of the DNS
	Grace                      // expired, still with its registrant
	Redemption                 // deleted, only its last registrant can have it back
	PendingDelete              // free in a few days
	Reregistered               // registered anew after the address was first used on the package
	NotRegistered              // anyone can buy it
)

// String says the state in a sentence's words.
func (s State) String() string {
	switch s {
	case Registered:
		return "registered"
	case Provider:
		return "a mail provider's"
	case NotPublic:
		return "not a public domain"
	case Hold:
		return "registered, but on hold and out of the DNS"
	case Grace:
		return "expired, still with its registrant"
	case Redemption:
		return "deleted, in its redemption period"
	case PendingDelete:
		return "about to be deleted"
	case Reregistered:
		return "registered anew after the address was first used"
	case NotRegistered:
		return "not registered: anyone can buy it"
	default:
		return "unknown"
	}
}

// Holding is what was found out about one domain, for one package.
type Holding struct {
	Domain string   // registrable domain, as A-labels; as written where there is none
	Who    []string // account names whose addresses are under it; foreign text
	State  State
	// Since is when an address under it was first used on the package; zero if
	// no version carries it.
	Since      time.Time
	Registered time.Time // zero if not told
	Expires    time.Time // zero if not told
	Source     string    // host that answered
	Reason     string    // for Unknown: which host and why
}

// Record is what is known of a domain, whoever asks. The zero value knows
// nothing.
type Record struct {
	Domain string
	// Held: RDAP has an object for it. Absent: RDAP says there is none, and
	// the DNS has no name servers for it. Never both.
	Held, Absent bool
	Status       []string // as RFC 8056 words them, squeezed: "pendingdelete"
	Registered   time.Time
	Expires      time.Time // registry's date
	Source       string
	Reason       string // why neither Held nor Absent
}

// tolerance between a registration date and the first use of an address:
// clocks, and dates without a zone.
const tolerance = 48 * time.Hour

// Judge says how the domain stands to someone who used an address under it at
// since (zero: never seen).
func (r Record) Judge(since, now time.Time) State {
	redemption := r.has("redemptionperiod") || r.has("pendingrestore")
	switch {
	case r.Absent && !r.Held:
		return NotRegistered
	case !r.Held:
		return Unknown
	case r.has("pendingdelete") && !redemption:
		return PendingDelete
	case !since.IsZero() && r.Registered.After(since.Add(tolerance)):
		return Reregistered
	case redemption:
		return Redemption
	case !r.Expires.IsZero() && r.Expires.Before(now):
		return Grace
	case r.has("clienthold"), r.has("serverhold"):
		return Hold
	default:
		return Registered
	}
}

func (r Record) has(status string) bool {
	for _, s := range r.Status {
		if s == status {
			return true
		}
	}
	return false
}

// Name gives the domain part of an address, lower case; "" if it has none.
func Name(email string) string {
	i := strings.LastIndexByte(email, '@')
	if i < 0 {
		return ""
	}
	d := strings.Trim(strings.TrimSpace(email[i+1:]), "<>. \t")
	return strings.ToLower(d)
}
