package policy

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gpq/checks"
)

// Line is one setting of the policy in force.
type Line struct{ Path, Value, From string }

// Lines gives every setting in force with where it comes from.
func (o *Loaded) Lines() []Line {
	var out []Line
	add := func(path, value string) {
		from, ok := o.Origins[path]
		if !ok {
			from = "built in"
		}
		out = append(out, Line{path, value, from})
	}
	l := o.Policy.Limits
	for _, e := range []struct {
		key   string
		value time.Duration
	}{{"young", l.Young}, {"recent", l.Recent}, {"cooling-off", l.CoolingOff}, {"dormant", l.Dormant}, {"burst", l.Burst}, {"dependency-age", l.DepAge}} {
		add("limits."+e.key, durationText(e.value))
	}
	add("limits.plan-burst", fmt.Sprint(l.PlanBurst))
	add("limits.size-factor", fmt.Sprint(l.SizeFactor))
	add("limits.size-growth", fmt.Sprint(l.SizeGrowth))
	add("limits.dependency-downloads", fmt.Sprint(l.DepDownloads))
	add("limits.name-downloads", fmt.Sprint(l.NameDownloads))
	var required []string
	for _, id := range o.Policy.Required {
		required = append(required, string(id))
	}
	add("required", strings.Join(required, ", "))
	for _, c := range checks.All() {
		if sev, ok := o.Policy.Severities[c.ID]; ok {
			add("severity."+string(c.ID), sev.String())
		}
		if sev, ok := o.Policy.Floors[c.ID]; ok {
			add("severity."+string(c.ID), "at least "+sev.String())
		}
	}
	return append(out, o.ruleLines()...)
}

func (o *Loaded) ruleLines() []Line {
	var out []Line
	u := o.Policy.Rules
	add := func(path, value string) { out = append(out, Line{path, value, o.Origins[path]}) }
	for _, p := range u.Bound {
		add("packages.registry", string(p.Packages)+" from "+p.To)
	}
	for _, p := range u.BuiltFrom {
		add("packages.built-from", string(p.Packages)+" from "+p.To)
	}
	for _, p := range u.NeedProvenance {
		add("packages.provenance", string(p)+" required")
	}
	for _, w := range u.CoolingOff {
		add("cooling-off", fmt.Sprintf("%s %gh", w.Packages, w.Hours))
	}
	for _, e := range o.Policy.Exceptions {
		out = append(out, Line{"exceptions", fmt.Sprintf("%s: %v: %s", e.Packages, e.Checks, e.Reason), e.Source})
	}
	for path, list := range map[string][]string{"licenses.allow": u.LicenseAllow, "licenses.deny": u.LicenseDeny, "lockfile-hosts": u.Hosts} {
		if len(list) > 0 {
			add(path, strings.Join(list, ", "))
		}
	}
	for _, k := range u.Registries {
		add("registries", k.URL)
	}
	if u.AdvisoryDB != "" {
		add("advisories", u.AdvisoryDB)
	}
	slices.SortStableFunc(out, func(a, b Line) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Show writes the policy in force, and what was ignored.
func (o *Loaded) Show(w io.Writer) error {
	for _, l := range o.Lines() {
		if _, err := fmt.Fprintf(w, "%-28s %-40s %s\n", l.Path, l.Value, l.From); err != nil {
			return err
		}
	}
	for _, n := range o.Ignored {
		if _, err := fmt.Fprintln(w, n.Text); err != nil {
			return err
		}
	}
	return nil
}

func durationText(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return fmt.Sprintf("%gh", d.Hours())
}
