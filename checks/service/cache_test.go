package service_test

import (
	"bytes"
	"testing"
	"time"

	"gpq/checks/service"
	"gpq/checks/service/servicetest"
	"gpq/resolver/store"
)

func TestKept(t *testing.T) {
	st, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]service.Cache{"store": service.Kept{Store: st}, "memory": &servicetest.Memory{}} {
		service.Keep(c, "../a/b", []byte("x"), now)
		service.Keep(c, "huge", bytes.Repeat([]byte("x"), 5<<20), now)
		for age, want := range map[time.Duration]bool{0: true, time.Hour: true, 61 * time.Minute: false, -2 * time.Minute: false} {
			b, ok := service.Fresh(c, "../a/b", now.Add(age), time.Hour)
			if ok != want || ok && string(b) != "x" {
				t.Errorf("%s after %v: %q %v", name, age, b, ok)
			}
		}
		if _, ok := service.Fresh(c, "none", now, time.Hour); ok {
			t.Errorf("%s: gives what nobody kept", name)
		}
	}
	var none service.Kept
	none.Put("a", nil, now)
	if _, _, ok := none.Get("a"); ok {
		t.Error("the zero Kept keeps")
	}
	if _, ok := service.Fresh(nil, "a", now, time.Hour); ok {
		t.Error("no cache keeps")
	}
}
