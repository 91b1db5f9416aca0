package attest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gpq/checks/attest"
	"gpq/checks/attest/attesttest"
	"gpq/resolver/fetch"
)

// memory is an attest.Keep.
type memory struct {
	mu     sync.Mutex
	all    map[string][]byte
	writes int
}

func newMemory() *memory { return &memory{all: map[string][]byte{}} }

func (m *memory) Get(area, key string, maxBytes int64) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.all[area+" "+key]
	if !ok || int64(len(data)) > maxBytes {
		return nil, errors.New("not there")
	}
	return bytes.Clone(data), nil
}

func (m *memory) Put(area, key string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[area+" "+key] = bytes.Clone(data)
	m.writes++
	return nil
}

// damage turns everything kept into nonsense.
func (m *memory) damage() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.all {
		m.all[k] = []byte(`{"taken":"2099-01-01T00:00:00Z","root":"e30=","keys":"e30="}`)
	}
}

// scene is a TUF repository that serves a world's trust, and a keeper's
// options for it.
type scene struct {
	*stage
	repo    *tufRepo
	options attest.KeeperOptions
	now     time.Time
}

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{stage: newStage(t), now: testNow}
	root, err := s.world.TrustedRoot()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := s.world.KeysTUF()
	if err != nil {
		t.Fatal(err)
	}
	s.repo = newTUFRepo(t, root, keys, testNow.AddDate(0, 1, 0))
	s.options = attest.KeeperOptions{Keep: newMemory(), Door: fetch.New(fetch.Options{Retries: -1}), Dir: filepath.Join(t.TempDir(), "tuf"),
		Now: func() time.Time { return s.now }, Repository: s.repo.serve(), Root: s.repo.initial}
	return s
}

func (s *scene) keeper(t testing.TB) *attest.Keeper {
	t.Helper()
	k, err := attest.NewKeeper(s.options)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// renew runs one renewal to its end.
func (s *scene) renew(t testing.TB) (*attest.Keeper, bool) {
	t.Helper()
	k := s.keeper(t)
	k.Renew(context.Background())
	return k, k.Wait(context.Background())
}

// knows says whether a keeper's trust verifies the world's attestations.
func (s *scene) knows(t testing.TB, k *attest.Keeper) bool {
	t.Helper()
	raw, err := s.world.Response(s.artefact, attesttest.Story{})
	if err != nil {
		t.Fatal(err)
	}
	r := verifier(t, k.Trust()).Verify(s.subject, raw)
	_, a := r.Provenance()
	_, b := r.Publish()
	return a == nil && b == nil
}

func TestRenewal(t *testing.T) {
	s := newScene(t)
	k := s.keeper(t)
	if s.knows(t, k) {
		t.Fatal("the built-in trust knows a test's world")
	}
	k.Renew(context.Background())
	if !k.Wait(context.Background()) || !s.knows(t, k) {
		_, _, err := k.Status()
		t.Fatalf("renewal failed: %v", err)
	}
	from, age, err := k.Status()
	if from.Source != "TUF" || age != 0 || err != nil {
		t.Errorf("status: %+v, %s, %v", from, age, err)
	}
	t.Logf("cold: %d requests", s.repo.requests.Load())

	// the same day, a new run has it at once and asks nobody
	before := s.repo.requests.Load()
	s.now = s.now.Add(23 * time.Hour)
	k, renewed := s.renew(t)
	if renewed || !s.knows(t, k) || s.repo.requests.Load() != before {
		t.Errorf("within a day: renewed %v, %d requests", renewed, s.repo.requests.Load()-before)
	}
	// the next day it asks again, with less
	s.now = s.now.Add(2 * time.Hour)
	if k, renewed = s.renew(t); !renewed || !s.knows(t, k) {
		t.Error("not renewed after a day")
	}
	if n := s.repo.requests.Load() - before; n != 2 {
		t.Errorf("a warm renewal took %d requests, not 2 (next root, timestamp)", n)
	}
	// a year on, offline, what was kept still stands, and its age is told
	s.options.Door, s.now = nil, s.now.AddDate(1, 0, 0)
	k, renewed = s.renew(t)
	if _, age, _ := k.Status(); renewed || !s.knows(t, k) || age < 364*24*time.Hour {
		t.Errorf("offline: renewed %v, age %s", renewed, age)
	}
}

func TestRenewalRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, s *scene)
		want  string
	}{
		"a foreign repository": {func(t *testing.T, s *scene) {
			s.options.Root = nil // the built-in one, of Sigstore
		}, "does not verify"},
		"an altered target": {func(t *testing.T, s *scene) {
			for path := range s.repo.files {
				if strings.HasSuffix(path, ".trusted_root.json") {
					s.repo.put(path, bytes.Replace(s.repo.get(path), []byte("rekor.attesttest"), []byte("rekor.attacker.."), 1))
				}
			}
		}, "does not verify"},
		"an expired timestamp":   {func(t *testing.T, s *scene) { s.now = s.now.AddDate(0, 2, 0) }, "expired"},
		"a huge answer":          {func(t *testing.T, s *scene) { s.repo.put("/timestamp.json", make([]byte, 1<<20)) }, "trust root not renewed"},
		"a missing timestamp":    {func(t *testing.T, s *scene) { s.repo.put("/timestamp.json", nil) }, "trust root not renewed"},
		"nobody there":           {func(t *testing.T, s *scene) { s.options.Repository = "http://127.0.0.1:1" }, "127.0.0.1"},
		"a root from the future": {func(t *testing.T, s *scene) { republish(s, `{"newThing":1}`) }, "not readable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			c.spoil(t, s)
			k, renewed := s.renew(t)
			_, _, err := k.Status()
			if renewed || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("renewed %v, %v, want %q", renewed, err, c.want)
			}
			if s.knows(t, k) {
				t.Error("trusts it all the same")
			}
			before := s.repo.requests.Load()
			s.now = s.now.Add(30 * time.Minute)
			if again, _ := s.renew(t); s.repo.requests.Load() != before {
				_, _, err := again.Status()
				t.Errorf("a failed renewal was tried again within the hour (%v)", err)
			}
		})
	}
}

