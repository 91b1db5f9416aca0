// Package attest verifies what vouches for a version: the registry's
// signature, its publish attestation and the build's Sigstore provenance.
//
// Three kinds of bad news stay apart: nothing published (ErrNone), published
// and false (*InvalidError), could not look (any other error).
package attest
