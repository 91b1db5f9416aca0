// Package report writes a report in every form: text for people, JSON as the
// record, SARIF for code scanners, HTML to hand on. All are made from the same
// checks.Document, and all escape foreign text on the way out.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gpq/checks"
)

// Format is a form a report can be written in.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json"
	SARIF Format = "sarif"
	HTML  Format = "html"
)

// ParseFormat reads a format's name.
func ParseFormat(s string) (Format, error) {
	switch f := Format(s); f {
	case Text, JSON, SARIF, HTML:
		return f, nil
	}
	return "", fmt.Errorf("no report format %q: text, json, sarif or html", Escape(s))
}

// Write writes the whole report.
func Write(w io.Writer, f Format, d *checks.Document) error {
	switch f {
	case Text:
		return WriteText(w, d, TextOptions{Width: 100, All: true})
	case JSON:
		return writeJSON(w, d)
	case SARIF:
		return writeSARIF(w, d, checks.All())
	case HTML:
		return writeHTML(w, d)
	}
	return fmt.Errorf("no report format %q", string(f))
}

func writeJSON(w io.Writer, d *checks.Document) error {
	doc, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeJSON(doc), '\n'))
	return err
}

// maxRecord bounds a recorded report: 256 MiB.
const maxRecord = 256 << 20

// Read reads a recorded JSON report. Errors say what does not fit, and where.
func Read(r io.Reader) (*checks.Document, error) {
	doc, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	if err != nil {
		return nil, err
	}
	if len(doc) > maxRecord {
		return nil, errors.New("a report of over 256 MiB is none of gpq's")
	}
	var d checks.Document
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, jsonError(doc, err)
	}
	if d.SchemaVersion != checks.SchemaVersion {
		return nil, fmt.Errorf("schemaVersion is %d: this gpq reads %d", d.SchemaVersion, checks.SchemaVersion)
	}
	return &d, nil
}

func jsonError(doc []byte, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line := 1 + strings.Count(string(doc[:min(int(syntax.Offset), len(doc))]), "\n")
		return fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("no report: %w", err)
}