func republish(s *scene, root string) {
	keys, err := s.world.KeysTUF()
	s.repo.must(err)
	s.repo.publish([]byte(root), keys, testNow.AddDate(0, 1, 0))
}

// An older state of the repository, well signed, is refused once a newer one
// was seen.
func TestRenewalNeverGoesBack(t *testing.T) {
	s := newScene(t)
	old := s.repo.get("/timestamp.json")
	root, err := s.world.TrustedRoot()
	s.repo.must(err)
	republish(s, string(root))
	if k, renewed := s.renew(t); !renewed || !s.knows(t, k) {
		t.Fatal("not renewed")
	}
	s.repo.put("/timestamp.json", old)
	s.now = s.now.Add(25 * time.Hour)
	k, renewed := s.renew(t)
	_, _, err = k.Status()
	if renewed || err == nil {
		t.Errorf("went back to an older state: %v", err)
	}
	if !s.knows(t, k) {
		t.Error("forgot the newer state")
	}
}

func TestRenewalNeverBlocks(t *testing.T) {
	s := newScene(t)
	s.repo.delay = 30 * time.Second
	s.options.Budget = 300 * time.Millisecond
	k := s.keeper(t)
	start := time.Now()
	k.Renew(context.Background())
	_ = k.Trust()
	if d := time.Since(start); d > 200*time.Millisecond {
		t.Errorf("Renew and Trust took %s", d)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if k.Wait(ctx) {
		t.Error("Wait says it was renewed")
	}
	if k.Wait(context.Background()) {
		t.Error("renewed by a server that does not answer")
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("the renewal took %s, more than its budget", d)
	}
}

func TestDamageCountsAsAbsence(t *testing.T) {
	s := newScene(t)
	if _, renewed := s.renew(t); !renewed {
		t.Fatal("not renewed")
	}
	keep := s.options.Keep.(*memory)
	for key, data := range keep.all {
		keep.all[key] = bytes.Replace(data, []byte(`"taken":"2026`), []byte(`"taken":"2099`), 1)
	}
	if s.knows(t, s.keeper(t)) {
		t.Error("took a state that says it is of 2099")
	}
	keep.damage()
	k := s.keeper(t)
	if from, _, _ := k.Status(); from.Source != "built in" {
		t.Errorf("damaged state: %+v", from)
	}
}

func TestGivenFiles(t *testing.T) {
	s := newScene(t)
	root, err := s.world.TrustedRoot()
	s.repo.must(err)
	keys, err := s.world.KeysEndpoint()
	s.repo.must(err)
	s.options.RootName, s.options.RootFile, s.options.KeysFile = "mine.json", root, keys
	k, renewed := s.renew(t)
	if renewed || s.repo.requests.Load() != 0 {
		t.Error("a given root was renewed")
	}
	if from, age, _ := k.Status(); from.Source != "mine.json" || age != 0 || !s.knows(t, k) {
		t.Errorf("given files are not used: %+v", from)
	}
	s.options.RootFile = []byte(`{"mediaType":"x"}`)
	if _, err := attest.NewKeeper(s.options); err == nil || !strings.Contains(err.Error(), "mine.json") {
		t.Errorf("an unreadable root: %v, want an error that names the file", err)
	}
	s.options.RootFile, s.options.KeysFile = nil, []byte(`{"keys":[]}`)
	if _, err := attest.NewKeeper(s.options); err == nil {
		t.Error("a key file without keys was taken")
	}
	// keys that are given outlive a renewal of the root
	s.options.KeysFile = keys
	if k, renewed := s.renew(t); !renewed || !s.knows(t, k) {
		t.Error("given keys were lost in the renewal")
	}
}

func TestBuiltIn(t *testing.T) {
	trust := builtin(t)
	for file, want := range attest.BuiltinSums() {
		sum := sha256.Sum256(read(t, filepath.Join("trusted", file)))
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: %s, taken.go says %s", file, got, want)
		}
	}
	if from := trust.Origin(); from.Source != "built in" || from.Digest != attest.BuiltinSums()["trusted_root.json"] {
		t.Errorf("%+v", from)
	}
	if !trust.IsNPMKey("SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA") || !trust.IsNPMKey("SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U") {
		t.Error("npm's two keys are not both built in")
	}
}

