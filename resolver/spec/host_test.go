package spec

import "testing"

// TestReadIPv6: as the URL standard writes them.
func TestReadIPv6(t *testing.T) {
	for host, want := range map[string]string{
		"[::ffff:1.2.3.4]": "[::ffff:102:304]", "[::1.2.3.4]": "[::102:304]", "[0:0::1]": "[::1]", "[FE80::A]": "[fe80::a]",
		"[fe80::1%eth0]": "", "[1.2.3.4]": "", "[::1": "", "[]": "",
	} {
		if got, ok := readHost(host, true); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s %v", host, got, ok)
		}
	}
}
