package attest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"

	"gpq/resolver/fetch"
)

// The two targets that are taken from TUF.
const (
	targetRoot = "trusted_root.json"
	targetKeys = "registry.npmjs.org/keys.json"
)

// askTUF walks the TUF repository from our own root to the two targets. The
// metadata of the last walk stays in Dir, so that an older state can never
// take the place of a newer one.
func (k *Keeper) askTUF(ctx context.Context, now time.Time) (root, keys []byte, err error) {
	cfg, err := config.New(k.o.Repository, k.o.Root)
	if err != nil {
		return nil, nil, fmt.Errorf("trust root: %w", err)
	}
	cfg.Fetcher = &tufDoor{ctx: ctx, door: k.o.Door}
	cfg.MaxRootRotations, cfg.MaxDelegations = 64, 8
	cfg.RootMaxLength, cfg.SnapshotMaxLength, cfg.TargetsMaxLength = 256<<10, 512<<10, 1<<20
	cfg.DisableLocalCache = k.o.Dir == ""
	if k.o.Dir != "" {
		cfg.LocalMetadataDir = k.o.Dir
		cfg.LocalTargetsDir = filepath.Join(k.o.Dir, "targets")
	}
	u, err := updater.New(cfg)
	if err != nil {
		return nil, nil, fmt.Errorf("trust root: %w", err)
	}
	u.UnsafeSetRefTime(now) // our own clock, which tests set
	if err := u.Refresh(); err != nil {
		return nil, nil, renewalError(ctx, err)
	}
	if root, err = target(u, targetRoot); err != nil {
		return nil, nil, renewalError(ctx, err)
	}
	if keys, err = target(u, targetKeys); err != nil {
		return nil, nil, renewalError(ctx, err)
	}
	return root, keys, nil
}

func target(u *updater.Updater, name string) ([]byte, error) {
	info, err := u.GetTargetInfo(name)
	if err != nil {
		return nil, err
	}
	if _, data, err := u.FindCachedTarget(info, ""); err == nil && data != nil {
		return data, nil
	}
	_, data, err := u.DownloadTarget(info, "", "")
	return data, err
}

// renewalError says in our words why TUF gave nothing.
func renewalError(ctx context.Context, err error) error {
	var refused *fetch.Error
	var expired *metadata.ErrExpiredMetadata
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("trust root not renewed: %s: %s", refused.Host, refused.Reason)
	case ctx.Err() != nil:
		return errors.New("trust root not renewed: no answer in time")
	case errors.As(err, &expired):
		return errors.New("trust root not renewed: what the TUF repository serves has expired")
	}
	return fmt.Errorf("trust root not renewed: what the TUF repository serves does not verify: %s", quote(err.Error()))
}

// tufDoor lets go-tuf fetch through the one door to the network.
type tufDoor struct {
	ctx  context.Context //nolint:containedctx // the library's interface has none
	door fetch.Doer
}

// DownloadFile gives a whole file of at most maxLength bytes.
func (d *tufDoor) DownloadFile(url string, maxLength int64, _ time.Duration) ([]byte, error) {
	r, err := d.door.Do(d.ctx, fetch.Request{URL: url, MaxBytes: maxLength, NoStore: true, NoRetry: true, Timeout: renewBudget})
	if err != nil {
		return nil, err
	}
	if r.Status != http.StatusOK {
		return nil, &metadata.ErrDownloadHTTP{StatusCode: r.Status, URL: url}
	}
	if int64(len(r.Body)) > maxLength {
		return nil, &metadata.ErrDownloadLengthMismatch{Msg: "longer than it may be"}
	}
	return r.Body, nil
}
