package argv

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// jsTrim takes away what JavaScript's trim takes away.
func jsTrim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\n', '\v', '\f', '\r', 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
			return true
		}
		return r >= 0x2000 && r <= 0x200a
	})
}

// jsNumber is what JavaScript's Number makes of a string; false where that is NaN.
func jsNumber(s string) (float64, bool) {
	s = jsTrim(s)
	if s == "" {
		return 0, true
	}
	if len(s) > 2 && s[0] == '0' {
		if base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]; base != 0 {
			return jsInteger(s[2:], base)
		}
	}
	switch strings.TrimLeft(s, "+-") {
	case "Infinity":
		if len(s)-len("Infinity") > 1 {
			return 0, false
		}
		return math.Inf(1 - 2*strings.Count(s, "-")), true
	}
	for _, c := range s {
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", c) {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func jsInteger(digits string, base int) (float64, bool) {
	f := 0.0
	for _, c := range strings.ToLower(digits) {
		d := strings.IndexRune("0123456789abcdef", c)
		if d < 0 || d >= base {
			return 0, false
		}
		f = f*float64(base) + float64(d)
	}
	return f, true
}

// jsNumberString writes a number as JavaScript does.
func jsNumberString(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	if abs := math.Abs(f); abs >= 1e21 || abs < 1e-6 {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// dateLayouts are the forms of Date.parse that people use for --before. A form with a time and no zone is local time, a
// bare date is UTC.
var dateLayouts = [...]struct {
	layout string
	local  bool
}{
	{"2006-01-02T15:04:05.999999999Z07:00", false},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02", false},
	{"2006-01", false},
	{"2006", false},
	{"2006-01-02T15:04:05.999999999", true},
	{"2006-01-02T15:04", true},
	{"2006-01-02 15:04:05.999999999", true},
	{"2006-01-02 15:04", true},
	{"2006-1-2", true},
	{"2006/1/2", true},
	{"2006/1/2 15:04", true},
	{"1/2/2006", true},
	{"Jan 2, 2006", true},
	{"Jan 2 2006", true},
	{"2 Jan 2006", true},
	{"January 2, 2006", true},
	{"January 2 2006", true},
	{"2 January 2006", true},
	{"Mon, 02 Jan 2006 15:04:05 MST", false},
	{"Mon, 2 Jan 2006 15:04:05 -0700", false},
	{"Mon Jan 2 2006", true},
}

// jsDate is what Date.parse makes of s, of the forms in dateLayouts; zone is local time.
func jsDate(s string, zone *time.Location) (time.Time, bool) {
	s = jsTrim(s)
	for _, l := range dateLayouts {
		in := time.UTC
		if l.local {
			in = zone
		}
		if t, err := time.ParseInLocation(l.layout, s, in); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// isoString writes a time as JavaScript's toISOString.
func isoString(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
