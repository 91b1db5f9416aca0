package attest_test

import (
	"strings"
	"testing"

	"gpq/checks/attest"
)

func TestParseKeys(t *testing.T) {
	s := newStage(t)
	endpoint, err := s.world.KeysEndpoint()
	if err != nil {
		t.Fatal(err)
	}
	tuf, err := s.world.KeysTUF()
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"endpoint": endpoint, "TUF": tuf} {
		ks, err := attest.ParseKeys(raw)
		if err != nil || len(ks.IDs()) != 2 {
			t.Errorf("%s: %v, %q", name, err, ks.IDs())
		}
	}
	good, another := s.world.Registry.ID, s.world.Stranger.ID
	for name, raw := range map[string]string{
		"another key's id":   strings.ReplaceAll(string(endpoint), good, another),
		"no keys":            `{"keys":[]}`,
		"nothing":            `{}`,
		"no JSON":            `x`,
		"too large":          `{"keys":[]}` + strings.Repeat(" ", 1<<20),
		"only another kind":  strings.ReplaceAll(string(endpoint), "ecdsa-sha2-nistp256", "ed25519"),
		"a key of no form":   `{"keys":[{"keyid":"a","scheme":"ecdsa-sha2-nistp256","key":"AAAA"}]}`,
		"a key without id":   strings.ReplaceAll(string(endpoint), `"keyid": "`+good+`"`, `"keyid": ""`),
		"too many":           `{"keys":[` + strings.Repeat(`{"keyid":"a"},`, 500) + `{}]}`,
		"a doubled name":     `{"keys":[],"keys":[]}`,
		"an impossible date": strings.ReplaceAll(string(endpoint), "2021-01-01", "2021-13-77"),
	} {
		if ks, err := attest.ParseKeys([]byte(raw)); err == nil {
			t.Errorf("%s: taken, %q", name, ks.IDs())
		}
	}
	// an unknown algorithm beside a known one is passed over
	mixed := strings.Replace(string(endpoint), `"keys": [`, `"keys": [{"expires":null,"keyid":"pq","keytype":"ml-dsa","scheme":"ml-dsa","key":"AAAA"},`, 1)
	if ks, err := attest.ParseKeys([]byte(mixed)); err != nil || len(ks.IDs()) != 2 {
		t.Errorf("mixed: %v, %q", err, ks.IDs())
	}
}

func TestPins(t *testing.T) {
	s := newStage(t)
	keep := newMemory()
	p := attest.NewPins(keep)
	set := func(raw []byte, err error) attest.KeySet {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		ks, err := attest.ParseKeys(raw)
		if err != nil {
			t.Fatal(err)
		}
		return ks
	}
	check := func(registry string, ks attest.KeySet) attest.KeyChange {
		t.Helper()
		c, err := p.Check(registry, ks)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, more := set(s.world.KeysEndpoint()), set(s.world.KeysEndpoint(s.world.Stranger))
	if c := check(mirror, first); c.Changed() {
		t.Errorf("the first time: %+v", c)
	}
	if c := check(mirror+"/", set(s.world.KeysTUF())); c.Changed() {
		t.Errorf("the same keys in the other form: %+v", c)
	}
	if c := check(mirror, more); len(c.Added) != 1 || c.Added[0] != s.world.Stranger.ID || len(c.Removed) != 0 {
		t.Errorf("a key more: %+v", c)
	}
	if c := check(mirror, more); !c.Changed() {
		t.Error("a change that nobody accepted is forgotten")
	}
	if c := check("https://other.example/", more); c.Changed() {
		t.Error("one registry's pins count for another")
	}
	if err := p.Accept(mirror, more); err != nil {
		t.Fatal(err)
	}
	if c := check(mirror, more); c.Changed() {
		t.Errorf("an accepted change: %+v", c)
	}
	if c := check(mirror, first); len(c.Removed) != 1 || len(c.Added) != 0 {
		t.Errorf("a key less: %+v", c)
	}
	keep.damage()
	if c := check(mirror, first); c.Changed() {
		t.Errorf("a damaged pin: %+v", c)
	}
	if c, err := attest.NewPins(nil).Check(mirror, first); err != nil || c.Changed() {
		t.Errorf("no place for pins: %+v, %v", c, err)
	}
}

func FuzzParseKeys(f *testing.F) {
	s := newStage(f)
	for _, make := range []func() ([]byte, error){func() ([]byte, error) { return s.world.KeysEndpoint() }, func() ([]byte, error) { return s.world.KeysTUF() }} {
		raw, err := make()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if ks, err := attest.ParseKeys(raw); (err == nil) != (ks.Len() > 0) {
			t.Errorf("%d keys and %v", ks.Len(), err)
		}
	})
}
