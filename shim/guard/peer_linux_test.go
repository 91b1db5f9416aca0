package guard

import (
	"net/netip"
	"testing"
)

func TestKernelAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "0100007F:1F90", "[::1]:80": "00000000000000000000000001000000:0050", "[::ffff:127.0.0.1]:80": "0100007F:0050",
	} {
		if got := kernel(netip.MustParseAddrPort(addr)); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
