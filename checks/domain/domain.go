// Package domain finds out who holds a domain: RDAP and DNS. Only registrable
// domains are ever sent, never an address.
package domain

import "time"

// State is how a domain stands to the person whose address is under it. The
// zero value is «could not tell».
type State uint8

// The states of a domain.
const (
	Unknown       State = iota // could not tell: Reason says why
	Registered                 // held, and since before the address was first used
	Provider                   // a mail provider's own domain: not the person's to lose
	NotPublic                  // nobody can buy it: localhost, .internal, an IP address
	Hold                       // registered and taken out of the DNS
	Grace                      // expired, or renewed by itself, still with its registrant
	Redemption                 // deleted, only its last registrant can have it back
	PendingDelete              // free in a few days
	Reregistered               // registered anew after the address was first used on the package
	NotRegistered              // anyone can buy it
)

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
