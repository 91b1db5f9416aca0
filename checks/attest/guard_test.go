package attest

import (
	"strings"
	"testing"
)

// A panic of the library over a hostile bundle is an answer like any other.
func TestGuarded(t *testing.T) {
	p, err := guarded(func() (*Provenance, error) { panic("\x1b[31mraw") })
	e, ok := IsInvalid(err)
	if p != nil || !ok || e.Reason != Malformed || strings.Contains(err.Error(), "raw") {
		t.Errorf("%v, %v", p, err)
	}
}

func TestMayBeNews(t *testing.T) {
	for err, want := range map[error]bool{
		ErrNone: false, ErrNewer: false, ErrTrustTooOld: true, invalid(UnknownKey, "x"): true, invalid(NotLogged, "x"): true,
		invalid(WrongSubject, "x"): false, invalid(BadSignature, "x"): false,
	} {
		if MayBeNews(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}

func TestOrigin(t *testing.T) {
	for raw, want := range map[string]string{
		"https://registry.npmjs.org": NPM, "HTTPS://Registry.npmjs.org//": NPM, "https://a.example/npm": "https://a.example/npm/",
		"https://a.example/Npm//": "https://a.example/Npm/", "http://registry.npmjs.org": "http://registry.npmjs.org/", "": "/",
	} {
		if got := origin(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}
