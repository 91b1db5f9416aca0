package attest

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
)

// KeyChange says how a registry's own keys stand to those pinned when gpq
// first met it. The zero value is no change.
type KeyChange struct {
	Added, Removed []string // key ids
}

// Changed says whether there is any change.
func (c KeyChange) Changed() bool { return len(c.Added)+len(c.Removed) > 0 }

// pin is what is kept of a registry's keys.
type pin struct {
	Registry string            `json:"registry"`
	Keys     map[string]string `json:"keys"` // id → fingerprint
}

// Pins remembers registries' own keys from the first time they were met.
type Pins struct {
	keep Keep
}

// NewPins keeps pins in k; nil keeps none, and nothing is ever a change.
func NewPins(k Keep) Pins { return Pins{k} }

const (
	pinArea = "registry-keys"
	maxPin  = 64 << 10
)

// Check holds keys against the pinned ones. Where there are none yet, these
// are pinned. A pin that cannot be read counts as none.
func (p Pins) Check(registry string, keys KeySet) (KeyChange, error) {
	if p.keep == nil {
		return KeyChange{}, nil
	}
	kept, err := p.read(origin(registry))
	if err != nil {
		return KeyChange{}, p.Accept(registry, keys)
	}
	return kept.against(keys), nil
}

// Accept pins these keys in place of the ones before: call it once a person,
// or a run that was let through, has accepted the change.
func (p Pins) Accept(registry string, keys KeySet) error {
	if p.keep == nil {
		return nil
	}
	at := origin(registry)
	data, err := json.Marshal(pin{Registry: at, Keys: keys.fingerprints()}, json.Deterministic(true))
	if err != nil {
		return err
	}
	return p.keep.Put(pinArea, at, data)
}

func (p Pins) read(at string) (pin, error) {
	data, err := p.keep.Get(pinArea, at, maxPin)
	if err != nil {
		return pin{}, err
	}
	var kept pin
	if err := json.Unmarshal(data, &kept); err != nil {
		return pin{}, err
	}
	if kept.Registry != at || len(kept.Keys) == 0 {
		return pin{}, errors.New("a pin of another registry")
	}
	return kept, nil
}

// against compares by the keys themselves: the same key under another id is
// no change, another key under the same id is.
func (p pin) against(keys KeySet) KeyChange {
	now := keys.fingerprints()
	var c KeyChange
	had := map[string]bool{}
	for id, fp := range p.Keys {
		had[fp] = true
		if !hasValue(now, fp) {
			c.Removed = append(c.Removed, id)
		}
	}
	for id, fp := range now {
		if !had[fp] {
			c.Added = append(c.Added, id)
		}
	}
	slices.Sort(c.Added)
	slices.Sort(c.Removed)
	return c
}

func hasValue(m map[string]string, want string) bool {
	for _, v := range m {
		if v == want {
			return true
		}
	}
	return false
}

func (ks KeySet) fingerprints() map[string]string {
	out := map[string]string{}
	for _, k := range ks.keys {
		out[k.ID] = k.fingerprint()
	}
	return out
}
