package checks

import (
	"net/url"
	"strings"
)

// publicRegistry is the one whose names are the world's.
const publicRegistry = "registry.npmjs.org"

// keeps says why a name is asked at no public service; nil if it may be. A
// service that the user named himself (public is false) may be asked about
// what his own default registry serves too; private scopes never.
func (o *Outside) keeps(s *Subject, public bool) *Withheld {
	switch {
	case s.Registry == "":
		return &Withheld{"from no registry"}
	case s.Rules.IsPrivate(s.Name):
		return &Withheld{"a private name by policy: asked at no public service"}
	case s.Rules.IsPublic(s.Name):
		return nil
	}
	if own := o.ownRegistry(s.Name); own != "" {
		return &Withheld{"its scope has a registry of its own (" + own + "): asked at no public service"}
	}
	if hostOf(s.Registry) == publicRegistry || !public && sameBase(s.Registry, o.o.Default) {
		return nil
	}
	return &Withheld{"served by " + hostOf(s.Registry) + ": asked at no public service"}
}

// ownRegistry gives the host of the registry that a name's scope has of its
// own; "" if it has none.
func (o *Outside) ownRegistry(name string) string {
	scope, _, scoped := strings.Cut(name, "/")
	if !scoped || !strings.HasPrefix(scope, "@") {
		return ""
	}
	base := o.o.Scopes[scope]
	if base == "" || hostOf(base) == publicRegistry || sameBase(base, o.o.Default) {
		return ""
	}
	return hostOf(base)
}

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "an unreadable registry"
	}
	return strings.ToLower(u.Host)
}

func sameBase(a, b string) bool {
	x, xerr := url.Parse(a)
	y, yerr := url.Parse(b)
	return xerr == nil && yerr == nil && x.Host != "" && strings.EqualFold(x.Host, y.Host) &&
		strings.TrimRight(x.Path, "/") == strings.TrimRight(y.Path, "/")
}
