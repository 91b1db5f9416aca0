package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpq/checks"
)

// reader reads one section of one file into settings.
type reader struct {
	*Loaded
	layer    layer
	settings []setting
}

func (r *reader) set(path string, line int, value string, loosens bool, apply func(*Loaded)) {
	r.settings = append(r.settings, setting{path, line, value, loosens, apply})
}

func (r *reader) wrong(line int, format string, args ...any) error {
	return &problem{r.layer.file, line, fmt.Sprintf(format, args...)}
}

// strict: the layer may only tighten the setting at path.
func (r *reader) strict(path string) bool {
	return r.layer.tighten || r.layer.name != "machine" && r.isLocked(path)
}

// sections gives the reader of each setting at the top of a policy file.
func sections() map[string]func(*reader, node) error {
	return map[string]func(*reader, node) error{
		"version":        (*reader).version,
		"locked":         (*reader).lockedSection,
		"limits":         (*reader).limits,
		"severity":       (*reader).severity,
		"required":       (*reader).required,
		"cooling-off":    (*reader).coolingOff,
		"exceptions":     (*reader).exceptions,
		"packages":       (*reader).packages,
		"licenses":       (*reader).licenses,
		"registries":     (*reader).registries,
		"lockfile-hosts": (*reader).hosts,
		"advisories":     (*reader).advisories,
		"approvals":      (*reader).approvals,
	}
}

func (r *reader) version(n node) error {
	if n.text != "1" {
		return errors.New("this gpq reads version 1")
	}
	return nil
}

func (r *reader) lockedSection(n node) error {
	if r.layer.name != "machine" {
		return errors.New("only the machine's policy can lock")
	}
	paths, err := n.strings()
	if err != nil {
		return err
	}
	for _, p := range paths {
		top, _, _ := strings.Cut(p, ".")
		if p != "*" && sections()[top] == nil {
			return fmt.Errorf("there is no setting %q", p)
		}
	}
	r.set("locked", n.line, strings.Join(paths, ", "), false, func(o *Loaded) { o.locked = append(o.locked, paths...) })
	return nil
}

// limit is how one threshold is read, and which way it is stricter.
type limit struct {
	higherIsStricter bool
	read             func(*checks.Limits, string) (before, after float64, err error)
}

func durationLimit(at func(*checks.Limits) *time.Duration) func(*checks.Limits, string) (float64, float64, error) {
	return func(l *checks.Limits, s string) (float64, float64, error) {
		d, err := parseDuration(s)
		p := at(l)
		before := *p
		*p = d
		return float64(before), float64(d), err
	}
}

func countLimit(parse func(string) (int64, error), at func(*checks.Limits) *int64) func(*checks.Limits, string) (float64, float64, error) {
	return func(l *checks.Limits, s string) (float64, float64, error) {
		n, err := parse(s)
		p := at(l)
		before := *p
		*p = n
		return float64(before), float64(n), err
	}
}

func parseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q: want a number", s)
	}
	return n, nil
}

var limits = map[string]limit{ //nolint:gochecknoglobals // a table, never changed
	"young":                {true, durationLimit(func(l *checks.Limits) *time.Duration { return &l.Young })},
	"recent":               {true, durationLimit(func(l *checks.Limits) *time.Duration { return &l.Recent })},
	"cooling-off":          {true, durationLimit(func(l *checks.Limits) *time.Duration { return &l.CoolingOff })},
	"dormant":              {false, durationLimit(func(l *checks.Limits) *time.Duration { return &l.Dormant })},
	"burst":                {true, durationLimit(func(l *checks.Limits) *time.Duration { return &l.Burst })},
	"dependency-age":       {true, durationLimit(func(l *checks.Limits) *time.Duration { return &l.DepAge })},
	"dependency-downloads": {true, countLimit(parseCount, func(l *checks.Limits) *int64 { return &l.DepDownloads })},
	"name-downloads":       {true, countLimit(parseCount, func(l *checks.Limits) *int64 { return &l.NameDownloads })},
	"size-growth":          {false, countLimit(parseBytes, func(l *checks.Limits) *int64 { return &l.SizeGrowth })},
	"size-factor": {false, func(l *checks.Limits, s string) (float64, float64, error) {
		before := l.SizeFactor
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !(n >= 1) {
			return 0, 0, fmt.Errorf("%q: want a number of at least 1", s)
		}
		l.SizeFactor = n
		return before, n, nil
	}},
	"plan-burst": {false, func(l *checks.Limits, s string) (float64, float64, error) {
		before := l.PlanBurst
		n, err := strconv.Atoi(s)
		if err != nil || n < 2 {
			return 0, 0, fmt.Errorf("%q: want a number of at least 2", s)
		}
		l.PlanBurst = n
		return float64(before), float64(n), nil
	}},
}

