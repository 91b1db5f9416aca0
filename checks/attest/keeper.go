package attest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"gpq/resolver/fetch"
)

// Renewal of the trust through TUF: how often, and how long it may take.
const (
	renewEvery  = 24 * time.Hour
	retryEvery  = time.Hour
	renewBudget = 3 * time.Second
	// PublicGood is Sigstore's TUF repository.
	PublicGood = "https://tuf-repo-cdn.sigstore.dev"
)

// KeeperOptions say where trust comes from. The zero value is the built-in
// trust, never renewed.
type KeeperOptions struct {
	Keep Keep       // remembers what was renewed; nil: every run starts from the built-in trust
	Door fetch.Doer // nil: offline, nothing is renewed
	// Dir is a folder of our own for TUF's metadata; "" keeps none.
	Dir string
	// Now is the clock.
	Now func() time.Time
	// Repository is TUF's base URL; "" is PublicGood. Root is its initial
	// root.json; nil is the built-in one.
	Repository string
	Root       []byte
	// Budget is how long a renewal may take; 0 is 3 s.
	Budget time.Duration
	// RootFile is --trusted-root with its name: then nothing is renewed.
	RootName string
	RootFile []byte
	// KeysFile is --registry-keys, which stands for every registry's keys.
	KeysFile []byte
}

// Keeper has the trust of a run: at once what is at hand, and soon perhaps
// what the network knows. It is safe for concurrent use.
type Keeper struct {
	o       KeeperOptions
	mu      sync.Mutex
	trust   *Trust
	renewed chan struct{} // closed when the renewal ended; nil where there is none
	err     error         // of the last renewal, this run's or an earlier one's
	tried   time.Time
}

// renewal is what is remembered of the last good renewal.
type renewal struct {
	Taken time.Time `json:"taken"`
	Root  []byte    `json:"root"`
	Keys  []byte    `json:"keys"`
}

// attempt is what is remembered of the last try.
type attempt struct {
	At    time.Time `json:"at"`
	Error string    `json:"error,omitempty"`
}

const (
	trustArea = "trust"
	maxKept   = 2 << 20
)

// NewKeeper loads the trust: a file that was given, or what was last renewed,
// or what is built in, the newest of them. The network is not asked.
func NewKeeper(o KeeperOptions) (*Keeper, error) {
	if o.Repository == "" {
		o.Repository = PublicGood
	}
	if o.Root == nil {
		o.Root = builtinTUF
	}
	if o.Budget <= 0 {
		o.Budget = renewBudget
	}
	k := &Keeper{o: o}
	var err error
	if k.trust, err = k.load(); err != nil {
		return nil, err
	}
	if o.RootFile != nil {
		if k.trust, err = k.trust.WithRoot(o.RootName, o.RootFile); err != nil {
			return nil, err
		}
	}
	k.trust, err = k.withKeysFile(k.trust)
	return k, err
}

func (k *Keeper) withKeysFile(t *Trust) (*Trust, error) {
	if k.o.KeysFile == nil {
		return t, nil
	}
	keys, err := ParseKeys(k.o.KeysFile)
	if err != nil {
		return nil, err
	}
	return t.WithAllKeys(keys), nil
}

// load takes what was last renewed, where it is newer than what is built in
// and still readable; damage counts as absence.
func (k *Keeper) load() (*Trust, error) {
	own, err := Builtin()
	if err != nil {
		return nil, err
	}
	var last attempt
	if k.recall("attempt", &last) {
		k.tried = last.At
		if last.Error != "" {
			k.err = errors.New(last.Error)
		}
	}
	var kept renewal
	if !k.recall("last", &kept) || !kept.Taken.After(own.from.Taken) || kept.Taken.After(k.now().Add(time.Hour)) {
		return own, nil
	}
	t, err := makeTrust(kept.Root, kept.Keys, Origin{Source: "TUF", Taken: kept.Taken})
	if err != nil {
		return own, nil //nolint:nilerr // a newer format, or damage: the built-in one stands
	}
	return t, nil
}

func (k *Keeper) now() time.Time {
	if k.o.Now == nil {
		return builtinTaken
	}
	return k.o.Now()
}

func (k *Keeper) recall(key string, into any) bool {
	if k.o.Keep == nil {
		return false
	}
	data, err := k.o.Keep.Get(trustArea, k.o.Repository+" "+key, maxKept)
	return err == nil && json.Unmarshal(data, into) == nil
}

func (k *Keeper) remember(key string, value any) {
	if k.o.Keep == nil {
		return
	}
	if data, err := json.Marshal(value); err == nil {
		_ = k.o.Keep.Put(trustArea, k.o.Repository+" "+key, data)
	}
}

// Trust gives the best trust at hand, without waiting.
func (k *Keeper) Trust() *Trust {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trust
}

// Status says what doctor and the report show: where the trust comes from, how
// old it is, and why the last renewal failed, if it did.
func (k *Keeper) Status() (from Origin, age time.Duration, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trust.from, k.trust.Age(k.now()), k.err
}

// Renew starts a renewal behind the run's back where one is due, once. It
// returns at once; the renewal ends with its budget or with ctx.
func (k *Keeper) Renew(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.renewed != nil || !k.due() {
		return
	}
	k.renewed = make(chan struct{})
	go k.renew(ctx)
}

func (k *Keeper) due() bool {
	if k.o.Door == nil || k.o.RootFile != nil || k.o.Now == nil {
		return false
	}
	since := k.now().Sub(k.tried)
	if since < 0 { // the clock was set back
		return true
	}
	if k.err != nil {
		return since >= retryEvery
	}
	return since >= renewEvery
}

// Wait waits for a renewal that was started, and says whether there is one
// that succeeded. Without one it returns at once.
func (k *Keeper) Wait(ctx context.Context) bool {
	k.mu.Lock()
	running := k.renewed
	k.mu.Unlock()
	if running == nil {
		return false
	}
	select {
	case <-running:
	case <-ctx.Done():
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err == nil
}

func (k *Keeper) renew(ctx context.Context) {
	defer close(k.renewed)
	ctx, cancel := context.WithTimeout(ctx, k.o.Budget)
	defer cancel()
	now := k.now()
	t, err := k.fetchTrust(ctx, now)
	note := attempt{At: now}
	if err != nil {
		note.Error = err.Error()
	}
	k.remember("attempt", note)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err, k.tried = err, now
	if err == nil {
		k.trust = t
	}
}

// fetchTrust asks TUF, and takes its answer only if this gpq can read it.
func (k *Keeper) fetchTrust(ctx context.Context, now time.Time) (*Trust, error) {
	root, keys, err := k.askTUF(ctx, now)
	if err != nil {
		return nil, err
	}
	t, err := makeTrust(root, keys, Origin{Source: "TUF", Taken: now})
	if err != nil {
		return nil, err
	}
	k.remember("last", renewal{Taken: now, Root: root, Keys: keys})
	return k.withKeysFile(t)
}
