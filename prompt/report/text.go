package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gpq/checks"
)

// TextOptions say how much of a report a person is shown.
type TextOptions struct {
	Width int  // columns; 0 is 80
	Color bool // ANSI colours
	// All shows every note and every package that could not be told about;
	// otherwise notes past MaxNotes are counted.
	All bool
	// Required has the checks that must be able to answer.
	Required []string
	// Elapsed is shown as it is, «in 0.9 s»; "" is left out.
	Elapsed string
}

// MaxNotes is how many notes an install shows before it counts the rest.
const MaxNotes = 12

// WriteText writes the report for a person: what is serious by package, with
// its reason and its evidence; then notes; then, by check and reason, what
// could not be told; last one line that sums up.
func WriteText(w io.Writer, d *checks.Document, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	t := &text{o: o, d: d}
	t.serious()
	t.notes()
	t.unresolved()
	t.unknown()
	t.accepted()
	t.notices()
	t.summary()
	_, err := io.WriteString(w, t.b.String())
	return err
}

type text struct {
	o TextOptions
	d *checks.Document
	b strings.Builder
}

func (t *text) line(format string, args ...any) {
	fmt.Fprintf(&t.b, format+"\n", args...)
}

const (
	red    = "31;1"
	yellow = "33;1"
	dim    = "2"
	bold   = "1"
	green  = "32"
)

func (t *text) paint(code, s string) string {
	if !t.o.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func counts(f checks.DocumentFinding) bool { return f.Outcome == "flagged" && f.Approved == "" }

func isSerious(f checks.DocumentFinding) bool {
	return counts(f) && (f.Severity == "danger" || f.Severity == "warning")
}

// serious shows each package with a danger or a warning, the worst first.
func (t *text) serious() {
	var hit []checks.DocumentPackage
	for _, p := range t.d.Packages {
		if slices.ContainsFunc(p.Findings, isSerious) {
			hit = append(hit, p)
		}
	}
	slices.SortStableFunc(hit, func(a, b checks.DocumentPackage) int { return rank(a) - rank(b) })
	for _, p := range hit {
		t.pkg(p)
	}
}

func rank(p checks.DocumentPackage) int {
	if slices.ContainsFunc(p.Findings, func(f checks.DocumentFinding) bool { return counts(f) && f.Severity == "danger" }) {
		return 0
	}
	return 1
}

func (t *text) pkg(p checks.DocumentPackage) {
	t.line("%s  %s", t.paint(bold, label(p)), t.paint(dim, t.how(p)))
	ids := []string{}
	for _, f := range bySeverity(p.Findings) {
		if !isSerious(f) {
			continue
		}
		ids = append(ids, f.Check)
		t.finding(f)
	}
	if p.Version != "" && p.Integrity != "" && !slices.Contains(ids, "malware") {
		t.line("  %s %s", t.paint(dim, "accept it:"), approveLine(p, ids))
	}
	t.line("")
}

func label(p checks.DocumentPackage) string {
	if p.Version == "" {
		return EscapeMax(p.Name, maxLabel)
	}
	return EscapeMax(p.Name+"@"+p.Version, maxLabel)
}

// approveLine is the command that records an approval of these findings.
func approveLine(p checks.DocumentPackage, ids []string) string {
	return "gpq approve " + shellWord(p.Name+"@"+p.Version) + " " + strings.Join(ids, " ") + ` --reason "…"`
}

// shellWord quotes what a shell would not take as one plain word: a name comes
// from a registry, and the line is made to be pasted.
func shellWord(s string) string {
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@/._-+~", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 && s[0] != '~' && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(Escape(s), "'", `'\''`) + "'"
}

// how says what happens to a package and what brings it.
func (t *text) how(p checks.DocumentPackage) string {
	out := p.Change
	if p.Previous != nil && p.Change == "updated" {
		out += " from " + EscapeMax(*p.Previous, maxLabel)
	}
	if len(p.Via) > 0 && len(p.Via[0]) > 1 {
		out += ", brought by " + EscapeMax(strings.Join(p.Via[0][:len(p.Via[0])-1], " → "), maxMessage)
	}
	return out
}

func bySeverity(fs []checks.DocumentFinding) []checks.DocumentFinding {
	out := slices.Clone(fs)
	slices.SortStableFunc(out, func(a, b checks.DocumentFinding) int { return weight(a) - weight(b) })
	return out
}

func weight(f checks.DocumentFinding) int {
	return slices.Index([]string{"danger", "warning", "note", ""}, f.Severity)
}

func (t *text) finding(f checks.DocumentFinding) {
	code := yellow
	if f.Severity == "danger" {
		code = red
	}
	t.entry(t.paint(code, fmt.Sprintf("%-7s", f.Severity)), f.Check, f.Message)
	most := 4
	if t.o.All {
		most = 100
	}
	// What the message ends with need not be said again.
	facts := slices.DeleteFunc(slices.Clone(f.Evidence), func(e checks.DocumentEvidence) bool {
		return strings.HasSuffix(f.Message, e.Fact+": "+e.Value)
	})
	for i, e := range facts {
		if i == most {
			t.wrapped(fmt.Sprintf("… and %d more facts", len(facts)-i))
			break
		}
		t.wrapped(evidenceLine(e))
	}
}

func evidenceLine(e checks.DocumentEvidence) string {
	word := "said by " + e.Source
	if e.Proved {
		word = "proved by " + e.Source
	}
	return fmt.Sprintf("· %s: %s (%s)", EscapeMax(e.Fact, maxLabel), EscapeMax(e.Value, 200), Escape(word))
}

// Bounds of foreign text, in runes: what is serious shall not scroll away
// behind what somebody made long.
const (
	maxLabel   = 300
	maxMessage = 2000
)

// Where the messages stand: in a column of their own, and under what they belong to where the terminal is too narrow for two.
const (
	indent    = 31 // «  danger   maintainers-changed »
	narrow    = 4
	twoBeside = indent + 30 // columns
)

func (t *text) indent() int {
	if t.o.Width < twoBeside {
		return narrow
	}
	return indent
}

func (t *text) entry(severity, check, message string) {
	at := t.indent()
	lines := wrap(EscapeMax(message, maxMessage), t.o.Width-at)
	if at == narrow {
		t.line("  %s  %s", severity, check)
	} else {
		t.line("  %s  %-19s %s", severity, check, lines[0])
		lines = lines[1:]
	}
	for _, l := range lines {
		t.line("%*s%s", at, "", l)
	}
}

func (t *text) wrapped(s string) {
	for i, l := range wrap(s, t.o.Width-t.indent()-2) {
		pad := t.indent()
		if i > 0 {
			pad += 2
		}
		t.line("%*s%s", pad, "", t.paint(dim, l))
	}
}

// wrap breaks a text at spaces into lines of at most width runes; a longer
// word stands alone. There is always one line.
func wrap(s string, width int) []string {
	var lines []string
	cur := ""
	for _, word := range strings.Fields(s) {
		switch {
		case cur == "":
			cur = word
		case len([]rune(cur))+1+len([]rune(word)) <= width:
			cur += " " + word
		default:
			lines = append(lines, cur)
			cur = word
		}
	}
	return append(lines, cur)
}
