package checks

import (
	"context"
	"slices"
	"strings"
)

var licenseCheck = Check{
	ID:    "license",
	Title: "has it a licence, and does the policy allow it?",
	Needs: Packument,
	Doc: `Reads the licence the packument names, and compares it with the policy's list of allowed or forbidden ones. Of an
expression with OR one allowed licence is enough; with AND all must be.

Flagged: none, as a note; one that the policy forbids, as danger.`,
	Run: runLicense,
}

func runLicense(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	l := strings.TrimSpace(s.Manifest.License)
	if l == "" {
		if len(s.Rules.LicenseAllow) > 0 {
			return flag(Danger, "names no licence, and the policy allows only some"), nil
		}
		return flag(Note, "names no licence"), nil
	}
	if !s.Rules.allowsLicense(l) {
		return flag(Danger, "the policy does not allow its licence: %s", cut(l, 80)).with(said("license", l)), nil
	}
	return clearf("%s", cut(l, 80))
}

// allowsLicense reads an SPDX expression as far as OR, AND and brackets go;
// what cannot be read is one licence of that name.
func (r *Rules) allowsLicense(expr string) bool {
	if len(r.LicenseAllow) == 0 && len(r.LicenseDeny) == 0 {
		return true
	}
	p := &licenseParser{words: strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(expr)), ok: r.allowsOne}
	allowed := p.or(0)
	return allowed && p.at == len(p.words)
}

func (r *Rules) allowsOne(id string) bool {
	same := func(w string) bool { return strings.EqualFold(w, id) }
	if slices.ContainsFunc(r.LicenseDeny, same) {
		return false
	}
	return len(r.LicenseAllow) == 0 || slices.ContainsFunc(r.LicenseAllow, same)
}

type licenseParser struct {
	words []string
	at    int
	ok    func(string) bool
}

func (p *licenseParser) next(word string) bool {
	if p.at < len(p.words) && strings.EqualFold(p.words[p.at], word) {
		p.at++
		return true
	}
	return false
}

func (p *licenseParser) or(depth int) bool {
	out := p.and(depth)
	for p.next("OR") {
		more := p.and(depth)
		out = out || more
	}
	return out
}

func (p *licenseParser) and(depth int) bool {
	out := p.one(depth)
	for p.next("AND") {
		more := p.one(depth)
		out = out && more
	}
	return out
}

func (p *licenseParser) one(depth int) bool {
	if depth < 20 && p.next("(") {
		out := p.or(depth + 1)
		return p.next(")") && out
	}
	start := p.at
	for p.at < len(p.words) && !slices.ContainsFunc([]string{"OR", "AND", ")", "("}, func(w string) bool {
		return strings.EqualFold(w, p.words[p.at])
	}) {
		p.at++
	}
	id := strings.Join(p.words[start:p.at], " ")
	bare, _, _ := strings.Cut(id, " WITH ")
	return id != "" && (p.ok(id) || bare != id && p.ok(bare))
}
