package attest

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// Key is one signing key of a registry.
type Key struct {
	ID         string // for npm the OpenSSH fingerprint, "SHA256:…"
	Usage      string // "npm:signatures", "npm:attestations"; "" is both
	Start, End time.Time
	public     *ecdsa.PublicKey
}

const (
	usageSignatures   = "npm:signatures"
	usageAttestations = "npm:attestations"
	maxKeysFile       = 256 << 10
	maxKeys           = 256
)

func (k Key) validAt(t time.Time) bool {
	return !t.Before(k.Start) && (k.End.IsZero() || t.Before(k.End))
}

// fingerprint names a key whatever id it is served under.
func (k Key) fingerprint() string { return KeyID(k.public) }

// KeySet is the keys of one registry. The zero value has none.
type KeySet struct {
	keys []Key
}

// Len says how many entries there are; one key may have one for each usage.
func (ks KeySet) Len() int { return len(ks.keys) }

// IDs gives the different key ids, sorted.
func (ks KeySet) IDs() []string {
	var ids []string
	for _, k := range ks.keys {
		ids = append(ids, k.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// find gives every key of that id which may be used so.
func (ks KeySet) find(id, usage string) []Key {
	var out []Key
	for _, k := range ks.keys {
		if k.ID == id && (k.Usage == "" || k.Usage == usage) {
			out = append(out, k)
		}
	}
	return out
}

// ParseKeys reads a registry's keys in either form: the TUF target keys.json,
// or the answer of GET /-/npm/v1/keys. Keys of an unknown algorithm are passed
// over; a file without one usable key is an error.
func ParseKeys(raw []byte) (KeySet, error) {
	if len(raw) > maxKeysFile {
		return KeySet{}, fmt.Errorf("registry keys: %d bytes, more than %d", len(raw), maxKeysFile)
	}
	var file struct {
		Keys []keyEntry `json:"keys"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return KeySet{}, errors.New("registry keys: not readable as keys.json or as an answer of /-/npm/v1/keys")
	}
	if len(file.Keys) > maxKeys {
		return KeySet{}, fmt.Errorf("registry keys: %d entries, more than %d", len(file.Keys), maxKeys)
	}
	var ks KeySet
	for _, e := range file.Keys {
		k, err := e.key()
		if errors.Is(err, errOtherAlgorithm) {
			continue
		}
		if err != nil {
			return KeySet{}, err
		}
		ks.keys = append(ks.keys, k)
	}
	if len(ks.keys) == 0 {
		return KeySet{}, errors.New("registry keys: no key of a known algorithm in it")
	}
	return ks, nil
}

var errOtherAlgorithm = errors.New("another algorithm")

// keyEntry has the fields of both forms.
type keyEntry struct {
	// GET /-/npm/v1/keys
	Expires *time.Time `json:"expires"`
	KeyID   string     `json:"keyid"`
	Scheme  string     `json:"scheme"`
	Key     []byte     `json:"key"`
	// TUF target
	TUFKeyID  string `json:"keyId"`
	KeyUsage  string `json:"keyUsage"`
	PublicKey struct {
		RawBytes   []byte `json:"rawBytes"`
		KeyDetails string `json:"keyDetails"`
		ValidFor   struct {
			Start time.Time `json:"start"`
			End   time.Time `json:"end"`
		} `json:"validFor"`
	} `json:"publicKey"`
}

func (e keyEntry) key() (Key, error) {
	if e.TUFKeyID != "" {
		if e.PublicKey.KeyDetails != "PKIX_ECDSA_P256_SHA_256" {
			return Key{}, errOtherAlgorithm
		}
		k := Key{ID: e.TUFKeyID, Usage: e.KeyUsage, Start: e.PublicKey.ValidFor.Start, End: e.PublicKey.ValidFor.End}
		return k.with(e.PublicKey.RawBytes)
	}
	if e.Scheme != "ecdsa-sha2-nistp256" {
		return Key{}, errOtherAlgorithm
	}
	k := Key{ID: e.KeyID}
	if e.Expires != nil {
		k.End = *e.Expires
	}
	return k.with(e.Key)
}

// with adds the key itself. An id in npm's form must be this key's own, so
// that no key can be served under another's name.
func (k Key) with(spki []byte) (Key, error) {
	if k.ID == "" {
		return Key{}, errors.New("registry keys: a key without an id")
	}
	parsed, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return Key{}, fmt.Errorf("registry key %s: not readable", quote(k.ID))
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Params().BitSize != 256 {
		return Key{}, fmt.Errorf("registry key %s: not a P-256 key", quote(k.ID))
	}
	if own := KeyID(public); strings.HasPrefix(k.ID, "SHA256:") && k.ID != own {
		return Key{}, fmt.Errorf("registry key %s: the id belongs to another key", quote(k.ID))
	}
	k.public = public
	return k, nil
}

// KeyID is npm's id of a P-256 key: its OpenSSH SHA-256 fingerprint.
func KeyID(k *ecdsa.PublicKey) string {
	point, err := k.Bytes()
	if err != nil {
		return ""
	}
	h := sha256.New()
	for _, field := range [][]byte{[]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), point} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(field)))
		h.Write(n[:])
		h.Write(field)
	}
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}
