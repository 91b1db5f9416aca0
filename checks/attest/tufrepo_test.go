package attest_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// tufRepo is a small TUF repository with the two targets that gpq takes, the
// second behind a delegation, as Sigstore's own has it.
type tufRepo struct {
	t        testing.TB
	key      ed25519.PrivateKey
	version  int64
	mu       sync.Mutex
	files    map[string][]byte
	initial  []byte // 1.root.json
	requests atomic.Int64
	delay    time.Duration
}

func newTUFRepo(t testing.TB, root, keys []byte, expires time.Time) *tufRepo {
	t.Helper()
	seed := sha256.Sum256([]byte("tuf repository of the tests"))
	r := &tufRepo{t: t, key: ed25519.NewKeyFromSeed(seed[:]), files: map[string][]byte{}}
	top := metadata.Root(expires)
	for _, role := range metadata.TOP_LEVEL_ROLE_NAMES {
		r.must(top.Signed.AddKey(r.public(), role))
	}
	r.initial = r.signed(top)
	r.files["/1.root.json"] = r.initial
	r.publish(root, keys, expires)
	return r
}

func (r *tufRepo) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *tufRepo) public() *metadata.Key {
	k, err := metadata.KeyFromPublicKey(r.key.Public())
	r.must(err)
	return k
}

type signable interface {
	Sign(signature.Signer) (*metadata.Signature, error)
	ToBytes(pretty bool) ([]byte, error)
}

func (r *tufRepo) signed(m signable) []byte {
	signer, err := signature.LoadSigner(r.key, crypto.Hash(0))
	r.must(err)
	_, err = m.Sign(signer)
	r.must(err)
	data, err := m.ToBytes(false)
	r.must(err)
	return data
}

// publish puts a new state of the repository out.
func (r *tufRepo) publish(root, keys []byte, expires time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.version++
	v := r.version
	npm := metadata.Targets(expires)
	npm.Signed.Version = v
	r.addTarget(npm, "registry.npmjs.org/keys.json", keys)
	r.files[fmt.Sprintf("/%d.registry.npmjs.org.json", v)] = r.signed(npm)

	targets := metadata.Targets(expires)
	targets.Signed.Version = v
	r.addTarget(targets, "trusted_root.json", root)
	k := r.public()
	id, err := k.ID()
	r.must(err)
	targets.Signed.Delegations = &metadata.Delegations{Keys: map[string]*metadata.Key{id: k},
		Roles: []metadata.DelegatedRole{{Name: "registry.npmjs.org", KeyIDs: []string{id}, Threshold: 1, Terminating: true, Paths: []string{"registry.npmjs.org/*"}}}}
	r.files[fmt.Sprintf("/%d.targets.json", v)] = r.signed(targets)

	snapshot := metadata.Snapshot(expires)
	snapshot.Signed.Version = v
	snapshot.Signed.Meta["targets.json"] = metadata.MetaFile(v)
	snapshot.Signed.Meta["registry.npmjs.org.json"] = metadata.MetaFile(v)
	r.files[fmt.Sprintf("/%d.snapshot.json", v)] = r.signed(snapshot)

	timestamp := metadata.Timestamp(expires)
	timestamp.Signed.Version = v
	timestamp.Signed.Meta["snapshot.json"] = metadata.MetaFile(v)
	r.files["/timestamp.json"] = r.signed(timestamp)
}

func (r *tufRepo) addTarget(m *metadata.Metadata[metadata.TargetsType], name string, data []byte) {
	info, err := metadata.TargetFile().FromBytes(name, data, "sha256")
	r.must(err)
	m.Signed.Targets[name] = info
	sum := sha256.Sum256(data)
	dir, base := "", name
	if i := strings.LastIndex(name, "/"); i >= 0 {
		dir, base = name[:i+1], name[i+1:]
	}
	r.files["/targets/"+dir+hex.EncodeToString(sum[:])+"."+base] = data
}

// put replaces one file as it stands there.
func (r *tufRepo) put(path string, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[path] = data
}

func (r *tufRepo) get(path string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files[path]
}

func (r *tufRepo) serve() string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.requests.Add(1)
		if r.delay > 0 {
			select {
			case <-time.After(r.delay):
			case <-q.Context().Done():
			}
		}
		data := r.get(q.URL.Path)
		if data == nil {
			http.NotFound(w, q)
			return
		}
		_, _ = w.Write(data)
	}))
	r.t.Cleanup(srv.Close)
	return srv.URL
}