func (r *reader) limits(n node) error {
	if !n.isMap {
		return errNoMap
	}
	for _, f := range n.fields {
		lim, ok := limits[f.key]
		if !ok {
			return r.wrong(f.line, "there is no limit %q", f.key)
		}
		text, err := f.value.one()
		if err != nil {
			return r.wrong(f.line, "%s: %v", f.key, err)
		}
		trial := r.Policy.Limits
		before, after, err := lim.read(&trial, text)
		if err != nil {
			return r.wrong(f.line, "%s: %v", f.key, err)
		}
		loosens := after < before == lim.higherIsStricter && after != before
		r.set("limits."+f.key, f.line, text, loosens, func(o *Loaded) { _, _, _ = lim.read(&o.Policy.Limits, text) })
	}
	return nil
}

// severity sets what a check's findings weigh. A layer that may only tighten
// sets what they weigh at least.
func (r *reader) severity(n node) error {
	if !n.isMap {
		return errNoMap
	}
	for _, f := range n.fields {
		id := checks.ID(f.key)
		if !knownCheck(id) {
			return r.wrong(f.line, "there is no check %q", f.key)
		}
		text, err := f.value.one()
		if err != nil {
			return r.wrong(f.line, "%s: %v", f.key, err)
		}
		sev, err := parseSeverity(text)
		if err != nil {
			return r.wrong(f.line, "%s: %v", f.key, err)
		}
		path := "severity." + f.key
		if id == checks.MalwareID && sev < checks.Danger {
			return r.wrong(f.line, "malware is always danger")
		}
		if r.strict(path) {
			r.set(path, f.line, text, sev == checks.Note, func(o *Loaded) { o.Policy.Floors[id] = max(o.Policy.Floors[id], sev) })
			continue
		}
		r.set(path, f.line, text, false, func(o *Loaded) { o.Policy.Severities[id] = sev })
	}
	return nil
}

func (r *reader) required(n node) error {
	list, err := n.strings()
	if err != nil {
		return err
	}
	ids, err := checkIDs(list)
	if err != nil {
		return err
	}
	if !r.strict("required") {
		r.set("required", n.line, strings.Join(list, ", "), false, func(o *Loaded) { o.Policy.Required = ids })
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(r.Policy.Required), func(id checks.ID) bool { return slices.Contains(ids, id) })
	if len(missing) > 0 {
		r.set("required", n.line, strings.Join(list, ", "), true, nil)
	}
	for _, id := range ids {
		if !slices.Contains(r.Policy.Required, id) {
			r.set("required."+string(id), n.line, "", false, func(o *Loaded) { o.Policy.Required = append(slices.Clone(o.Policy.Required), id) })
		}
	}
	return nil
}

func (r *reader) hosts(n node) error {
	list, err := n.strings()
	if err != nil {
		return err
	}
	for _, h := range list {
		if h == "" || strings.ContainsAny(h, "/@* ") {
			return fmt.Errorf("%q: want a host name", h)
		}
	}
	r.set("lockfile-hosts", n.line, strings.Join(list, ", "), true, func(o *Loaded) {
		o.Policy.Rules.Hosts = append(o.Policy.Rules.Hosts, lower(list)...)
	})
	return nil
}

func lower(all []string) []string {
	var out []string
	for _, s := range all {
		out = append(out, strings.ToLower(s))
	}
	return out
}

func (r *reader) advisories(n node) error {
	if !n.isMap {
		return errNoMap
	}
	text := ""
	for _, f := range n.fields {
		if f.key != "database" {
			return r.wrong(f.line, "there is no setting %q here", f.key)
		}
		var err error
		if text, err = f.value.one(); err != nil {
			return err
		}
	}
	if text == "" {
		return errors.New("want database: PATH")
	}
	r.set("advisories", n.line, text, true, func(o *Loaded) { o.Policy.Rules.AdvisoryDB = text })
	return nil
}

// Settings gives the names of all settings at the top of a policy file, in
// order.
func Settings() []string {
	return slices.Sorted(maps.Keys(sections()))
}

// LimitNames gives the names of all limits, in order.
func LimitNames() []string { return slices.Sorted(maps.Keys(limits)) }
