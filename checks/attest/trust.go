package attest

import (
	"crypto"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// To renew what is built in, set the newest version of @sigstore/tuf, its integrity and its date:
//go:generate npm pack --silent --pack-destination trusted @sigstore/tuf@5.0.1
//go:generate go run generate.go trusted/sigstore-tuf-5.0.1.tgz sha512-ofwYu9iXeMm85zPh0cauUXzXtIFNfHI1o9Ux1e0Eil6shsbx+8bAe58fhiU1FcHdOIxOkyDhZzD6Gu6uPnzoUg== 2026-11-05T00:19:12Z

// The trust that is built in; taken.go says when it was taken and its digests.
var (
	//go:embed trusted/trusted_root.json
	builtinRoot []byte
	//go:embed trusted/keys.json
	builtinKeys []byte
	//go:embed trusted/root.json
	builtinTUF []byte
)

// anyRegistry is the registry of keys that stand for all.
const anyRegistry = "*"

// Trust is whom to believe: Sigstore's authorities and logs, and the
// registries' keys. It is never changed once made; With… gives another one.
type Trust struct {
	root *root.TrustedRoot
	from Origin
	npm  KeySet
	own  map[string]KeySet // other registries' keys by base URL
	all  *KeySet           // stands for the keys of every registry
}

// Origin says where a trust root comes from.
type Origin struct {
	Source string    // "built in", "TUF", or a file's name
	Taken  time.Time // when its maker said so last; zero where nobody does
	Digest string    // hex SHA-256
}

// Builtin is the trust this program was built with.
func Builtin() (*Trust, error) {
	return makeTrust(builtinRoot, builtinKeys, Origin{Source: "built in", Taken: builtinTaken})
}

// makeTrust reads a trusted root and npm's keys.
func makeTrust(rootJSON, keysJSON []byte, from Origin) (*Trust, error) {
	tr, err := parseRoot(rootJSON)
	if err != nil {
		return nil, err
	}
	keys, err := ParseKeys(keysJSON)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(rootJSON)
	from.Digest = hex.EncodeToString(sum[:])
	return &Trust{root: tr, from: from, npm: keys}, nil
}

func parseRoot(raw []byte) (*root.TrustedRoot, error) {
	if len(raw) > maxBundle || depth(raw) > maxDepth {
		return nil, errors.New("trusted root: too large to be one")
	}
	return guarded(func() (*root.TrustedRoot, error) {
		tr, err := root.NewTrustedRootFromJSON(raw)
		if err != nil {
			return nil, errors.New("trusted root: not readable as a trusted_root.json that this gpq knows")
		}
		return tr, nil
	})
}

// WithRoot takes another trusted root, of --trusted-root. Name is shown.
func (t *Trust) WithRoot(name string, rootJSON []byte) (*Trust, error) {
	tr, err := parseRoot(rootJSON)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(rootJSON)
	c := *t
	c.root, c.from = tr, Origin{Source: name, Digest: hex.EncodeToString(sum[:])}
	return &c, nil
}

// WithAllKeys takes keys that stand for every registry's in the run, of
// --registry-keys.
func (t *Trust) WithAllKeys(keys KeySet) *Trust {
	c := *t
	c.all = &keys
	return &c
}

// WithKeys adds the keys of one registry. Those of registry.npmjs.org are
// built in and come from TUF alone: for it, nothing changes.
func (t *Trust) WithKeys(registry string, keys KeySet) *Trust {
	at := origin(registry)
	if at == NPM {
		return t
	}
	c := *t
	c.own = maps.Clone(t.own)
	if c.own == nil {
		c.own = map[string]KeySet{}
	}
	c.own[at] = keys
	return &c
}

// Origin says where the trusted root comes from.
func (t *Trust) Origin() Origin { return t.from }

// Age is how long ago the trusted root was last vouched for; 0 where nobody
// does, as for a file that was given.
func (t *Trust) Age(now time.Time) time.Duration {
	if t.from.Taken.IsZero() {
		return 0
	}
	return max(0, now.Sub(t.from.Taken))
}

// digestFor names what a result about a registry's package rests on: the
// trusted root, and the keys that may sign for that registry.
func (t *Trust) digestFor(registry string) string {
	said := []byte("root " + t.from.Digest + "\n")
	for _, k := range t.keys(registry) {
		said = fmt.Appendf(said, "%q %q %q %s %d %d\n", k.registry, k.ID, k.Usage, k.fingerprint(), k.Start.Unix(), k.End.Unix())
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:])
}

