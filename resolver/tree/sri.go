package tree

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// agreed puts the digests of two sources together. ok is false where they
// contradict: an algorithm that both have, and no digest.
func agreed(want, have string) (sri string, ok bool) {
	wanted, had := byAlgorithm(want), byAlgorithm(have)
	out := strings.Fields(want)
	for _, entry := range strings.Fields(have) {
		algorithm, _, _ := strings.Cut(entry, "-")
		switch {
		case len(wanted[algorithm]) == 0:
			out = append(out, entry)
		case !slices.ContainsFunc(wanted[algorithm], func(w string) bool { return slices.Contains(had[algorithm], w) }):
			return "", false
		}
	}
	return strings.Join(out, " "), true
}

// byAlgorithm are the entries of an integrity string, without their options.
func byAlgorithm(sri string) map[string][]string {
	out := map[string][]string{}
	for _, entry := range strings.Fields(sri) {
		algorithm, _, _ := strings.Cut(entry, "-")
		entry, _, _ = strings.Cut(entry, "?")
		out[algorithm] = append(out[algorithm], entry)
	}
	return out
}

// hexSRI makes an integrity string of a hexadecimal SHA-1; "" for anything
// else.
func hexSRI(shasum string) string {
	raw, err := hex.DecodeString(shasum)
	if err != nil || len(raw) != 20 {
		return ""
	}
	return "sha1-" + base64.StdEncoding.EncodeToString(raw)
}
