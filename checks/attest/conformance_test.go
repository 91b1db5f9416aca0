package attest_test

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/checks/attest"
)

// TestConformance answers Sigstore's own conformance cases for verifiers.
func TestConformance(t *testing.T) {
	needCorpus(t)
	base := filepath.Join(corpus, "conformance/bundle-verify")
	dirs, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := 0, 0
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		err := conform(t, filepath.Join(base, d.Name()), filepath.Join(base, "a.txt"))
		if (err != nil) == strings.HasSuffix(d.Name(), "_fail") {
			right++
			continue
		}
		wrong++
		t.Errorf("%s: %v", d.Name(), err)
	}
	if right+wrong < 60 {
		t.Errorf("only %d cases", right+wrong)
	}
	t.Logf("conformance: %d right, %d wrong", right, wrong)
}

func conform(t *testing.T, dir, artifact string) error {
	t.Helper()
	optional := func(name, otherwise string) string {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return strings.TrimSpace(string(b))
		}
		return otherwise
	}
	if _, err := os.Stat(filepath.Join(dir, "artifact")); err == nil {
		artifact = filepath.Join(dir, "artifact")
	}
	trust := builtin(t)
	if own := optional("trusted_root.json", ""); own != "" {
		var err error
		if trust, err = trust.WithRoot("conformance", []byte(own)); err != nil {
			return err
		}
	}
	var key crypto.PublicKey
	if text := optional("key.pub", ""); text != "" {
		block, _ := pem.Decode([]byte(text))
		var err error
		if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
			return err
		}
	}
	return attest.Conformance(trust, read(t, filepath.Join(dir, "bundle.sigstore.json")), read(t, artifact),
		optional("issuer", attest.IssuerGitHub),
		optional("identity", "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"), key)
}
