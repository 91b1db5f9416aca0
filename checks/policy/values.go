package policy

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpq/checks"
)

// parseDuration reads «90m», «24h», «14d» or «2w»; zero may stand alone.
func parseDuration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "0" {
		return 0, nil
	}
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s == "" {
		return 0, errors.New("want a time such as 24h or 14d")
	}
	unit, ok := units[s[len(s)-1]]
	n, err := strconv.ParseFloat(s[:len(s)-1], 64)
	if !ok || err != nil || n < 0 || math.IsNaN(n) || n*float64(unit) > float64(100*365*24*time.Hour) {
		return 0, fmt.Errorf("%q: want a time such as 24h or 14d", s)
	}
	return time.Duration(n * float64(unit)), nil
}

// parseBytes reads «500000», «500kB» or «2MB».
func parseBytes(s string) (int64, error) {
	t := strings.TrimSpace(s)
	factor := int64(1)
	for suffix, f := range map[string]int64{"kB": 1000, "MB": 1_000_000} {
		if rest, ok := strings.CutSuffix(t, suffix); ok {
			t, factor = strings.TrimSpace(rest), f
		}
	}
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q: want a size such as 500kB", s)
	}
	return n * factor, nil
}

// parseDay reads a date, or a time of RFC 3339.
func parseDay(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: want a date such as 2027-01-31", s)
}

func parseSeverity(s string) (checks.Severity, error) {
	switch s {
	case "off", "note":
		return checks.Note, nil
	case "warning":
		return checks.Warning, nil
	case "danger":
		return checks.Danger, nil
	}
	return checks.Unset, fmt.Errorf("%q: want danger, warning, note or off", s)
}

// parseBase reads a registry's base URL, and gives it with a trailing slash.
func parseBase(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" {
		return "", fmt.Errorf("%q: want a registry's URL", s)
	}
	return strings.TrimSuffix(u.String(), "/") + "/", nil
}

func checkIDs(all []string) ([]checks.ID, error) {
	var out []checks.ID
	for _, s := range all {
		if !knownCheck(checks.ID(s)) {
			return nil, fmt.Errorf("there is no check %q", s)
		}
		out = append(out, checks.ID(s))
	}
	if len(out) == 0 {
		return nil, errors.New("names no check")
	}
	return out, nil
}

func knownCheck(id checks.ID) bool {
	return id == checks.MalwareID || slices.ContainsFunc(checks.All(), func(c checks.Check) bool { return c.ID == id })
}

func patterns(all []string) ([]checks.Pattern, error) {
	var out []checks.Pattern
	for _, s := range all {
		if strings.TrimSpace(s) == "" || strings.ContainsAny(s, " \t\n") {
			return nil, fmt.Errorf("%q: want a package name, with * for any run of characters", s)
		}
		out = append(out, checks.Pattern(s))
	}
	if len(out) == 0 {
		return nil, errors.New("names no package")
	}
	return out, nil
}
