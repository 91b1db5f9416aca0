package attest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"context"

	"github.com/sigstore/sigstore-go/pkg/testing/data"

	"gpq/checks/attest"
)

// The synthetic set: 34 stories of a fake Sigstore, with both forms of its
// registry's keys.
func TestSynthetic(t *testing.T) {
	const dir = "testdata/synthetic"
	tell(t, dir, verifier(t, syntheticTrust(t, dir, "keys.tuf.json")))
	tell(t, dir, verifier(t, syntheticTrust(t, dir, "keys.endpoint.json")))
}

// A real provenance that comes inside a package this module depends on.
func TestEmbeddedBundle(t *testing.T) {
	raw, err := data.Bundle(t, "sigstore.js@2.0.0-provenance.sigstore.json").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	const integrity = "sha512-RtTi90xIdzFmQAAKb9+Ki1nx4IR2Z5c+mFn3dN0xuPHgk3gTt3f7ZqKsZ9UFQP40ZAlm7un8LMyjhwgrTIXNPA=="
	r := verifier(t, builtin(t)).Verify(subject(t, "sigstore", "2.0.0", integrity), response(attest.PredicateSLSA1, raw))
	p, err := r.Provenance()
	if err != nil {
		t.Fatal(err)
	}
	if p.Repository() != "https://github.com/sigstore/sigstore-js" || p.Workflow() != ".github/workflows/release.yml" || p.Event() != "push" ||
		p.Ref() != "refs/heads/main" || p.Runner() != "github-hosted" || p.RepositoryID() == "" || p.LogIndex() <= 0 || len(p.Disagreements()) != 0 {
		t.Errorf("facts: %+v", p)
	}
}

// response wraps bundles as the registry answers them: type, bundle, type, ….
func response(parts ...any) []byte {
	var all []any
	for i := 0; i+1 < len(parts); i += 2 {
		all = append(all, map[string]any{"predicateType": parts[i], "bundle": json.RawMessage(parts[i+1].([]byte))})
	}
	raw, err := json.Marshal(map[string]any{"attestations": all})
	if err != nil {
		panic(err)
	}
	return raw
}

// moduleDir gives the folder of a module at an exact version, downloading it
// where it is missing. Offline that cannot be: the test is skipped, loudly,
// unless GPQ_REQUIRE_MODULES says that it must run.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	var m struct{ Dir, Error string }
	if json.Unmarshal(out, &m) != nil || m.Dir == "" {
		text := fmt.Sprintf("%s could not be had: %v %s", module, err, m.Error)
		if os.Getenv("GPQ_REQUIRE_MODULES") != "" {
			t.Fatal(text)
		}
		t.Skip("SKIPPED: " + text)
	}
	return m.Dir
}

// Real attestations, good and damaged, out of other modules' test data.
func TestModules(t *testing.T) {
	var cases []struct {
		Module string
		story
	}
	if err := json.Unmarshal(read(t, "testdata/modules.json"), &cases); err != nil {
		t.Fatal(err)
	}
	dirs := map[string]string{}
	v := verifier(t, builtin(t))
	right, wrong := 0, 0
	for _, c := range cases {
		if dirs[c.Module] == "" {
			dirs[c.Module] = moduleDir(t, c.Module)
		}
		r := v.Verify(subject(t, c.Name, c.Version, c.Integrity), read(t, filepath.Join(dirs[c.Module], c.File)))
		_, a := r.Provenance()
		_, b := r.Publish()
		if fits(answer(a), c.Provenance) && fits(answer(b), c.Publish) {
			right += 2
			continue
		}
		wrong++
		t.Errorf("%s: provenance %q, want %q; publish %q, want %q", c.File, answer(a), c.Provenance, answer(b), c.Publish)
	}
	t.Logf("modules: %d answers right, %d files wrong", right, wrong)
	if right < 56 {
		t.Errorf("only %d answers", right)
	}
}

// A real pair of provenance and publish attestation of 2023.
func realPair(t testing.TB, dir string) (attest.Subject, []byte) {
	t.Helper()
	const integrity = "sha512-dhdv+jOAi1RgLHw13lxumk3rlgZtumUz9QrCNPTx9MazUnUV3BfAb74oYAMPQQ7uaeogB5vTosbz3POzKbEHUQ=="
	return subject(t, "sigstore", "1.3.0", integrity), response(
		attest.PredicatePublish, read(t, filepath.Join(dir, "bundle-publish.json")),
		attest.PredicateSLSA02, read(t, filepath.Join(dir, "bundle-provenance.json")))
}

func TestRealPair(t *testing.T) {
	of, raw := realPair(t, filepath.Join(moduleDir(t, "github.com/sigstore/sigstore-go@v1.3.0"), "examples"))
	v := verifier(t, builtin(t))
	r := v.Verify(of, raw)
	if _, err := r.Provenance(); err != nil {
		t.Errorf("provenance: %v", err)
	}
	p, err := r.Publish()
	if err != nil || p.Registry() != attest.NPM || p.LogIndex() <= 0 || p.LogTime().Year() != 2023 {
		t.Errorf("publish: %v, %+v", err, p)
	}
	// through a mirror the same attestations hold
	through, err := attest.NewSubject("sigstore", "1.3.0", mirror, "sha512-dhdv+jOAi1RgLHw13lxumk3rlgZtumUz9QrCNPTx9MazUnUV3BfAb74oYAMPQQ7uaeogB5vTosbz3POzKbEHUQ==")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(through, raw).Publish(); err != nil {
		t.Errorf("publish attestation of npm's, through a mirror: %v", err)
	}
}
