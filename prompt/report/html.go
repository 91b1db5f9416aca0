package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"gpq/checks"
)

//go:embed page.html
var page string

// writeHTML writes one page that stands alone: no script, nothing fetched, and
// a policy that says so to the browser. html/template escapes for HTML; Escape
// has made deceiving characters visible before.
func writeHTML(w io.Writer, d *checks.Document) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"show":    Escape,
		"label":   label,
		"serious": func(p checks.DocumentPackage) bool { return worst(p) == "danger" || worst(p) == "warning" },
		"worst":   worst,
		"sorted":  bySeverity,
		"via":     func(v [][]string) string { return viaLine(v) },
		"notice":  func(n checks.DocumentNotice) string { return Escape(noticeLine(n)) },
		"program": program,
		"count":   count,
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}

func viaLine(v [][]string) string {
	var ways []string
	for _, way := range v {
		ways = append(ways, strings.Join(way, " → "))
	}
	return strings.Join(ways, "; ")
}

// worst is the highest severity that counts, "" for none.
func worst(p checks.DocumentPackage) string {
	for _, f := range bySeverity(p.Findings) {
		if counts(f) {
			return f.Severity
		}
	}
	return ""
}

// program is whose command it was.
func program(command string) string {
	if command == "check" || command == "verify" {
		return "gpq"
	}
	return "npm"
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
