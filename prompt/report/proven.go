package report

import (
	"fmt"
	"io"
	"strings"

	"gpq/checks"
)

// WriteProven shows what is proved of one package in lines a person can read,
// and then what is not, and why.
func WriteProven(w io.Writer, p *checks.Proven) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", Escape(p.Item.Name+"@"+p.Item.Version))
	for _, e := range p.Summary.Proved {
		fmt.Fprintf(&b, "  proved   %-20s %s\n", Escape(e.Fact), EscapeMax(e.Value, maxMessage))
	}
	for _, s := range p.Summary.False {
		fmt.Fprintf(&b, "  FALSE    %s\n", EscapeMax(s, maxMessage))
	}
	for _, s := range p.Summary.Open {
		fmt.Fprintf(&b, "  open     %s\n", EscapeMax(s, maxMessage))
	}
	for _, s := range p.Summary.Absent {
		fmt.Fprintf(&b, "  absent   no %s was published\n", EscapeMax(s, maxMessage))
	}
	for _, f := range p.Findings {
		if f.Outcome == checks.Flagged {
			fmt.Fprintf(&b, "  %-8s %s: %s\n", f.Severity, f.Check, EscapeMax(f.Message, maxMessage))
		}
	}
	if len(p.Summary.Proved) == 0 {
		b.WriteString("  nothing is proven of it\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
