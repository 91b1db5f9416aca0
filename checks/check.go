// Package checks asks the questions: one finding for each check and package,
// and of all findings one verdict by policy.
package checks

import (
	"context"

	"gpq/resolver"
)

// ID names a check for ever: policy key, approval key and SARIF rule id.
type ID string

// Needs says what must be fetched before a check can answer.
type Needs uint8

// What checks read beside the plan.
const (
	Packument Needs = 1 << iota
	Tarball
	Attestations
	Domains
	Advisories
	Downloads
)

// Check is one question, asked of every package of a plan. Adding one is one
// file, one line in All and one archive of cases.
type Check struct {
	ID    ID
	Title string // one line, lower case, a question
	// Doc says what is read, what is flagged and what to do; docs/checks.md is
	// made of these. Markdown, paragraphs.
	Doc   string
	Needs Needs
	// Anything: asked of every item, also of what is no registry package
	// (git, URL, file) or comes inside another's tarball. Others are skipped
	// there by the Runner, with that reason.
	Anything bool
	// Loose: asked as well of a tarball that is from no registry, of which its
	// own files tell.
	Loose bool
	// Run answers for one package. It must not keep or change its Subject. An
	// error becomes an unknown finding that names it.
	Run func(context.Context, *Subject) (Finding, error)
}

// Outcome is how a question was answered. The zero value is «could not tell».
type Outcome uint8

// The four outcomes.
const (
	Unknown Outcome = iota // tried, and could not tell
	Flagged
	Clear
	Skipped // does not apply, or this registry offers no such data at all
)

// String gives the outcome as the JSON report writes it.
func (o Outcome) String() string {
	switch o {
	case Flagged:
		return "flagged"
	case Clear:
		return "clear"
	case Skipped:
		return "skipped"
	default:
		return "unknown"
	}
}

// Severity is how bad a flagged finding is.
type Severity uint8

// The severities, mildest first.
const (
	Unset Severity = iota
	Note
	Warning
	Danger
)

// String gives the severity as the JSON report writes it; "" for Unset.
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Danger:
		return "danger"
	default:
		return ""
	}
}

// Evidence is one fact a finding rests on.
type Evidence struct {
	Fact, Value, Source string
	Proved              bool // by a signature that was verified; else only said
}

// Finding is the answer of one check about one package. Check and Package are
// stamped by the Runner: a check cannot sign for another.
type Finding struct {
	Check    ID
	Package  resolver.Package
	Outcome  Outcome
	Severity Severity
	Message  string // may hold foreign text: escaped where it is written out
	Evidence []Evidence
	Err      error
	// Signals are what this finding adds to combinations, also where the
	// finding itself is mild or clear.
	Signals []Signal
	// Joined are the checks whose signals lifted this finding's severity.
	Joined []ID
	// Approved is set where an approval or the baseline accepts this finding:
	// it stays in the report and no longer counts for the verdict.
	Approved string
	// laid: it is about what lies in node_modules, which no baseline has seen.
	laid bool
}
