package checks

import (
	"errors"

	"gpq/resolver"
)

// Consent is a person's answer to the one question. The zero value is no.
type Consent struct{ Given bool }

// Clearance is the list of what may be fetched. Report.Clear alone makes one;
// the zero value permits nothing.
type Clearance struct {
	packages  map[resolver.Package]bool
	integrity map[resolver.Integrity]bool
}

// ErrNotCleared says that a report's verdict does not let anything be fetched.
var ErrNotCleared = errors.New("not cleared")

// Clear makes the clearance of all items of the report: where the verdict is
// Allow, or Ask and consent was given. It refuses, whatever the verdict says,
// where the report is not complete or holds malware that nobody approved.
func (r *Report) Clear(v Verdict, c Consent) (Clearance, error) {
	if v != Allow && (v != Ask || !c.Given) {
		return Clearance{}, ErrNotCleared
	}
	if !r.complete() {
		return Clearance{}, errors.New("not cleared: the report is not complete")
	}
	out := Clearance{packages: map[resolver.Package]bool{}, integrity: map[resolver.Integrity]bool{}}
	for i := range r.Items {
		it := &r.Items[i]
		if it.malware() {
			return Clearance{}, errors.New("not cleared: " + it.Item.Name + " is listed as malware")
		}
		if it.Item.Package == (resolver.Package{}) || it.Item.Version == "" {
			continue
		}
		out.packages[it.Item.Package] = true
		if it.Item.Integrity != "" {
			out.integrity[it.Item.Integrity] = true
		}
	}
	return out, nil
}

// Permits says whether exactly this artefact was cleared.
func (c Clearance) Permits(p resolver.Package) bool { return c.packages[p] }

// PermitsIntegrity says whether an artefact with this integrity, as the plan
// wrote it, was cleared. An empty one never is.
func (c Clearance) PermitsIntegrity(i resolver.Integrity) bool { return i != "" && c.integrity[i] }

// Packages gives what was cleared, in no order.
func (c Clearance) Packages() []resolver.Package {
	out := make([]resolver.Package, 0, len(c.packages))
	for p := range c.packages {
		out = append(out, p)
	}
	return out
}
