// Package attest verifies what stands behind an npm package: the Sigstore
// provenance of its build, the registry's publish attestation and the
// registry's signature. It is the only importer of sigstore-go.
//
// Three kinds of bad news stay apart for ever: nothing was published
// (ErrNone), something was published and is false (*InvalidError), and it
// could not be told (any other error; ErrNewer and ErrTrustTooOld among them).
package attest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// NPM is the registry whose keys are built in and never taken from a mirror.
const NPM = "https://registry.npmjs.org/"

// Predicate types as npm's registry serves them.
const (
	PredicatePublish = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1"
	PredicateSLSA02  = "https://slsa.dev/provenance/v0.2"
	PredicateSLSA1   = "https://slsa.dev/provenance/v1"
)

// Issuers of certificates that are a CI's; a person's account is none.
const (
	IssuerGitHub = "https://token.actions.githubusercontent.com"
	IssuerGitLab = "https://gitlab.com"
)

// Subject is the exact artefact that attestations must speak of. Its zero
// value names nothing, and nothing verifies for it.
type Subject struct {
	name, version, registry string
	sha512                  []byte
}

// ErrNoSHA512 says that an integrity has no one SHA-512 digest, so that
// nothing signed can be bound to the artefact: it could not be told.
var ErrNoSHA512 = errors.New("the integrity has no single sha512 digest, which signatures and attestations speak of")

// NewSubject makes a Subject of what is about to be installed. Integrity is
// the plan's, in SRI form; registry the base URL the package comes from.
func NewSubject(name, version, registry, integrity string) (Subject, error) {
	if name == "" || version == "" {
		return Subject{}, errors.New("no package to verify: name or version is empty")
	}
	digest, err := sha512Of(integrity)
	if err != nil {
		return Subject{}, err
	}
	return Subject{name: name, version: version, registry: origin(registry), sha512: digest}, nil
}

// purl is npm's own spelling: only the @ of a scope is encoded.
func (s Subject) purl() string {
	name := s.name
	if rest, ok := strings.CutPrefix(name, "@"); ok {
		name = "%40" + rest
	}
	return "pkg:npm/" + name + "@" + s.version
}

// sha512Of reads the one SHA-512 digest of an integrity. Two different ones
// would let either artefact pass, and an algorithm that npm might rank above
// SHA-512 would leave it unused: both are refused.
func sha512Of(integrity string) ([]byte, error) {
	var found string
	for _, entry := range strings.Fields(integrity) {
		algorithm, value, _ := strings.Cut(entry, "-")
		value, _, _ = strings.Cut(value, "?")
		switch algorithm {
		case "sha512":
			if found != "" && found != value {
				return nil, ErrNoSHA512
			}
			found = value
		case "sha384", "sha256", "sha1", "md5": // weaker: npm passes them over
		default:
			return nil, fmt.Errorf("%w: unknown algorithm in it", ErrNoSHA512)
		}
	}
	digest, err := base64.StdEncoding.DecodeString(found)
	if err != nil || len(digest) != 64 {
		return nil, ErrNoSHA512
	}
	return digest, nil
}

// origin writes a registry's base URL in one way: lower-case scheme and host,
// one slash at the end.
func origin(base string) string {
	scheme, rest, ok := strings.Cut(base, "://")
	if !ok {
		return strings.TrimRight(base, "/") + "/"
	}
	host, path, _ := strings.Cut(rest, "/")
	path = strings.Trim(path, "/")
	if path != "" {
		path += "/"
	}
	return strings.ToLower(scheme) + "://" + strings.ToLower(host) + "/" + path
}
