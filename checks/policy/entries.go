package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gpq/checks"
)

// entry reads one mapping of a list by its keys; an unknown key is an error.
func (r *reader) entry(n node, keys map[string]func(node) error, must ...string) error {
	if !n.isMap {
		return r.wrong(n.line, "%v", errNoMap)
	}
	for _, m := range must {
		if !slices.ContainsFunc(n.fields, func(f field) bool { return f.key == m }) {
			return r.wrong(n.line, "%q is missing", m)
		}
	}
	for _, f := range n.fields {
		read, ok := keys[f.key]
		if !ok {
			return r.wrong(f.line, "there is no setting %q here", f.key)
		}
		if err := read(f.value); err != nil {
			return r.wrong(f.line, "%s: %v", f.key, err)
		}
	}
	return nil
}

func into(p *string) func(node) error {
	return func(n node) (err error) { *p, err = n.one(); return err }
}

func intoPatterns(p *[]checks.Pattern) func(node) error {
	return func(n node) error {
		list, err := n.strings()
		if err == nil {
			*p, err = patterns(list)
		}
		return err
	}
}

func intoChecks(p *[]checks.ID) func(node) error {
	return func(n node) error {
		list, err := n.strings()
		if err == nil {
			*p, err = checkIDs(list)
		}
		return err
	}
}

func (r *reader) coolingOff(n node) error {
	if n.list == nil {
		return errNoList
	}
	for _, item := range n.list {
		var who []checks.Pattern
		var wait time.Duration
		err := r.entry(item, map[string]func(node) error{
			"packages": intoPatterns(&who),
			"time": func(n node) (err error) {
				wait, err = parseDuration(n.text)
				return err
			},
		}, "packages", "time")
		if err != nil {
			return err
		}
		loosens := wait < r.Policy.Limits.CoolingOff || r.strict("cooling-off") && len(r.Policy.Rules.CoolingOff) > 0
		r.set("cooling-off", item.line, join(who)+": "+wait.String(), loosens, func(o *Loaded) {
			for _, p := range who {
				o.Policy.Rules.CoolingOff = append([]checks.Wait{{Packages: p, Hours: wait.Hours()}}, o.Policy.Rules.CoolingOff...)
			}
		})
	}
	return nil
}

func join(all []checks.Pattern) string {
	var out []string
	for _, p := range all {
		out = append(out, string(p))
	}
	return strings.Join(out, ", ")
}

func (r *reader) exceptions(n node) error {
	if n.list == nil {
		return errNoList
	}
	for _, item := range n.list {
		var who []checks.Pattern
		e := checks.Exception{Source: fmt.Sprintf("%s:%d", r.layer.file, item.line)}
		err := r.entry(item, map[string]func(node) error{
			"packages": intoPatterns(&who), "checks": intoChecks(&e.Checks), "reason": into(&e.Reason),
			"expires": func(n node) (err error) {
				e.Expires, err = parseDay(n.text)
				return err
			},
		}, "packages", "checks", "reason")
		if err != nil {
			return err
		}
		if strings.TrimSpace(e.Reason) == "" {
			return r.wrong(item.line, "an exception needs a reason")
		}
		if slices.Contains(e.Checks, checks.MalwareID) {
			return r.wrong(item.line, "malware can be let pass by an approval alone")
		}
		r.set("exceptions", item.line, join(who)+": "+e.Reason, true, func(o *Loaded) {
			for _, p := range who {
				e.Packages = p
				o.Policy.Exceptions = append(o.Policy.Exceptions, e)
			}
		})
	}
	return nil
}

// packages reads what is asked of packages by pattern.
func (r *reader) packages(n node) error {
	if n.list == nil {
		return errNoList
	}
	for _, item := range n.list {
		if err := r.packageRule(item); err != nil {
			return err
		}
	}
	return nil
}

// packageWords is one entry of the section packages, as written.
type packageWords struct {
	match                                         []checks.Pattern
	registry, source, provenance, private, exotic string
	required                                      []checks.ID
}

func (r *reader) packageRule(item node) error {
	var w packageWords
	err := r.entry(item, map[string]func(node) error{
		"match": intoPatterns(&w.match), "required": intoChecks(&w.required), "built-from": into(&w.source),
		"provenance": oneOf(&w.provenance, "required"), "private": oneOf(&w.private, "true", "false"), "exotic": oneOf(&w.exotic, "allow"),
		"registry": func(n node) (err error) {
			w.registry, err = parseBase(n.text)
			return err
		},
	}, "match")
	if err != nil {
		return err
	}
	r.packageSettings(item.line, w)
	return nil
}

