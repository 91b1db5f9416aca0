package domain

import (
	"net"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Kind says what a host name is to this package. The zero value is a name that
// cannot be read.
type Kind uint8

// The kinds of host names.
const (
	Unreadable Kind = iota
	Public          // somebody pays a registry for it
	Special         // nobody can: localhost, .internal, an IP address
	Mail            // a mail provider's
	Strange         // its top-level domain is in no list that we know
)

// special are the names that no public registry hands out (RFC 6761, RFC 6762,
// RFC 7686, RFC 8375, RFC 9476 and names ICANN holds back).
var special = []string{
	"localhost", "local", "internal", "test", "invalid", "example", "onion",
	"home.arpa", "alt", "corp", "home", "lan", "mail", "localdomain", "arpa",
}

// Registrable gives the domain that somebody pays a registry for: one label
// more than the longest ICANN suffix, in A-labels. A suffix that a company
// offers under its own domain (github.io) is that company's domain.
func Registrable(host string) (string, Kind) {
	host = strings.TrimSuffix(strings.TrimSpace(host), ".")
	if net.ParseIP(strings.Trim(host, "[]")) != nil || strings.HasPrefix(host, "[") {
		return host, Special
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 {
		return host, Unreadable
	}
	if isSpecial(ascii) {
		return ascii, Special
	}
	suffix, icann := icannSuffix(ascii)
	if !icann {
		return ascii, Strange
	}
	rest, found := strings.CutSuffix(ascii, "."+suffix)
	if !found || rest == "" {
		return ascii, Unreadable // itself a suffix
	}
	d := rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix
	if isProvider(d) {
		return d, Mail
	}
	return d, Public
}

// Registrable is the function of that name; where a place that the user named is
// asked for every domain, it is asked for those of examples and tests too.
func (c *Client) Registrable(host string) (string, Kind) {
	d, kind := Registrable(host)
	if kind != Special || c.Public() {
		return d, kind
	}
	labels := strings.Split(d, ".")
	if n := len(labels); n > 1 && (labels[n-1] == "test" || labels[n-1] == "example") {
		return strings.Join(labels[n-2:], "."), Public
	}
	return d, kind
}

func isSpecial(host string) bool {
	return slices.ContainsFunc(special, func(s string) bool {
		return host == s || strings.HasSuffix(host, "."+s)
	}) || !strings.Contains(host, ".")
}

// icannSuffix climbs from a company's suffix to the registry's.
func icannSuffix(host string) (string, bool) {
	suffix, icann := publicsuffix.PublicSuffix(host)
	for !icann && strings.Contains(suffix, ".") {
		_, suffix, _ = strings.Cut(suffix, ".")
		suffix, icann = publicsuffix.PublicSuffix("x." + suffix)
	}
	return suffix, icann
}
