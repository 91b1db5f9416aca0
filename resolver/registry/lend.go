package registry

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"gpq/resolver/store"
)

// Lend puts an archive that was fetched and verified where npm's own cache has
// content of that digest, as a second name of the same file: npm then need not
// fetch it again, nor write it. It is for npm to make sure of the digest, and
// npm does so whenever it takes something from there. What is there stays.
func (c *Client) Lend(integrity string) error {
	sum := onlySum(integrity)
	to := c.npmPath(sum)
	from, ok := c.o.Store.BlobPath(store.Digest("sha512-" + sum))
	if to == "" || !ok {
		return store.ErrNotFound
	}
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrNotExist) && isFile(from) {
		if err = os.MkdirAll(filepath.Dir(to), 0o755); err == nil { //nolint:gosec // npm's own folder, with npm's own mode
			err = os.Link(from, to)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
