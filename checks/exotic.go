package checks

import "strings"

// exoticSpec says whether a dependency's value points outside a registry.
func exoticSpec(value string) bool {
	v := strings.TrimSpace(value)
	return strings.Contains(v, "/") && !strings.HasPrefix(v, "npm:") || strings.Contains(v, ":") && !strings.HasPrefix(v, "npm:")
}
