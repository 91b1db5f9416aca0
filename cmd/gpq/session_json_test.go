package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gpq/checks"
)

// jsonAt is the command json. A PATH has a key in each part, or, for a list,
// what the wanted entry calls itself: its number, name@version, name, check,
// fact or spec; or «length», how many there are. The parts stand between colons.
func jsonAt(ts *testscript.TestScript, args []string) error {
	if len(args) != 3 {
		return errors.New("json: want FILE PATH WANT")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	for _, part := range strings.Split(args[1], ":") {
		next, ok := into(v, part)
		if !ok {
			return fmt.Errorf("%s: nothing at %q of %s in %.600s", args[0], part, args[1], text(v))
		}
		v = next
	}
	got := text(v)
	if s, ok := v.(string); ok {
		got = s
	}
	if matched(args[2], got) {
		return nil
	}
	return fmt.Errorf("%s: %s is %s, want %s", args[0], args[1], got, args[2])
}

// matched: «*» stands for anything.
func matched(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) || !strings.HasSuffix(s, parts[len(parts)-1]) {
		return false
	}
	for _, p := range parts {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

func text(v any) string {
	t, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(t)
}

func into(v any, part string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		x, ok := v[part]
		return x, ok
	case []any:
		if part == "length" {
			return len(v), true
		}
		if n, err := strconv.Atoi(part); err == nil && n < len(v) {
			return v[n], true
		}
		i := slices.IndexFunc(v, func(e any) bool { return slices.Contains(calls(e), part) })
		if i >= 0 {
			return v[i], true
		}
	}
	return nil, false
}

func calls(e any) []string {
	m, ok := e.(map[string]any)
	if !ok {
		return nil
	}
	out := []string{fmt.Sprintf("%v@%v", m["name"], m["version"])}
	for _, key := range []string{"name", "check", "fact", "spec", "kind", "id", "ruleId"} {
		if s, ok := m[key].(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// shape is what an object of the report must have, and may have.
type shape struct{ must, may string }

var shapes = map[string]shape{
	"report":     {"schemaVersion tool generatedAt request verdict summary packages unresolved", "notices"},
	"tool":       {"name version", ""},
	"request":    {"command args directory", ""},
	"summary":    {"packages danger warning note unknown", ""},
	"package":    {"name version registry resolved integrity via change previous findings", "published inert"},
	"finding":    {"check outcome severity message evidence", "joined approved"},
	"evidence":   {"fact value source proved", ""},
	"unresolved": {"spec via reason", ""},
	"notice":     {"kind subject text", ""},
}

func (s shape) hold(what string, v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is no object: %s", what, text(v))
	}
	must, may := strings.Fields(s.must), strings.Fields(s.may)
	for _, key := range must {
		if _, ok := m[key]; !ok {
			return fmt.Errorf("%s has no %q: %s", what, key, text(v))
		}
	}
	for key := range m {
		if !slices.Contains(must, key) && !slices.Contains(may, key) {
			return fmt.Errorf("%s has a %q, which nobody was promised", what, key)
		}
	}
	return nil
}

// schema is the command of that name.
func schema(ts *testscript.TestScript, args []string) error {
	var r map[string]any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &r); err != nil {
		return err
	}
	errs := []error{shapes["report"].hold("report", r)}
	for _, name := range []string{"tool", "request", "summary"} {
		errs = append(errs, shapes[name].hold(name, r[name]))
	}
	for list, name := range map[string]string{"packages": "package", "unresolved": "unresolved", "notices": "notice"} {
		all, ok := r[list].([]any)
		if !ok && (list != "notices" || r[list] != nil) {
			errs = append(errs, fmt.Errorf("%s is no list: %s", list, text(r[list])))
		}
		for _, one := range all {
			errs = append(errs, shapes[name].hold(name, one))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if r["schemaVersion"] != 1.0 || !slices.Contains([]any{"allow", "ask", "block", "undecided"}, r["verdict"]) {
		return fmt.Errorf("schemaVersion %v, verdict %v", r["schemaVersion"], r["verdict"])
	}
	if at, err := time.Parse("2006-01-02T15:04:05Z", fmt.Sprint(r["generatedAt"])); err != nil || time.Since(at) > 24*time.Hour {
		return fmt.Errorf("generatedAt %v", r["generatedAt"])
	}
	return packages(r)
}

// packages holds every package to the schema, and the summary to its findings.
func packages(r map[string]any) error {
	count := map[string]float64{}
	for _, p := range r["packages"].([]any) {
		p := p.(map[string]any)
		if err := onePackage(p, count); err != nil {
			return fmt.Errorf("%v@%v: %w", p["name"], p["version"], err)
		}
		count["packages"]++
	}
	for key, n := range r["summary"].(map[string]any) {
		if n != count[key] {
			return fmt.Errorf("the summary says %v %s, the findings are %v", n, key, count[key])
		}
	}
	return nil
}

func onePackage(p map[string]any, count map[string]float64) error {
	if !slices.Contains([]any{"added", "updated", "unchanged"}, p["change"]) {
		return fmt.Errorf("change %v", p["change"])
	}
	if (p["change"] == "added") != (p["previous"] == nil) {
		return fmt.Errorf("change %v, previous %v", p["change"], p["previous"])
	}
	for _, way := range p["via"].([]any) {
		if _, ok := way.([]any); !ok {
			return fmt.Errorf("via holds %s, want lists", text(way))
		}
	}
	once := map[string]int{}
	for _, f := range p["findings"].([]any) {
		if err := oneFinding(f, count); err != nil {
			return err
		}
		once[fmt.Sprint(f.(map[string]any)["check"])]++
	}
	for _, c := range checks.All() {
		if once[string(c.ID)] != 1 {
			return fmt.Errorf("%d findings of %s", once[string(c.ID)], c.ID)
		}
		delete(once, string(c.ID))
	}
	if len(once) > 0 {
		return fmt.Errorf("findings of unknown checks: %v", once)
	}
	return nil
}

func oneFinding(v any, count map[string]float64) error {
	if err := shapes["finding"].hold("finding", v); err != nil {
		return err
	}
	f := v.(map[string]any)
	_, accepted := f["approved"]
	wanted := []any{""}
	if f["outcome"] == "flagged" {
		wanted = []any{"danger", "warning", "note"}
	}
	if !slices.Contains([]any{"flagged", "clear", "unknown", "skipped"}, f["outcome"]) || !slices.Contains(wanted, f["severity"]) {
		return fmt.Errorf("%v: outcome %v, severity %v", f["check"], f["outcome"], f["severity"])
	}
	if f["outcome"] != "clear" && (f["message"] == nil || f["message"] == "") {
		return fmt.Errorf("%v: %v without a message", f["check"], f["outcome"])
	}
	switch {
	case accepted:
	case f["outcome"] == "flagged":
		count[f["severity"].(string)]++
	case f["outcome"] == "unknown":
		count["unknown"]++
	}
	for _, e := range f["evidence"].([]any) {
		if err := shapes["evidence"].hold("evidence", e); err != nil {
			return err
		}
	}
	return nil
}
