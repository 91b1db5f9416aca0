package report

import (
	"encoding/json"
	"io"
	"strings"

	"gpq/checks"
)

// The SARIF 2.1.0 subset that code scanners read. Results stand at the
// project's lockfile, where a reader can act on them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
		Columns string        `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Full  sarifText `json:"fullDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Suppressions []sarifSuppressed `json:"suppressions,omitempty"`
	}
	sarifSuppressed struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)

func writeSARIF(w io.Writer, d *checks.Document, rules []checks.Check) error {
	run := sarifRun{
		Tool:    sarifTool{Driver: sarifDriver{Name: d.Tool.Name, Version: d.Tool.Version, Rules: sarifRules(rules)}},
		Results: []sarifResult{}, Columns: "unicodeCodePoints",
	}
	for _, p := range d.Packages {
		for _, f := range p.Findings {
			if f.Outcome == "flagged" || f.Outcome == "unknown" {
				run.Results = append(run.Results, sarifOf(p, f))
			}
		}
	}
	doc, err := json.MarshalIndent(sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeJSON(doc), '\n'))
	return err
}

func sarifRules(rules []checks.Check) []sarifRule {
	out := []sarifRule{}
	for _, c := range rules {
		out = append(out, sarifRule{ID: string(c.ID), Short: sarifText{c.Title}, Full: sarifText{strings.TrimSpace(c.Doc)}})
	}
	return out
}

func sarifOf(p checks.DocumentPackage, f checks.DocumentFinding) sarifResult {
	name := p.Name + "@" + p.Version
	r := sarifResult{
		RuleID: f.Check, Level: sarifLevel(f),
		Message: sarifText{Escape(name + ": " + f.Message)},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{"package-lock.json"}},
			Logical:  []sarifLogical{{Name: Escape(name), Kind: "module"}},
		}},
		Fingerprints: map[string]string{"gpq/v1": f.Check + ":" + Escape(name)},
	}
	if f.Approved != "" {
		r.Suppressions = []sarifSuppressed{{Kind: "external", Justification: Escape(f.Approved)}}
	}
	return r
}

// sarifLevel maps danger, warning, note to error, warning, note; what could
// not be told is shown as a note.
func sarifLevel(f checks.DocumentFinding) string {
	switch {
	case f.Outcome != "flagged":
		return "note"
	case f.Severity == "danger":
		return "error"
	case f.Severity == "warning":
		return "warning"
	default:
		return "note"
	}
}
