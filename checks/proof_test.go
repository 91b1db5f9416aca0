package checks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/registrytest"
)

// proofWorld is a registry of one package and the trust to verify it.
type proofWorld struct {
	t      *testing.T
	server *registrytest.Server
	client *registry.Client
	trust  *attest.Trust
	cache  attest.Cache
	pins   attest.Pins
	rules  checks.Rules
}

func newProofWorld(t *testing.T, versions string) *proofWorld {
	t.Helper()
	w, err := attesttest.New("proof", storyNow.AddDate(-6, 0, 0), storyNow.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	root, err := w.TrustedRoot()
	if err != nil {
		t.Fatal(err)
	}
	base, err := attest.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := base.WithRoot("proof", root)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := registrytest.Parse("widget", []byte("-- packument --\nname: widget\nversions:\n"+versions))
	if err != nil {
		t.Fatal(err)
	}
	server, err := registrytest.Start(registrytest.Options{Packages: []*registrytest.Package{pkg}, Now: storyNow, Sign: w.Sign})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := registry.New(fetch.New(fetch.Options{Retries: -1}), registry.Options{Default: server.URL})
	return &proofWorld{t: t, server: server, client: client, trust: trust}
}

type fixedTrust struct{ trust *attest.Trust }

func (f fixedTrust) Trust() *attest.Trust    { return f.trust }
func (fixedTrust) Wait(context.Context) bool { return false }

func (w *proofWorld) collector() *checks.ProofCollector {
	return &checks.ProofCollector{Source: w.client, Trust: fixedTrust{w.trust}, Cache: w.cache, Pins: w.pins, Now: storyNow}
}

// findings runs the proof checks about one version.
func (w *proofWorld) findings(version string) map[checks.ID]checks.Finding {
	w.t.Helper()
	doc, err := w.client.Packument(w.t.Context(), "widget")
	if err != nil {
		w.t.Fatal(err)
	}
	m := doc.Versions[version]
	if m == nil {
		w.t.Fatalf("no version %s", version)
	}
	plan := &resolver.Plan{Items: []resolver.Item{{Package: resolver.Package{Name: "widget", Version: version, Registry: doc.Registry,
		Tarball: m.Dist.Tarball, Integrity: resolver.Integrity(m.Dist.Integrity)}}}}
	policy := checks.DefaultPolicy()
	policy.Rules = w.rules
	r := checks.Runner{Checks: checks.ProofChecks(), Policy: policy, Packuments: w.client, Collectors: []checks.Collector{w.collector()}, Now: storyNow}
	rep, err := r.Run(w.t.Context(), plan)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[checks.ID]checks.Finding{}
	for _, f := range rep.Items[0].Findings {
		out[f.Check] = f
	}
	return out
}

// word is a finding in one word, as stories have it.
func word(f checks.Finding) string {
	switch {
	case f.Outcome == checks.Flagged && f.Severity == checks.Danger:
		return "danger"
	case f.Outcome == checks.Flagged && f.Severity == checks.Warning:
		return "warning"
	case f.Outcome == checks.Flagged:
		return "note"
	case f.Outcome == checks.Clear:
		return "clear"
	case f.Outcome == checks.Skipped:
		return "skipped"
	}
	return "unknown"
}

// attested is the YAML of two settled versions and a third one, all built as
// the mapping says.
func attested(third string) string {
	return fmt.Sprintf("  1.0.0: {time: -300d, attestations: {}}\n  1.1.0: {time: -200d, attestations: {}}\n  1.2.0: {time: -1d, attestations: {%s}}\n", third)
}

func TestProofChecks(t *testing.T) {
	type want map[checks.ID]string
	sound := want{"signature": "clear", "provenance": "clear", "publish-attestation": "clear", "source-changed": "clear"}
	with := func(more want) want {
		out := want{}
		for k, v := range sound {
			out[k] = v
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	for name, c := range map[string]struct {
		versions string
		want     want
	}{
		"as always":       {attested(""), sound},
		"old certificate": {attested("old: true"), sound},
		"rekor 2":         {attested("rekor: v2"), sound},
		"gitlab all along": {"  1.0.0: {time: -300d, attestations: {ci: gitlab}, repository: 'https://gitlab.com/example/widget.git'}\n" +
			"  1.1.0: {time: -1d, attestations: {ci: gitlab}, repository: {type: git, url: 'git+https://gitlab.com/example/widget.git'}}\n" +
			"  1.2.0: {time: -1h, attestations: {ci: gitlab}, repository: 'gitlab:example/widget'}\n", sound},
		"another repository": {attested("repo: mallory/widget"), with(want{"source-changed": "danger: package.json says"})},
		"another repository that package.json names": {"  1.0.0: {time: -300d, attestations: {}}\n  1.2.0: {time: -1d, attestations: {repo: mallory/widget}, repository: 'mallory/widget'}\n",
			with(want{"source-changed": "danger: was built from https://github.com/example/widget"})},
		"the same name, another number": {attested("repo-id: 7, owner-id: 8"), with(want{"source-changed": "danger: registered anew"})},
		"the same number at another host": {"  1.0.0: {time: -300d, attestations: {repo-id: 7}}\n  1.2.0: {time: -1d, attestations: {ci: gitlab, repo-id: 7}}\n",
			with(want{"source-changed": "danger: package.json says"})},
		"another owner of that name": {attested("owner-id: 8"), with(want{"source-changed": "danger: owner"})},
		"renamed": {"  1.0.0: {time: -300d, attestations: {repo: example/old, repo-id: 7}}\n  1.2.0: {time: -1d, attestations: {repo-id: 7}}\n",
			with(want{"source-changed": "note: renamed or moved"})},
		"renamed, package.json is behind": {"  1.0.0: {time: -300d, attestations: {repo-id: 7}}\n  1.2.0: {time: -1d, attestations: {repo: example/new, repo-id: 7}}\n",
			with(want{"source-changed": "note: package.json still has"})},
		"self-hosted": {attested("runner: self-hosted"), with(want{"source-changed": "danger: self-hosted"})},
		"several at once": {attested("runner: self-hosted, workflow: .github/workflows/x.yml"),
			with(want{"source-changed": "danger: (self-hosted); built by the workflow .github/workflows/x.yml"})},
		"pull request":          {attested("event: pull_request_target"), with(want{"source-changed": "danger: pull request"})},
		"pull request's ref":    {attested("ref: refs/pull/7/merge"), with(want{"source-changed": "danger: pull request"})},
		"another workflow":      {attested("workflow: .github/workflows/x.yml"), with(want{"source-changed": "warning: .github/workflows/x.yml"})},
		"a tag, not a branch":   {attested("ref: refs/tags/v1.2.0"), with(want{"source-changed": "warning: built from a tag"})},
		"another branch":        {attested("ref: refs/heads/hot"), with(want{"source-changed": "note: branch hot"})},
		"a reusable workflow":   {attested("signer: big/workflows"), with(want{"source-changed": "note: reusable"})},
		"google":                {attested("flaw: google"), with(want{"provenance": "danger: CI", "source-changed": "unknown"})},
		"wrong digest":          {attested("flaw: wrong-digest"), with(want{"provenance": "danger: another tarball", "source-changed": "unknown"})},
		"no log":                {attested("flaw: no-log"), with(want{"provenance": "danger: log", "source-changed": "unknown"})},
		"newer format":          {attested("flaw: newer-format"), with(want{"provenance": "unknown: newer format", "source-changed": "unknown"})},
		"claimed and not there": {attested("provenance: false"), with(want{"provenance": "danger: claims provenance", "source-changed": "unknown"})},
		"claimed, nothing at all": {attested("provenance: false, publish: false"),
			with(want{"provenance": "danger: claims provenance", "publish-attestation": "skipped", "source-changed": "unknown"})},
		"false publish attestation": {attested("publish-flaw: unknown-key"), with(want{"publish-attestation": "danger: never published"})},
		"stripped publish":          {attested("publish: false"), with(want{"publish-attestation": "skipped"})},
		"none this time": {"  1.0.0: {time: -300d, attestations: {}}\n  1.2.0: {time: -1d}\n",
			want{"signature": "clear", "provenance": "skipped", "publish-attestation": "skipped", "source-changed": "skipped"}},
		"the build tells another story": {attested("says: {repository: 'https://github.com/famous/one'}"), with(want{"provenance": "note: account of itself"})},
		"made to look old":              {attested("") + "patch: {time: {'1.2.0': '2026-06-01T00:00:00Z'}}\n", with(want{"publish-attestation": "warning: look older"})},
		"said a little late":            {attested("") + "patch: {time: {'1.2.0': '2026-11-20T11:00:00Z'}}\n", sound},
		"never any": {"  1.0.0: {time: -300d}\n  1.2.0: {time: -1d}\n",
			want{"signature": "clear", "provenance": "skipped", "publish-attestation": "skipped", "source-changed": "skipped"}},
		"earlier ones claim and have none": {"  1.0.0: {time: -300d, attestations: {provenance: false}}\n  1.2.0: {time: -1d, attestations: {}}\n", with(want{"source-changed": "unknown: 1.0.0"})},
		"earlier ones are false":           {"  1.0.0: {time: -300d, attestations: {flaw: no-sct}}\n  1.2.0: {time: -1d, attestations: {}}\n", with(want{"source-changed": "unknown: 1.0.0"})},
		"no repository named":              {"  1.2.0: {time: -1d, attestations: {}, repository: null}\n", with(want{"source-changed": "clear: nothing to compare"})},
		"the first release":                {"  1.2.0: {time: -1d, attestations: {}}\n", sound},
		"first provenance":                 {"  1.0.0: {time: -300d}\n  1.2.0: {time: -1d, attestations: {}}\n", with(want{"source-changed": "note: first version with provenance"})},
		"first provenance, an hour before": {"  1.0.0: {time: -300d}\n  1.1.0: {time: -25h, attestations: {}}\n  1.2.0: {time: -1d, attestations: {}}\n", with(want{"source-changed": "note: first version with provenance"})},
		"first provenance, long settled":   {"  1.0.0: {time: -300d}\n  1.1.0: {time: -50d, attestations: {}}\n  1.2.0: {time: -1d, attestations: {}}\n", sound},
		"first provenance, elsewhere": {"  1.0.0: {time: -300d, repository: 'example/elsewhere'}\n  1.2.0: {time: -1d, attestations: {}}\n",
			with(want{"source-changed": "warning: earlier versions said"})},
		"a young version is no proof of the past": {"  1.0.0: {time: -300d, attestations: {}}\n  1.1.0: {time: -2d, attestations: {repo: mallory/widget}, repository: mallory/widget}\n" +
			"  1.2.0: {time: -1d, attestations: {repo: mallory/widget}, repository: mallory/widget}\n", with(want{"source-changed": "danger: was built from"})},
		"a prerelease is no proof for a stable one": {"  1.0.0: {time: -300d, attestations: {}}\n  1.1.0-rc.1: {time: -200d, attestations: {workflow: .github/workflows/x.yml}}\n" +
			"  1.2.0: {time: -1d, attestations: {workflow: .github/workflows/x.yml}}\n", with(want{"source-changed": "warning: workflow"})},
		"one of the last three was like it": {"  1.0.0: {time: -300d, attestations: {workflow: .github/workflows/x.yml}}\n  1.1.0: {time: -200d, attestations: {}}\n" +
			"  1.2.0: {time: -1d, attestations: {workflow: .github/workflows/x.yml}}\n", sound},
		"bad signature":    {strings.Replace(attested(""), "{time: -1d", "{signed: bad, time: -1d", 1), with(want{"signature": "danger: does not verify"})},
		"foreign key":      {strings.Replace(attested(""), "{time: -1d", "{signed: foreign, time: -1d", 1), with(want{"signature": "danger: never published"})},
		"a key that ended": {strings.Replace(attested(""), "{time: -1d", "{signed: expired, time: -1d", 1), with(want{"signature": "danger: ended"})},
		"unsigned":         {strings.Replace(attested(""), "{time: -1d", "{signed: false, time: -1d", 1), with(want{"signature": "danger: not signed"})},
		"none signed": {"  1.0.0: {signed: false, time: -300d}\n  1.2.0: {signed: false, time: -1d}\n",
			want{"signature": "skipped", "provenance": "skipped", "publish-attestation": "skipped", "source-changed": "skipped"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := newProofWorld(t, c.versions).findings("1.2.0")
			for id, want := range c.want {
				word2, part, _ := strings.Cut(want, ": ")
				if f := got[id]; word(f) != word2 || !strings.Contains(f.Message, part) {
					t.Errorf("%s: %s: %q, want %s", id, word(f), f.Message, want)
				}
			}
		})
	}
}

func TestPinnedSource(t *testing.T) {
	w := newProofWorld(t, attested(""))
	for to, want := range map[string]string{"github.com/example/widget": "clear", "https://github.com/Example/Widget.git": "clear", "github.com/acme/rocket": "danger", "": "danger"} {
		w.rules = checks.Rules{BuiltFrom: []checks.Pin{{Packages: "widget", To: to}}}
		if f := w.findings("1.2.0")["source-changed"]; word(f) != want {
			t.Errorf("%q: %s: %s", to, word(f), f.Message)
		}
	}
}

func TestEndpointFails(t *testing.T) {
	w := newProofWorld(t, attested(""))
	w.server.Fault(registrytest.Fault{Path: "*attestations*", Status: 500})
	got := w.findings("1.2.0")
	for _, id := range []checks.ID{"provenance", "publish-attestation", "source-changed"} {
		if f := got[id]; word(f) != "unknown" || !strings.Contains(f.Message, "127.0.0.1") {
			t.Errorf("%s: %s: %q, want unknown, with the host", id, word(f), f.Message)
		}
	}
	w = newProofWorld(t, attested(""))
	w.server.Fault(registrytest.Fault{Path: "*attestations/widget@1.1.0", Status: 500})
	w.server.Fault(registrytest.Fault{Path: "*attestations/widget@1.0.0", Status: 500})
	if f := w.findings("1.2.0")["source-changed"]; word(f) != "unknown" {
		t.Errorf("nothing to compare with: %s: %s", word(f), f.Message)
	}
	w = newProofWorld(t, attested(""))
	w.server.Fault(registrytest.Fault{Path: "*npm/v1/keys", Status: 500})
	if f := w.findings("1.2.0")["signature"]; word(f) != "unknown" || !strings.Contains(f.Message, "127.0.0.1") {
		t.Errorf("no keys: %s: %s", word(f), f.Message)
	}
}

// counting counts what is asked of a registry.
type counting struct {
	checks.ProofSource
	asked []string
}

func (c *counting) Attestations(ctx context.Context, base, name, version, claimed string) ([]byte, error) {
	c.asked = append(c.asked, version)
	return c.ProofSource.Attestations(ctx, base, name, version, claimed)
}

func TestAskedOnlyWhatIsNeeded(t *testing.T) {
	for name, c := range map[string]struct {
		versions string
		want     string
	}{
		"never any":              {"  1.0.0: {time: -300d}\n  1.2.0: {time: -1d}\n", ""},
		"as always":              {attested(""), "1.2.0 1.1.0"},
		"had one":                {"  1.0.0: {time: -300d, attestations: {}}\n  1.2.0: {time: -1d}\n", "1.2.0"},
		"differs":                {attested("workflow: .github/workflows/x.yml"), "1.2.0 1.1.0 1.0.0"},
		"false":                  {attested("flaw: no-log"), "1.2.0"},
		"three at most, by line": {"  0.9.0: {time: -400d, attestations: {}}\n  1.0.0: {time: -350d, attestations: {}}\n  1.1.0: {time: -300d, attestations: {}}\n  2.0.0: {time: -200d, attestations: {}}\n  1.2.0: {time: -1d, attestations: {ref: refs/heads/x}}\n", "1.2.0 1.1.0 1.0.0 2.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newProofWorld(t, c.versions)
			doc, err := w.client.Packument(t.Context(), "widget")
			if err != nil {
				t.Fatal(err)
			}
			s := subjectOf(doc, "1.2.0")
			source := &counting{ProofSource: w.client}
			col := w.collector()
			col.Source, col.Fetches = source, 1
			col.Collect(t.Context(), []*checks.Subject{s})
			if got := strings.Join(source.asked, " "); got != c.want {
				t.Errorf("asked for %q, want %q", got, c.want)
			}
		})
	}
}

func subjectOf(doc *registry.Packument, version string) *checks.Subject {
	h := checks.NewHistory(doc)
	r := h.Release(version)
	return &checks.Subject{Item: resolver.Item{Package: resolver.Package{Name: doc.Name, Version: version, Registry: doc.Registry,
		Integrity: resolver.Integrity(r.Manifest.Dist.Integrity)}}, Now: storyNow, Packument: doc, History: h, Release: r, Manifest: r.Manifest,
		Limits: checks.DefaultLimits(), Rules: &checks.Rules{}, Overview: &checks.Overview{}}
}

func TestSummary(t *testing.T) {
	w := newProofWorld(t, attested(""))
	doc, err := w.client.Packument(t.Context(), "widget")
	if err != nil {
		t.Fatal(err)
	}
	s := subjectOf(doc, "1.2.0")
	w.collector().Collect(t.Context(), []*checks.Subject{s})
	sum := s.Summary()
	if n := len(sum.Proved); n < 10 || n > 14 || len(sum.Absent)+len(sum.False)+len(sum.Open) != 0 {
		t.Errorf("%d lines: %+v", n, sum)
	}
	for _, e := range sum.Proved {
		if !e.Proved || e.Value == "" || e.Source == "" {
			t.Errorf("%+v", e)
		}
		t.Logf("%-20s %s", e.Fact, e.Value)
	}
	untouched := subjectOf(doc, "1.2.0")
	if sum := untouched.Summary(); len(sum.Proved) != 0 || len(sum.Open) == 0 {
		t.Errorf("nothing was looked at: %+v", sum)
	}
}

func TestSummaryOfBadNews(t *testing.T) {
	for spec, want := range map[string]string{
		"flaw: no-log":                        "false: provenance",
		"flaw: newer-format":                  "open: provenance",
		"publish-flaw: bad-signature":         "false: publish attestation",
		"provenance: false, publish: false":   "absent: provenance",
		"publish: false":                      "absent: publish attestation",
		"signer: big/workflows, rekor: v2":    "signed by workflow",
		"old: true, tsa: true, bundle: '0.2'": "built by",
	} {
		w := newProofWorld(t, attested(spec))
		doc, err := w.client.Packument(t.Context(), "widget")
		if err != nil {
			t.Fatal(err)
		}
		s := subjectOf(doc, "1.2.0")
		w.collector().Collect(t.Context(), []*checks.Subject{s})
		sum := s.Summary()
		var all []string
		for kind, lines := range map[string][]string{"false: ": sum.False, "open: ": sum.Open, "absent: ": sum.Absent} {
			for _, l := range lines {
				all = append(all, kind+l)
			}
		}
		for _, e := range sum.Proved {
			all = append(all, e.Fact)
		}
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%s: %q, want %q in it", spec, all, want)
		}
	}
}

// What the facts of other packages of the plan say about a missing signature.
func TestUnsigned(t *testing.T) {
	doc := &registry.Packument{Name: "widget", Registry: "https://npm.example/", Versions: map[string]*registry.Manifest{
		"1.0.0": {Name: "widget", Version: "1.0.0"}}, Time: map[string]time.Time{"1.0.0": storyNow.AddDate(-1, 0, 0)}}
	for name, c := range map[string]struct {
		change func(s *checks.Subject)
		want   string
	}{
		"signs nothing":                {func(*checks.Subject) {}, "skipped"},
		"signs others itself":          {func(s *checks.Subject) { s.Facts.RegistrySigns = true }, "danger"},
		"passes npm's signatures on":   {func(s *checks.Subject) { s.Offers.Signatures = true }, "unknown"},
		"passes on; ours, says policy": {func(s *checks.Subject) { s.Offers.Signatures = true; s.Rules.Private = []checks.Pattern{"widget"} }, "skipped"},
	} {
		s := subjectOf(doc, "1.0.0")
		s.Facts.Signature = checks.Answered(attest.Signature{}, attest.ErrNone)
		c.change(s)
		if f, err := checks.ProofChecks()[0].Run(t.Context(), s); err != nil || word(f) != c.want {
			t.Errorf("%s: %s: %s (%v), want %s", name, word(f), f.Message, err, c.want)
		}
	}
}

// npm's own registry is known to sign and attest: its silence is unknown.
func TestNPMsSilence(t *testing.T) {
	doc := &registry.Packument{Name: "widget", Registry: attest.NPM, Versions: map[string]*registry.Manifest{
		"1.0.0": {Name: "widget", Version: "1.0.0"}}, Time: map[string]time.Time{"1.0.0": storyNow.AddDate(-1, 0, 0)}}
	s := subjectOf(doc, "1.0.0")
	s.Offers.Known = true
	s.Facts.Signature = checks.Answered(attest.Signature{}, attest.ErrNone)
	got := map[checks.ID]string{}
	for _, c := range checks.ProofChecks() {
		f, err := c.Run(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		got[c.ID] = word(f)
	}
	want := map[checks.ID]string{"signature": "unknown", "provenance": "skipped", "publish-attestation": "skipped", "source-changed": "skipped"}
	for id := range want {
		if got[id] != want[id] {
			t.Errorf("%s: %s, want %s", id, got[id], want[id])
		}
	}
	// facts that nobody looked for are unknown, never clear
	blank := subjectOf(doc, "1.0.0")
	blank.Manifest.Dist.Attestations = &registry.Attestations{Provenance: true}
	for _, c := range checks.ProofChecks() {
		if f, err := c.Run(t.Context(), blank); err != nil || word(f) != "unknown" {
			t.Errorf("%s without facts: %s (%v)", c.ID, word(f), err)
		}
	}
	// what is no artefact of a registry
	for _, change := range []func(*checks.Subject){func(s *checks.Subject) { s.Bundled = true }, func(s *checks.Subject) { s.Registry = "" }} {
		s := subjectOf(doc, "1.0.0")
		change(s)
		for _, c := range checks.ProofChecks() {
			if f, err := c.Run(t.Context(), s); err != nil || word(f) != "skipped" {
				t.Errorf("%s: %s (%v), want skipped", c.ID, word(f), err)
			}
		}
	}
}
