package report

import (
	"fmt"
	"slices"
	"strings"

	"gpq/checks"
)

// group is one check with one message, and the packages it stands for.
type group struct {
	check, message string
	packages       []string
}

// groups collects findings of all packages that say the same.
func groups(d *checks.Document, want func(checks.DocumentFinding) bool) []*group {
	var out []*group
	at := map[[2]string]*group{}
	for _, p := range d.Packages {
		for _, f := range p.Findings {
			if !want(f) {
				continue
			}
			message := withoutName(f.Message, p)
			if f.Approved != "" {
				message += " (accepted: " + f.Approved + ")"
			}
			key := [2]string{f.Check, message}
			if at[key] == nil {
				at[key] = &group{check: f.Check, message: message}
				out = append(out, at[key])
			}
			at[key].packages = append(at[key].packages, label(p))
		}
	}
	return out
}

// withoutName is a message that could be about any package: what is said of
// 68 packages is then one line.
func withoutName(message string, p checks.DocumentPackage) string {
	words := strings.Fields(message)
	for i, w := range words {
		switch strings.TrimRight(w, ",:;.") {
		case p.Name, p.Name + "@" + p.Version:
			words[i] = strings.Replace(w, strings.TrimRight(w, ",:;."), "it", 1)
		}
	}
	return strings.Join(words, " ")
}

// names gives the packages of a group, at most n of them.
func (g *group) names(n int) string {
	if len(g.packages) <= n {
		return strings.Join(g.packages, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(g.packages[:n], ", "), len(g.packages)-n)
}

func (t *text) notes() {
	all := groups(t.d, func(f checks.DocumentFinding) bool { return counts(f) && f.Severity == "note" })
	for i, g := range all {
		if i == MaxNotes && !t.o.All {
			t.line("  note     %d more notes (gpq check shows them all)", len(all)-i)
			break
		}
		t.entry(t.paint(dim, "note   "), g.check, g.names(3)+": "+g.message)
	}
}

func (t *text) unresolved() {
	for _, u := range t.d.Unresolved {
		by := "the project"
		if len(u.Via) > 0 {
			by = strings.Join(u.Via, " → ")
		}
		t.entry(t.paint(yellow, "open   "), "unresolved", u.Spec+", asked for by "+by+": "+u.Reason)
	}
}

// unknown shows what could not be told, one line for each check and reason:
// what is required by name, the rest counted unless all is wanted.
func (t *text) unknown() {
	for _, g := range t.unknownGroups() {
		required := slices.Contains(t.o.Required, g.check)
		if !required && !t.o.All {
			continue
		}
		t.entry(t.paint(yellow, "unknown"), g.check, fmt.Sprintf("%s (%s)", g.message, g.names(2)))
	}
}

// unknownGroups joins the checks that could not tell for the same reason about
// the same packages: a mirror without any data is one line, not six.
func (t *text) unknownGroups() []*group {
	var out []*group
	for _, g := range groups(t.d, func(f checks.DocumentFinding) bool { return f.Outcome == "unknown" && f.Approved == "" }) {
		same := func(o *group) bool { return o.check == g.check && slices.Equal(o.packages, g.packages) }
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].message += "; " + g.message
			continue
		}
		out = append(out, g)
	}
	return out
}

func (t *text) notices() {
	for _, n := range t.d.Notices {
		for i, l := range wrap(EscapeMax(noticeLine(n), maxMessage), t.o.Width-4) {
			mark := "* "
			if i > 0 {
				mark = "  "
			}
			t.line("  %s%s", mark, l)
		}
	}
}

func isAccepted(f checks.DocumentFinding) bool {
	return f.Approved != "" && (f.Outcome == "flagged" || f.Outcome == "unknown")
}

// accepted shows, where all is wanted, what an approval, an exception or the baseline lets pass: it is there, and counts for nothing.
func (t *text) accepted() {
	if !t.o.All {
		return
	}
	for _, severity := range []string{"danger", "warning", "note", ""} {
		word := severity
		if severity == "" {
			word = "unknown"
		}
		for _, g := range groups(t.d, func(f checks.DocumentFinding) bool { return isAccepted(f) && f.Severity == severity }) {
			t.entry(t.paint(dim, fmt.Sprintf("%-7s", word)), g.check, g.names(3)+": "+g.message)
		}
	}
}

// noticeLine says of whom a notice speaks, where its text does not.
func noticeLine(n checks.DocumentNotice) string {
	if n.Kind == string(checks.NoticeService) || n.Kind == string(checks.NoticeRegistry) {
		return n.Subject + ": " + n.Text
	}
	return n.Text
}

func (t *text) summary() {
	s := t.d.Summary
	parts := []string{}
	add := func(n int, code, one, many string) {
		if n == 1 {
			parts = append(parts, t.paint(code, "1 "+one))
		} else if n > 1 {
			parts = append(parts, t.paint(code, fmt.Sprintf("%d %s", n, many)))
		}
	}
	add(s.Danger, red, "danger", "dangers")
	add(s.Warning, yellow, "warning", "warnings")
	add(s.Note, dim, "note", "notes")
	add(t.acceptedFindings(), dim, "accepted", "accepted")
	add(len(t.d.Unresolved), yellow, "unresolved", "unresolved")
	if n := t.unknownPackages(); n > 0 {
		parts = append(parts, t.paint(yellow, fmt.Sprintf("%s with open questions", count(n, "package"))))
	}
	found := strings.Join(parts, ", ")
	if found == "" {
		found = t.paint(green, "nothing found")
	}
	elapsed := ""
	if t.o.Elapsed != "" {
		elapsed = " in " + t.o.Elapsed
	}
	t.line("gpq: checked %s%s%s: %s", count(s.Packages, "package"), t.changes(), elapsed, found)
}

func (t *text) changes() string {
	added, updated := 0, 0
	for _, p := range t.d.Packages {
		switch p.Change {
		case "added":
			added++
		case "updated":
			updated++
		}
	}
	if added == len(t.d.Packages) {
		return ""
	}
	return fmt.Sprintf(" (%d added, %d updated)", added, updated)
}

func (t *text) acceptedFindings() int {
	n := 0
	for _, p := range t.d.Packages {
		for _, f := range p.Findings {
			if isAccepted(f) {
				n++
			}
		}
	}
	return n
}

func (t *text) unknownPackages() int {
	n := 0
	for _, p := range t.d.Packages {
		if slices.ContainsFunc(p.Findings, func(f checks.DocumentFinding) bool { return f.Outcome == "unknown" && f.Approved == "" }) {
			n++
		}
	}
	return n
}