// The real repository, recorded in August 2026.
func TestRecordedTUF(t *testing.T) {
	needCorpus(t)
	dir := filepath.Join(corpus, "tuf/public-good")
	numbered := regexp.MustCompile(`^/(\d+)\.(root|snapshot|targets|registry\.npmjs\.org)\.json$`)
	hashed := regexp.MustCompile(`^/targets/(.*?)[0-9a-f]{64,128}\.(.*)$`)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		file := filepath.Join(dir, "metadata", filepath.Base(q.URL.Path))
		if m := numbered.FindStringSubmatch(q.URL.Path); m != nil && m[2] == "root" {
			file = filepath.Join(dir, "metadata/root_history", m[1]+".root.json")
		} else if m != nil {
			file = filepath.Join(dir, "metadata", m[2]+".json")
		} else if m := hashed.FindStringSubmatch(q.URL.Path); m != nil {
			file = filepath.Join(dir, "targets", m[1], m[2])
		}
		data, err := os.ReadFile(file)
		if err != nil {
			http.NotFound(w, q)
			return
		}
		_, _ = w.Write(data)
	}))
	defer srv.Close()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).AddDate(0, -3, 0)
	o := attest.KeeperOptions{Keep: newMemory(), Door: fetch.New(fetch.Options{Retries: -1}), Dir: t.TempDir(), Now: func() time.Time { return now },
		Repository: srv.URL, Root: read(t, filepath.Join(dir, "metadata/root_history/10.root.json"))}
	k, err := attest.NewKeeper(o)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	k.Renew(context.Background())
	ok := k.Wait(context.Background())
	from, _, err := k.Status()
	t.Logf("from root 10 to the targets: %s, %v", time.Since(start), err)
	if !ok || err != nil {
		t.Fatalf("not renewed: %v (%+v)", err, from)
	}
}
