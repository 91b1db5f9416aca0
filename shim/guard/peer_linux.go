package guard

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// stranger says whether the process at the other end of a loopback connection
// is known to be another user's: npm writes the addresses it asks into its own
// logs, which others may be able to read. Where the kernel does not tell, and
// for root, whose npm runs scripts as other users, nobody is a stranger.
func stranger(local, remote netip.AddrPort) bool {
	me := os.Getuid()
	if me == 0 {
		return false
	}
	table := "/proc/net/tcp"
	if remote.Addr().Is6() && !remote.Addr().Is4In6() {
		table = "/proc/net/tcp6"
	}
	f, err := os.Open(table)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // only read from
	// The table has the peer's socket as the peer sees it.
	ours := kernel(remote) + " " + kernel(local)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 8 || fields[1]+" "+fields[2] != ours {
			continue
		}
		uid, err := strconv.Atoi(fields[7])
		return err == nil && uid != me && uid != 0
	}
	return false
}

// kernel writes an address as /proc/net/tcp and tcp6 do: in words of 32 bits.
func kernel(a netip.AddrPort) string {
	text := ""
	for ip := a.Addr().Unmap().AsSlice(); len(ip) >= 4; ip = ip[4:] {
		text += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(ip))
	}
	return fmt.Sprintf("%s:%04X", text, a.Port())
}
