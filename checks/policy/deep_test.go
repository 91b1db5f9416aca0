package policy

import (
	"strings"
	"testing"
	"time"
)

// TestHostile: a project's policy comes with the project, from whoever wrote it.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":        strings.Repeat("[", 1_000_000),
		"braces":          strings.Repeat(`{"a":`, 200_000),
		"brackets, lines": strings.Repeat("[\n", 500_000),
		"lists in lists":  strings.Repeat("- ", 500_000),
		"keys in keys":    strings.Repeat("? ", 500_000),
		"anchors":         strings.Repeat("&a ", 300_000),
		"tags":            strings.Repeat("! ", 500_000),
		"one long line":   "a: " + strings.Repeat("x", 1_000_000),
		"quote, unended":  "a: \"" + strings.Repeat("x\\\"", 300_000),
		"many keys":       strings.Repeat("a: 1\n", 10_000),
		"inner colons":    strings.Repeat("a: ", 300_000),
		"anchors, lines":  strings.Repeat("&a\n", 300_000),
		"tags, lines":     strings.Repeat("!\n", 300_000),
		"aliases, lines":  strings.Repeat("*a\n", 300_000),
		"keys, lines":     strings.Repeat("? a\n", 200_000),
		"lists, lines":    strings.Repeat("- a\n", 200_000),
		"words, lines":    strings.Repeat("a\n", 400_000),
		"tab colons":      strings.Repeat("a:\t", 300_000),
		"stairs":          stairs(1_000),
		"documents":       strings.Repeat("---\n", 200_000),
		"comments":        strings.Repeat("#\n", 500_000),
		"directives":      strings.Repeat("%YAML 1.2\n", 100_000),
		"block text":      "a: |\n" + strings.Repeat(" x\n", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if _, err := parse("policy.yaml", []byte(text)); err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%.200q", err)
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %s", took)
			}
		})
	}
}

// stairs is a mapping in a mapping in a mapping.
func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
