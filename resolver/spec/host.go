package spec

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Characters no host may have; a domain may not have controls and % either.
const forbiddenHost = "\x00\t\n\r #/:<>?@[\\]^|"

func readHost(s string, special bool) (string, bool) {
	if strings.HasPrefix(s, "[") {
		return readIPv6(s)
	}
	if !special {
		return escape(s, controlSet), !strings.ContainsAny(s, forbiddenHost)
	}
	s = unescape(s)
	if !utf8.ValidString(s) {
		return "", false
	}
	s, ok := toASCII(s)
	if !ok || s == "" || strings.ContainsAny(s, forbiddenHost+"%\x7f") || strings.ContainsFunc(s, isControl) {
		return "", false
	}
	if endsInNumber(s) {
		return readIPv4(s)
	}
	return s, true
}

func isControl(r rune) bool { return r < ' ' }

func toASCII(s string) (string, bool) {
	lower := strings.ToLower(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) && !strings.Contains(lower, "xn--") {
		return lower, true
	}
	p := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
		idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule(), idna.VerifyDNSLength(false))
	out, err := p.ToASCII(s)
	return out, err == nil
}

func readIPv6(s string) (string, bool) {
	if !strings.HasSuffix(s, "]") {
		return "", false
	}
	ip, err := netip.ParseAddr(s[1 : len(s)-1])
	if err != nil || !ip.Is6() || ip.Zone() != "" {
		return "", false
	}
	if ip.Is4In6() {
		b := ip.As16()
		return "[::ffff:" + hex16(b[12], b[13]) + ":" + hex16(b[14], b[15]) + "]", true
	}
	return "[" + ip.String() + "]", true
}

func hex16(hi, lo byte) string { return strconv.FormatUint(uint64(hi)<<8|uint64(lo), 16) }

func endsInNumber(s string) bool {
	s = strings.TrimSuffix(s, ".")
	last := s[strings.LastIndexByte(s, '.')+1:]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := ipv4Part(last)
	return ok
}

// ipv4Part reads a decimal, octal or hexadecimal number.
func ipv4Part(s string) (uint64, bool) {
	base := 10
	switch {
	case s == "":
		return 0, false
	case len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x':
		if s, base = s[2:], 16; s == "" {
			return 0, true
		}
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	if strings.ContainsAny(s, "+-_") {
		return 0, false
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil
}

func readIPv4(s string) (string, bool) {
	fields := strings.Split(strings.TrimSuffix(s, "."), ".")
	if len(fields) > 4 {
		return "", false
	}
	var ip uint64
	for i, f := range fields {
		n, ok := ipv4Part(f)
		last := i == len(fields)-1
		if !ok || !last && n > 255 || last && n >= 1<<(8*(5-len(fields))) {
			return "", false
		}
		if last {
			ip |= n
		} else {
			ip |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}).String(), true
}
