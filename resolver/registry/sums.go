package registry

import (
	"crypto/sha256"
	"io"
)

// FileSums gives the SHA-256 of every file of an archive, by its name as npm
// would lay it down.
func FileSums(r io.Reader) (map[string][sha256.Size]byte, error) {
	src := &source{r: r}
	sums := map[string][sha256.Size]byte{}
	if _, err := readArchive(src, sums); src.err != nil || err != nil {
		if src.err != nil {
			err = src.err
		}
		return nil, err
	}
	return sums, nil
}

func (a *archive) sum(name string) error {
	h := sha256.New()
	if _, err := io.Copy(h, a.tr); err != nil {
		return malformed("%v", err)
	}
	a.sums[name] = [sha256.Size]byte(h.Sum(nil))
	return nil
}