func (t *Trust) registries() []string {
	return slices.Sorted(maps.Keys(t.own))
}

// ownedKey is a key with the registry that it speaks for. authority says that
// the registry asked is that one, not a mirror of it.
type ownedKey struct {
	Key
	registry  string
	authority bool
}

// keys gives what may sign for packages from a registry: npm's keys for any
// (it may be a mirror), and its own.
func (t *Trust) keys(registry string) []ownedKey {
	var out []ownedKey
	put := func(owner string, authority bool, ks KeySet) {
		for _, k := range ks.keys {
			out = append(out, ownedKey{k, owner, authority})
		}
	}
	if t.all != nil {
		put(anyRegistry, true, *t.all)
		return out
	}
	put(NPM, registry == NPM, t.npm)
	if own, ok := t.own[registry]; ok && registry != NPM {
		put(registry, true, own)
	}
	return out
}

func (v *Verifier) keysFor(registry, id, usage string) []ownedKey {
	var out []ownedKey
	for _, k := range v.trust.keys(registry) {
		if k.ID == id && (k.Usage == "" || k.Usage == usage) {
			out = append(out, k)
		}
	}
	return out
}

// hasKeys says that a registry's own keys are at hand.
func (v *Verifier) hasKeys(registry string) bool {
	_, own := v.trust.own[registry]
	return own || registry == NPM || v.trust.all != nil
}

func (v *Verifier) publishFor(registry string) *verify.Verifier {
	if p, ok := v.publish[registry]; ok {
		return p
	}
	return v.publish[""]
}

// publishVerifier verifies publish attestations of one registry. No SCT is
// asked for: a key has no certificate.
func (t *Trust) publishVerifier(registry string) (*verify.Verifier, error) {
	byID := map[string]*windows{}
	for _, k := range t.keys(registry) {
		if k.Usage != "" && k.Usage != usageAttestations {
			continue
		}
		if byID[k.ID] == nil {
			loaded, err := signature.LoadECDSAVerifier(k.public, crypto.SHA256)
			if err != nil {
				return nil, fmt.Errorf("registry key %s: %w", quote(k.ID), err)
			}
			byID[k.ID] = &windows{Verifier: loaded}
		}
		byID[k.ID].keys = append(byID[k.ID].keys, k.Key)
	}
	material := root.NewTrustedPublicKeyMaterial(func(id string) (root.TimeConstrainedVerifier, error) {
		if w, ok := byID[id]; ok {
			return w, nil
		}
		return nil, errors.New("no such key")
	})
	return verify.NewVerifier(root.TrustedMaterialCollection{t.root, material},
		verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1), verify.WithoutStatementPredicate())
}

// windows is a key with the times in which it may sign.
type windows struct {
	signature.Verifier
	keys []Key
}

// ValidAtTime says whether the key may sign at t.
func (w *windows) ValidAtTime(t time.Time) bool {
	return slices.ContainsFunc(w.keys, func(k Key) bool { return k.validAt(t) })
}

// Dated gives the same trust with another time at which it was vouched for.
func (t *Trust) Dated(taken time.Time) *Trust {
	c := *t
	c.from.Taken = taken
	return &c
}

// NeedsKeysOf says that a registry's own keys are not at hand and would be
// taken: not npm's, and not where keys stand for every registry.
func (t *Trust) NeedsKeysOf(registry string) bool {
	at := origin(registry)
	_, have := t.own[at]
	return !have && at != NPM && t.all == nil
}

// IsNPMKey says whether an id is that of one of npm's keys.
func (t *Trust) IsNPMKey(id string) bool {
	return len(t.npm.find(id, usageSignatures)) > 0
}
