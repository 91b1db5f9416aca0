package checks

import (
	"fmt"
	"strings"
)

// Manual is the page of all checks, in Markdown: docs/checks.md is this text.
func Manual() string {
	var b strings.Builder
	b.WriteString("# Checks\n\n<!-- made from the checks themselves: go test ./checks -run TestManual -update -->\n\n" +
		"Every package of a plan gets exactly one answer from each check: flagged (danger, warning or note), clear, unknown (tried,\n" +
		"and could not tell) or skipped (does not apply, or the registry offers no such data). The ids are for ever.\n\n" +
		"| id | asks |\n| --- | --- |\n")
	for _, c := range All() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", c.ID, c.ID, c.Title)
	}
	for _, c := range All() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", c.ID, c.Page())
	}
	b.WriteString("\n" + manualJoins())
	return b.String()
}

// Page is one check's own page, in Markdown, without a heading.
func (c Check) Page() string {
	return strings.ToUpper(c.Title[:1]) + c.Title[1:] + "\n\nReads: " + c.Needs.String() + ".\n\n" + strings.TrimSpace(c.Doc)
}

// String names what a check reads.
func (n Needs) String() string {
	var words []string
	for _, e := range []struct {
		bit  Needs
		word string
	}{{Packument, "packument"}, {Tarball, "tarball"}, {Attestations, "attestations"}, {Domains, "domains"}, {Advisories, "advisories"}, {Downloads, "downloads"}} {
		if n&e.bit != 0 {
			words = append(words, e.word)
		}
	}
	if len(words) == 0 {
		return "the plan alone"
	}
	return strings.Join(words, ", ")
}

// manualJoins is the table of what joins to what.
func manualJoins() string {
	var b strings.Builder
	b.WriteString("## What joins to what\n\nEvery attack on record is a combination of changes, each innocent alone. Beside its findings a check reports signals;\n" +
		"a finding whose signal stands in the first column is lifted to at least the last, where any of the second column stands\n" +
		"beside it about the same version, and the version is under the age of the third. The finding says what joined it.\n\n" +
		"| a finding that says | joined by any of | under | is at least |\n| --- | --- | --- | --- |\n")
	l := DefaultLimits()
	for _, r := range table {
		var with []string
		for _, s := range r.With {
			with = append(with, string(s))
		}
		under := "any age"
		if d := r.Under(l); d > 0 {
			under = ageText(d)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Of, strings.Join(with, "; "), under, r.To)
	}
	return b.String()
}
