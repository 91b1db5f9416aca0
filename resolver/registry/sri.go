package registry

import (
	"crypto/sha1" //nolint:gosec // what old packages have
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// SRI gives the integrity that npm goes by: Integrity, else the shasum, else
// "" where the registry says neither.
func (d Dist) SRI() string {
	if strings.TrimSpace(d.Integrity) != "" {
		return d.Integrity
	}
	sum, err := hex.DecodeString(d.Shasum)
	if err != nil || len(sum) != sha1.Size {
		return ""
	}
	return "sha1-" + base64.StdEncoding.EncodeToString(sum)
}

// sri is the strongest algorithm of an integrity string, with the digests it
// allows. Weaker entries beside it count for nothing, as in npm.
type sri struct {
	algorithm string
	sums      [][]byte
}

// strength orders the algorithms; what is not in it is not understood.
var strength = [...]string{"sha1", "sha256", "sha384", "sha512"}

func newHash(algorithm string) hash.Hash {
	switch algorithm {
	case "sha1":
		return sha1.New() //nolint:gosec // what old packages have
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	}
	return sha512.New()
}

// errSRI says that an integrity is there and cannot be understood: then nothing
// fulfils it.
var errSRI = errors.New("the integrity cannot be read")

// parseSRI reads an integrity string; an empty one allows anything.
func parseSRI(s string) (sri, error) {
	var best sri
	rank := -1
	for _, word := range strings.Fields(s) {
		algorithm, rest, _ := strings.Cut(word, "-")
		rest, _, _ = strings.Cut(rest, "?")
		r := rankOf(algorithm)
		sum, err := base64.StdEncoding.DecodeString(rest)
		if r < 0 || r < rank || err != nil || len(sum) != newHash(algorithm).Size() {
			continue
		}
		if r > rank {
			best, rank = sri{algorithm: algorithm}, r
		}
		best.sums = append(best.sums, sum)
	}
	if rank < 0 && strings.TrimSpace(s) != "" {
		return sri{}, errSRI
	}
	return best, nil
}

func rankOf(algorithm string) int {
	for i, a := range strength {
		if a == algorithm {
			return i
		}
	}
	return -1
}

func (s sri) allows(sum []byte) bool {
	for _, want := range s.sums {
		if string(want) == string(sum) {
			return true
		}
	}
	return false
}

// hasher takes the SHA-512 of a content, and beside it the wanted digest where
// that is another.
type hasher struct {
	want  sri
	sum   hash.Hash
	other hash.Hash // nil where the wanted one is SHA-512, or none
}

func newHasher(want sri) *hasher {
	h := &hasher{want: want, sum: sha512.New()}
	if want.sums != nil && want.algorithm != "sha512" {
		h.other = newHash(want.algorithm)
	}
	return h
}

func (h *hasher) Write(p []byte) (int, error) {
	if h.other != nil {
		_, _ = h.other.Write(p)
	}
	return h.sum.Write(p)
}

// holds says whether the content is what is wanted.
func (h *hasher) holds() bool {
	if h.want.sums == nil {
		return true
	}
	if h.other != nil {
		return h.want.allows(h.other.Sum(nil))
	}
	return h.want.allows(h.sum.Sum(nil))
}

func (h *hasher) sha512Hex() string { return hex.EncodeToString(h.sum.Sum(nil)) }
