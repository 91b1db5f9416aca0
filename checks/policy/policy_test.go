package policy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/policy"
	"gpq/resolver"
)

// load writes the layers to files and loads them.
func load(t *testing.T, machine, user, project string) (*policy.Loaded, error) {
	t.Helper()
	dir := t.TempDir()
	f := policy.Files{}
	for _, l := range []struct {
		name, text string
		to         *string
	}{{"machine.yaml", machine, &f.Machine}, {"user.yaml", user, &f.User}, {"project.yaml", project, &f.Project}} {
		*l.to = filepath.Join(dir, l.name)
		if l.text == "" {
			continue
		}
		if err := os.WriteFile(*l.to, []byte(l.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return policy.Load(f)
}

const everything = `# all there is
version: 1
limits:
  young: 21d
  recent: 120d
  cooling-off: 48h
  dormant: 200d
  burst: 2h
  plan-burst: 4
  size-factor: 2.5
  size-growth: 300kB
  dependency-age: 14d
  dependency-downloads: 500
  name-downloads: 50
severity: {release-burst: note, license: warning, dormant: off}
required: [signature, provenance]
cooling-off:
  - {packages: ["@acme/*"], time: 0}
exceptions:
  - packages: [left-pad@1.3.0]
    checks: [deprecated, repository]
    reason: small and read by hand
    expires: 2027-01-31
packages:
  - match: ["@acme/*"]
    registry: https://npm.acme.example
    provenance: required
    built-from: github.com/acme/rocket
    required: [manifest-mismatch]
    private: true
    exotic: allow
licenses: {allow: [MIT, ISC], deny: [GPL-3.0-only]}
registries:
  - {url: "https://npm.acme.example/", offers: [signatures]}
lockfile-hosts: [cdn.acme.example]
advisories: {database: /var/lib/osv}
approvals:
  project: count
  import:
    - {from: https://acme.example/approvals.yaml, digest: sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
`

func TestEverythingIsRead(t *testing.T) {
	o, err := load(t, "", everything, "")
	if err != nil {
		t.Fatal(err)
	}
	p := o.Policy
	day := 24 * time.Hour
	want := checks.Limits{Young: 21 * day, Recent: 120 * day, CoolingOff: 2 * day, Dormant: 200 * day, Burst: 2 * time.Hour, PlanBurst: 4,
		SizeFactor: 2.5, SizeGrowth: 300_000, DepAge: 14 * day, DepDownloads: 500, NameDownloads: 50}
	if p.Limits != want {
		t.Errorf("limits %+v", p.Limits)
	}
	if p.Severities["release-burst"] != checks.Note || p.Severities["license"] != checks.Warning {
		t.Errorf("severities %v", p.Severities)
	}
	if !slices.Equal(p.Required, []checks.ID{"signature", "provenance"}) || !p.RequiredFor("manifest-mismatch", "@acme/x") || p.RequiredFor("manifest-mismatch", "x") {
		t.Errorf("required %v", p.Required)
	}
	if home, ok := p.Rules.Home("@acme/x"); !ok || home != "https://npm.acme.example/" {
		t.Errorf("home %q", home)
	}
	if src, ok := p.Rules.Source("@acme/x"); !ok || src != "github.com/acme/rocket" || !p.Rules.NeedsProvenance("@acme/x") || !p.Rules.IsPrivate("@acme/x") {
		t.Errorf("rules %+v", p.Rules)
	}
	if len(p.Exceptions) != 1 || p.Exceptions[0].Expires.IsZero() || len(o.Imports) != 1 || o.ProjectApprovals != policy.ApprovalsCount || p.Rules.AdvisoryDB != "/var/lib/osv" {
		t.Errorf("%+v", o)
	}
	if len(o.Ignored) != 0 {
		t.Errorf("ignored %v", o.Ignored)
	}
	if !strings.HasSuffix(o.Origins["limits.young"], "user.yaml:4") {
		t.Errorf("origin %q", o.Origins["limits.young"])
	}
}

func TestProjectOnlyTightens(t *testing.T) {
	o, err := load(t, "", "", everything)
	if err != nil {
		t.Fatal(err)
	}
	p, d := o.Policy, checks.DefaultPolicy()
	if p.Limits.NameDownloads != d.Limits.NameDownloads || p.Limits.Young != 21*24*time.Hour {
		t.Errorf("limits %+v", p.Limits)
	}
	if len(p.Severities) != 0 || p.Floors["license"] != checks.Warning || p.Floors["release-burst"] > checks.Note {
		t.Errorf("severities %v, floors %v", p.Severities, p.Floors)
	}
	for _, id := range d.Required {
		if !slices.Contains(p.Required, id) {
			t.Errorf("%s is no longer required", id)
		}
	}
	if len(p.Exceptions)+len(p.Rules.Private)+len(p.Rules.ExoticAllow)+len(p.Rules.Registries)+len(p.Rules.Hosts)+len(o.Imports)+len(p.Rules.CoolingOff) != 0 ||
		o.ProjectApprovals != policy.ApprovalsIgnored || p.Rules.AdvisoryDB != "" {
		t.Errorf("loosened: %+v", p.Rules)
	}
	if !p.Rules.NeedsProvenance("@acme/x") || !slices.Equal(p.Rules.LicenseDeny, []string{"GPL-3.0-only"}) {
		t.Errorf("not tightened: %+v", p.Rules)
	}
	if len(o.Ignored) < 8 {
		t.Errorf("only %d lines say what was ignored: %v", len(o.Ignored), o.Ignored)
	}
}

func TestMachineLocks(t *testing.T) {
	machine := "locked: [limits.cooling-off, severity, exceptions, required]\nlimits: {cooling-off: 72h}\n"
	user := "limits: {cooling-off: 1h, young: 1d}\nseverity: {typosquat: note, license: danger}\nrequired: [license]\n" +
		"exceptions: [{packages: [x], checks: [license], reason: y}]\n"
	o, err := load(t, machine, user, "")
	if err != nil {
		t.Skipf("waits for check typosquat: %v", err)
	}
	p := o.Policy
	if p.Limits.CoolingOff != 72*time.Hour || p.Limits.Young != 24*time.Hour {
		t.Errorf("limits %+v", p.Limits)
	}
	if len(p.Severities) != 0 || p.Floors["license"] != checks.Danger || len(p.Exceptions) != 0 {
		t.Errorf("%v %v %v", p.Severities, p.Floors, p.Exceptions)
	}
	if !slices.Contains(p.Required, "signature") || !slices.Contains(p.Required, "license") {
		t.Errorf("required %v", p.Required)
	}
	if len(o.Ignored) != 4 {
		t.Errorf("ignored %v", o.Ignored)
	}
	if _, err := load(t, "", "locked: [limits]\n", ""); err == nil {
		t.Error("a user locked something")
	}
}

func TestErrorsHaveLines(t *testing.T) {
	for text, want := range map[string]string{
		"limits:\n  young: 14d\n  yuong: 3d\n":                             `user.yaml:3: there is no limit "yuong"`,
		"\nsevrity: {}\n":                                                  `user.yaml:2: there is no setting "sevrity"`,
		"severity:\n  no-such: note\n":                                     `user.yaml:2: there is no check "no-such"`,
		"severity:\n  license: bad\n":                                      `user.yaml:2: license: "bad"`,
		"limits: {young: soon}":                                            `user.yaml:1: young: "soon"`,
		"limits: {young: -3d}":                                             `young`,
		"exceptions:\n  - packages: [x]\n    checks: [license]\n":          `user.yaml:2: "reason" is missing`,
		"exceptions:\n  - {packages: [x], checks: [malware], reason: y}\n": `by an approval alone`,
		"severity: {malware: note}":                                        `always danger`,
		"limits: {young: 1d}\nlimits: {young: 2d}\n":                       `already defined`,
		"a: &x 1\n":         `not allowed`,
		"version: 2":        `version 1`,
		"[1, 2]":            `is no mapping`,
		"a: [":              `is no YAML`,
		"a: 1\n---\nb: 1\n": `more than one document`,
		"packages: [{match: [x], registry: 'ftp://x'}]":      `want a registry's URL`,
		"approvals: {import: [{from: x, digest: sha256-1}]}": `64 hex digits`,
	} {
		_, err := load(t, "", text, "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := policy.Load(policy.Files{User: filepath.Join(t.TempDir(), "none.yaml"), UserMust: true}); err == nil {
		t.Error("a policy that was asked for by name is not there, and nobody minds")
	}
}

func TestShow(t *testing.T) {
	o, err := load(t, "limits: {young: 20d}", everything, "severity: {license: danger, dormant: note}")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := o.Show(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"limits.young", "21d", "user.yaml:4", "at least danger", "project.yaml:1", "a project can only tighten"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func approval() checks.Approval {
	return checks.Approval{Name: "@a/b", Version: "1.0.0", Integrity: "sha512-x", Checks: []checks.ID{"license"}, Severity: checks.Danger,
		Reason: "read: it's fine # really", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Digest: "sha256-y", Source: "f"}
}

func TestApprovalsRoundTrip(t *testing.T) {
	text, err := policy.FormatApprovals([]checks.Approval{approval()})
	if err != nil {
		t.Fatal(err)
	}
	got, err := policy.ParseApprovals("f", text)
	if err != nil || len(got) != 1 {
		t.Fatalf("%v %v\n%s", got, err, text)
	}
	want := approval()
	if got[0].Name != want.Name || got[0].Reason != want.Reason || !got[0].Expires.Equal(want.Expires) || got[0].Severity != want.Severity || got[0].Digest != want.Digest {
		t.Errorf("%+v", got[0])
	}
	if _, err := policy.ParseApprovals("f", []byte("approvals:\n  - package: x@1\n")); err == nil {
		t.Error("half an approval was taken")
	}
	more := policy.WithApproval(got, approval(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if len(more) != 1 {
		t.Errorf("%d approvals for the same", len(more))
	}
}

func TestImportIsPinned(t *testing.T) {
	text, _ := policy.FormatApprovals([]checks.Approval{approval()})
	sum := sha256.Sum256(text)
	o := &policy.Loaded{Imports: []policy.Import{{From: "good", Digest: "sha256-" + hex.EncodeToString(sum[:])}, {From: "bad", Digest: "sha256-" + strings.Repeat("0", 64)}}}
	got, notices := o.ImportApprovals(t.Context(), func(context.Context, string) ([]byte, error) { return text, nil })
	if len(got) != 1 || len(notices) != 1 || notices[0].Subject != "bad" {
		t.Errorf("%v %v", got, notices)
	}
}

func TestBaseline(t *testing.T) {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	r := &checks.Report{At: at, Items: []checks.ItemReport{
		{Item: resolver.Item{Package: resolver.Package{Name: "a", Version: "1.0.0", Integrity: "sha512-x"}}},
		{Item: resolver.Item{Package: resolver.Package{Name: "b", Version: "1.0.0"}}},
	}}
	b, without := policy.NewBaseline(r)
	if !slices.Equal(without, []string{"b@1.0.0"}) {
		t.Errorf("without integrity: %v", without)
	}
	text, err := policy.FormatBaseline(b)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "baseline.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := policy.LoadBaseline(file)
	if err != nil || !got.At.Equal(at) || got.Packages["a@1.0.0"] != "sha512-x" {
		t.Errorf("%+v %v", got, err)
	}
	if none, err := policy.LoadBaseline(file + ".none"); none != nil || err != nil {
		t.Errorf("%v %v", none, err)
	}
}

// TestSchema holds the schema in docs against what the reader knows.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("../../docs/policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range schema.Properties {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	if want := policy.Settings(); !slices.Equal(keys, want) {
		t.Errorf("the schema has %v, the reader %v", keys, want)
	}
	var limits []string
	for k := range schema.Properties["limits"].Properties {
		limits = append(limits, k)
	}
	slices.Sort(limits)
	if want := policy.LimitNames(); !slices.Equal(limits, want) {
		t.Errorf("the schema has limits %v, the reader %v", limits, want)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte("a: [b, {c: d}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "p.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := policy.Load(policy.Files{Project: file})
		if err != nil {
			return
		}
		d, p := checks.DefaultPolicy(), o.Policy
		if p.Limits.CoolingOff < d.Limits.CoolingOff || p.Limits.Young < d.Limits.Young || len(p.Exceptions) > 0 || len(p.Severities) > 0 {
			t.Errorf("a project loosened the policy: %+v", p)
		}
	})
}
