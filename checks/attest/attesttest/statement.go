package attesttest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gpq/checks/attest"
)

func (w *World) at(a Artefact) time.Time {
	if a.At.IsZero() {
		return w.start.AddDate(1, 6, 0)
	}
	return a.At.UTC().Truncate(time.Second)
}

// provenance is one element of the registry's answer.
func (w *World) provenance(a Artefact, s Story) (map[string]any, error) {
	s = s.filled(a.Name)
	flaws := s.Flaws
	if slices.Contains(flaws, Google) {
		s.Issuer, s.SAN = "https://accounts.google.com", "somebody@attesttest.invalid"
	}
	predicateType, statement := s.statement(a)
	payload, err := json.Marshal(statement)
	if err != nil {
		return nil, err
	}
	cert, key, err := w.leaf(s, w.at(a), flaws)
	if err != nil {
		return nil, err
	}
	g := &signing{w: w, payload: payload, key: key, cert: cert, at: w.at(a), version: s.Bundle, rekor: s.Rekor, tsa: s.TSA, flaws: flaws}
	if g.version == "" {
		g.version = "0.3"
	}
	return g.labelled(predicateType)
}

func (g *signing) labelled(predicateType string) (map[string]any, error) {
	b, err := g.bundle()
	if g.has(Mislabelled) {
		predicateType += "x"
	}
	return map[string]any{"predicateType": predicateType, "bundle": b}, err
}

// publish is the registry's own attestation.
func (w *World) publish(a Artefact, s Story) (map[string]any, error) {
	k := a.Key
	if k == nil {
		k = w.Registry
	}
	id := k.ID
	g := &signing{w: w, at: w.at(a), version: "0.2", rekor: s.filled(a.Name).Rekor, tsa: s.TSA, flaws: s.PublishFlaws}
	registry := a.Registry
	switch {
	case g.has(RetiredKey):
		k = w.Retired
		id = k.ID
	case g.has(UnknownKey):
		k = w.Stranger
		id = k.ID
	case g.has(StolenHint):
		k = w.Stranger
	}
	if g.has(WrongRegistry) {
		registry = "https://registry.elsewhere.invalid"
	}
	version := a.Version
	if g.has(WrongPredicate) {
		version = "0.0.1"
	}
	statement := map[string]any{"_type": "https://in-toto.io/Statement/v0.1", "subject": subjects(a, g.flaws), "predicateType": attest.PredicatePublish,
		"predicate": map[string]string{"name": a.Name, "version": version, "registry": registry}}
	var err error
	if g.payload, err = json.Marshal(statement); err != nil {
		return nil, err
	}
	g.key, g.hint = k.Private, id
	if g.has(WithCertificate) {
		if g.cert, g.key, err = w.leaf(s.filled(a.Name), g.at, g.flaws); err != nil {
			return nil, err
		}
	}
	return g.labelled(attest.PredicatePublish)
}

func purl(name, version string) string {
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		name = "%40" + rest
	}
	return "pkg:npm/" + name + "@" + version
}

func subjects(a Artefact, flaws []Flaw) []any {
	name, digest := purl(a.Name, a.Version), hex.EncodeToString(a.SHA512)
	one := func(name, digest string) any {
		return map[string]any{"name": name, "digest": map[string]string{"sha512": digest}}
	}
	switch {
	case slices.Contains(flaws, WrongDigest):
		digest = strings.Repeat("ab", 64)
	case slices.Contains(flaws, WrongName):
		name = purl("some-other-package", a.Version)
	case slices.Contains(flaws, WrongVersion):
		name = purl(a.Name, "0.0.1")
	case slices.Contains(flaws, TwoSubjects):
		return []any{one(name, digest), one(purl("some-other-package", "1.0.0"), strings.Repeat("ab", 64))}
	}
	return []any{one(name, digest)}
}

// says is what the build writes of itself: the truth, but for Story.Says.
func (s Story) says(fact, truth string) string {
	if told, ok := s.Says[fact]; ok {
		return told
	}
	return truth
}

func (s Story) statement(a Artefact) (string, map[string]any) {
	if s.SLSA == "0.2" {
		return attest.PredicateSLSA02, map[string]any{"_type": "https://in-toto.io/Statement/v0.1", "subject": subjects(a, s.Flaws),
			"predicateType": attest.PredicateSLSA02, "predicate": s.slsa02()}
	}
	return attest.PredicateSLSA1, map[string]any{"_type": "https://in-toto.io/Statement/v1", "subject": subjects(a, s.Flaws),
		"predicateType": attest.PredicateSLSA1, "predicate": s.slsa1()}
}

func (s Story) slsa1() map[string]any {
	repo, ref := s.says("repository", s.base()), s.says("ref", s.Ref)
	return map[string]any{
		"buildDefinition": map[string]any{
			"buildType":          "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
			"externalParameters": map[string]any{"workflow": map[string]any{"ref": ref, "repository": repo, "path": s.Workflow}},
			"internalParameters": map[string]any{"github": map[string]any{"event_name": s.Event,
				"repository_id": fmt.Sprint(s.RepoID), "repository_owner_id": fmt.Sprint(s.OwnerID)}},
			"resolvedDependencies": []any{map[string]any{"uri": "git+" + repo + "@" + ref,
				"digest": map[string]string{"gitCommit": s.says("commit", s.Commit)}}},
		},
		"runDetails": map[string]any{"builder": map[string]string{"id": "https://github.com/actions/runner/" + s.Runner},
			"metadata": map[string]string{"invocationId": s.says("run", s.runURL())}},
	}
}

func (s Story) slsa02() map[string]any {
	uri := "git+" + s.says("repository", s.base()) + "@" + s.says("ref", s.Ref)
	digest := map[string]string{"sha1": s.says("commit", s.Commit)}
	buildType, run := "https://github.com/npm/cli/gha/v2", fmt.Sprintf("%d-1", s.Run)
	if s.CI == "gitlab" {
		uri = "git+" + s.says("repository", s.base())
		buildType, run = "https://github.com/npm/cli/gitlab/v0alpha1", s.runURL()
	}
	return map[string]any{"buildType": buildType, "builder": map[string]string{"id": "https://github.com/actions/runner"},
		"invocation": map[string]any{"configSource": map[string]any{"uri": uri, "digest": digest, "entryPoint": s.Workflow},
			"parameters": map[string]any{}, "environment": map[string]any{"GITHUB_EVENT_NAME": s.Event}},
		"metadata":  map[string]any{"buildInvocationId": run, "reproducible": false},
		"materials": []any{map[string]any{"uri": uri, "digest": digest}}}
}
