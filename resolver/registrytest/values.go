package registrytest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// stamp is how npm writes a time.
const stamp = "2006-01-02T15:04:05.000Z"

// when reads an absolute time, or one relative to now: «-3d», «-2h30m».
func when(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "+") {
		return time.Parse(time.RFC3339, text)
	}
	rest, sign := text[1:], time.Duration(1)
	if text[0] == '-' {
		sign = -1
	}
	var sum time.Duration
	if days, tail, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("time %q: %w", text, err)
		}
		sum, rest = time.Duration(n*24*float64(time.Hour)), tail
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return time.Time{}, fmt.Errorf("time %q: %w", text, err)
		}
		sum += d
	}
	return now.Add(sign * sum), nil
}

// person reads «ann» or a mapping; an address that is not given is made up.
func person(v any) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{"name": fmt.Sprint(v)}
	}
	out := map[string]any{}
	for k, e := range m {
		out[k] = e
	}
	if _, ok := out["email"]; !ok {
		out["email"] = fmt.Sprint(out["name"], "@example.com")
	}
	return out
}

// person is v as the package knows them: a bare name that stands among its
// maintainers with an address has that address everywhere.
func (p *Package) person(v any) map[string]any {
	for _, m := range p.maintainers() {
		if known := person(m); known["name"] == v {
			return known
		}
	}
	return person(v)
}

func (p *Package) people(list []any) []any {
	out := make([]any, 0, len(list))
	for _, v := range list {
		out = append(out, p.person(v))
	}
	return out
}

// merge applies an RFC 7396 merge patch: null deletes, a mapping merges,
// anything else replaces. What it puts into target is a copy.
func merge(target, patch map[string]any) {
	for k, v := range patch {
		sub, isMap := v.(map[string]any)
		have, hasMap := target[k].(map[string]any)
		switch {
		case v == nil:
			delete(target, k)
		case isMap && hasMap:
			merge(have, sub)
		case isMap:
			fresh := map[string]any{}
			merge(fresh, sub)
			target[k] = fresh
		default:
			target[k] = v
		}
	}
}

// textual are the package.json fields whose values npm wants as strings; a
// YAML number there («^1» is text, 1 is not) becomes one.
func textual(manifest map[string]any) {
	for _, field := range []string{"dependencies", "devDependencies", "optionalDependencies",
		"peerDependencies", "engines", "scripts", "acceptDependencies"} {
		m, ok := manifest[field].(map[string]any)
		if !ok {
			continue
		}
		for k, v := range m {
			switch v.(type) {
			case int, int64, uint64, float64:
				m[k] = fmt.Sprint(v)
			}
		}
	}
}

// higher says whether version a is above b, by its three numbers; good enough
// for a default.
func higher(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return false
}

func numbers(v string) (n [3]int) {
	v, _, _ = strings.Cut(v, "+")
	for i, part := range strings.SplitN(v, ".", 3) {
		n[i], _ = strconv.Atoi(part) // not a number: 0, as a default may
	}
	return n
}