func oneOf(p *string, words ...string) func(node) error {
	return func(n node) error {
		if !slices.Contains(words, n.text) {
			return fmt.Errorf("want %s", strings.Join(words, " or "))
		}
		*p = n.text
		return nil
	}
}

func (r *reader) packageSettings(line int, w packageWords) {
	add := func(what, value string, loosens bool, apply func(*checks.Rules, checks.Pattern)) {
		if value == "" {
			return
		}
		r.set("packages."+what, line, join(w.match)+": "+value, loosens, func(o *Loaded) {
			for _, p := range w.match {
				apply(&o.Policy.Rules, p)
			}
		})
	}
	late := r.layer.tighten
	add("registry", w.registry, false, func(u *checks.Rules, p checks.Pattern) { u.Bound = pin(u.Bound, p, w.registry, late) })
	add("built-from", w.source, false, func(u *checks.Rules, p checks.Pattern) { u.BuiltFrom = pin(u.BuiltFrom, p, w.source, late) })
	add("provenance", w.provenance, false, func(u *checks.Rules, p checks.Pattern) { u.NeedProvenance = append(u.NeedProvenance, p) })
	add("exotic", w.exotic, true, func(u *checks.Rules, p checks.Pattern) { u.ExoticAllow = append(u.ExoticAllow, p) })
	switch w.private {
	case "true":
		add("private", w.private, true, func(u *checks.Rules, p checks.Pattern) { u.Private = append(u.Private, p) })
	case "false": // asked at public services whoever served it: it leaves the machine, so no project may say so
		add("private", w.private, true, func(u *checks.Rules, p checks.Pattern) { u.Public = append(u.Public, p) })
	}
	if len(w.required) > 0 {
		r.set("packages.required", line, join(w.match), false, func(o *Loaded) {
			for _, p := range w.match {
				o.Policy.RequireAlso = append(o.Policy.RequireAlso, checks.RequireRule{Packages: p, Checks: w.required})
			}
		})
	}
}

// pin adds a binding. The first that matches counts: a later layer goes in
// front, one that may only tighten goes behind.
func pin(all []checks.Pin, p checks.Pattern, to string, behind bool) []checks.Pin {
	one := checks.Pin{Packages: p, To: to}
	if behind {
		return append(all, one)
	}
	return append([]checks.Pin{one}, all...)
}

func (r *reader) licenses(n node) error {
	var allow, deny []string
	read := func(p *[]string) func(node) error {
		return func(n node) (err error) { *p, err = n.strings(); return err }
	}
	if err := r.entry(n, map[string]func(node) error{"allow": read(&allow), "deny": read(&deny)}); err != nil {
		return err
	}
	if len(deny) > 0 {
		r.set("licenses.deny", n.line, strings.Join(deny, ", "), false, func(o *Loaded) {
			o.Policy.Rules.LicenseDeny = append(o.Policy.Rules.LicenseDeny, deny...)
		})
	}
	if len(allow) > 0 {
		now := r.Policy.Rules.LicenseAllow
		loosens := len(now) > 0 && slices.ContainsFunc(allow, func(a string) bool {
			return !slices.ContainsFunc(now, func(b string) bool { return strings.EqualFold(a, b) })
		})
		r.set("licenses.allow", n.line, strings.Join(allow, ", "), loosens, func(o *Loaded) { o.Policy.Rules.LicenseAllow = allow })
	}
	return nil
}

func (r *reader) registries(n node) error {
	if n.list == nil {
		return errNoList
	}
	for _, item := range n.list {
		var rule checks.RegistryRule
		err := r.entry(item, map[string]func(node) error{
			"url": func(n node) (err error) {
				rule.URL, err = parseBase(n.text)
				return err
			},
			"offers": func(n node) (err error) {
				if rule.Offers, err = n.strings(); err != nil {
					return err
				}
				for _, o := range rule.Offers {
					if !slices.Contains([]string{"signatures", "publishers", "attestations"}, o) {
						return fmt.Errorf("%q: want signatures, publishers or attestations", o)
					}
				}
				return nil
			},
		}, "url")
		if err != nil {
			return err
		}
		r.set("registries", item.line, rule.URL, true, func(o *Loaded) {
			o.Policy.Rules.Registries = append(o.Policy.Rules.Registries, rule)
		})
	}
	return nil
}
