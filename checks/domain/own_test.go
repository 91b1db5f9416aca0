package domain_test

import (
	"testing"

	"gpq/checks/domain"
)

// Who names an RDAP server of his own may have any domain in it.
func TestRegistrableByTheUser(t *testing.T) {
	own, public := domain.New(domain.Options{RDAP: "http://127.0.0.1:1/"}), domain.New(domain.Options{RDAP: domain.Bootstrap})
	for _, c := range []struct {
		in, want    string
		own, public domain.Kind
	}{
		{"mail.gone.test", "gone.test", domain.Public, domain.Special},
		{"gone.example", "gone.example", domain.Public, domain.Special},
		{"mail.gone.com", "gone.com", domain.Public, domain.Public},
		{"build.corp.internal", "build.corp.internal", domain.Special, domain.Special},
		{"test", "test", domain.Special, domain.Special},
	} {
		if got, kind := own.Registrable(c.in); got != c.want || kind != c.own {
			t.Errorf("own: %q: %q %d", c.in, got, kind)
		}
		if _, kind := public.Registrable(c.in); kind != c.public {
			t.Errorf("public: %q: %d", c.in, kind)
		}
	}
}
