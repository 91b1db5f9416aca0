package attest_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpq/checks/attest"
)

// corpus is recorded material that cannot be part of this repository.
const corpus = "../../../shared/corpus"

var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// story is one case of an expect.json.
type story struct {
	File, Name, Version, Integrity string
	Provenance, Publish            string // verified, absent, rejected[:class]
}

func needCorpus(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("SKIPPED: the recorded corpus is not on this machine (%s)", corpus)
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stories(t testing.TB, file string) []story {
	t.Helper()
	var out []story
	if err := json.Unmarshal(read(t, file), &out); err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("%s: no stories", file)
	}
	return out
}

func builtin(t testing.TB) *attest.Trust {
	t.Helper()
	trust, err := attest.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func verifier(t testing.TB, trust *attest.Trust) *attest.Verifier {
	t.Helper()
	v, err := attest.NewVerifier(trust, testNow)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func subject(t testing.TB, name, version, integrity string) attest.Subject {
	t.Helper()
	s, err := attest.NewSubject(name, version, attest.NPM, integrity)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer puts an error into the words of expect.json.
func answer(err error) string {
	if err == nil {
		return "verified"
	}
	if errors.Is(err, attest.ErrNone) {
		return "absent"
	}
	e, ok := attest.IsInvalid(err)
	if !ok {
		return "unknown: " + err.Error()
	}
	class := map[attest.Reason]string{
		attest.Malformed: "malformed", attest.WrongSubject: "subject", attest.WrongIdentity: "identity", attest.UnknownKey: "unknown-key",
	}[e.Reason]
	if class == "" {
		class = "crypto"
	}
	return "rejected:" + class
}

// fits: «rejected» alone leaves the class open.
func fits(got, want string) bool {
	return got == want || want == "rejected" && strings.HasPrefix(got, "rejected:")
}

// tell runs the stories of an expect.json and gives how many answers were
// right and wrong.
func tell(t *testing.T, dir string, v *attest.Verifier) {
	t.Helper()
	right, wrong := 0, 0
	for _, c := range stories(t, filepath.Join(dir, "expect.json")) {
		r := v.Verify(subject(t, c.Name, c.Version, c.Integrity), read(t, filepath.Join(dir, c.File)))
		_, provErr := r.Provenance()
		_, pubErr := r.Publish()
		for _, a := range []struct {
			what, want string
			err        error
		}{{"provenance", c.Provenance, provErr}, {"publish", c.Publish, pubErr}} {
			if fits(answer(a.err), a.want) {
				right++
				continue
			}
			wrong++
			t.Errorf("%s: %s is %q (%v), want %q", c.File, a.what, answer(a.err), a.err, a.want)
		}
	}
	t.Logf("%s: %d answers right, %d wrong", dir, right, wrong)
}

func TestCorpusRecorded(t *testing.T) {
	needCorpus(t)
	tell(t, corpus, verifier(t, builtin(t)))
}

func syntheticTrust(t testing.TB, dir, keys string) *attest.Trust {
	t.Helper()
	trust, err := builtin(t).WithRoot("synthetic", read(t, filepath.Join(dir, "trusted_root.json")))
	if err != nil {
		t.Fatal(err)
	}
	ks, err := attest.ParseKeys(read(t, filepath.Join(dir, keys)))
	if err != nil {
		t.Fatal(err)
	}
	return trust.WithAllKeys(ks)
}

func TestCorpusSynthetic(t *testing.T) {
	needCorpus(t)
	dir := filepath.Join(corpus, "synthetic")
	tell(t, dir, verifier(t, syntheticTrust(t, dir, "keys.tuf.json")))
	tell(t, dir, verifier(t, syntheticTrust(t, dir, "keys.endpoint.json")))
}
