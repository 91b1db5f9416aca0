package attest

import (
	"errors"
	"fmt"
)

// ErrNone says that the registry has no attestation of this kind.
var ErrNone = errors.New("no attestation of this kind was published")

// ErrNewer says that an attestation is written in a format that this gpq does
// not know. It is not «false»: it could not be looked at.
var ErrNewer = errors.New("written in a newer format than this gpq knows; update gpq")

// ErrTrustTooOld says that an attestation names a log or authority which the
// trust root does not have, and that the root is old enough for that.
var ErrTrustTooOld = errors.New("it names a log or authority that is newer than the trust root at hand, which is over 90 days old")

// ErrNoKeys says that no signing keys of this registry are at hand.
var ErrNoKeys = errors.New("no signing keys of this registry are known")

// Reason says in what way a published signature or attestation is false.
type Reason string

// The reasons. They are for machines; InvalidError.Error has the words.
const (
	Malformed     Reason = "malformed"      // no attestation in any known form
	WrongSubject  Reason = "wrong-subject"  // sound perhaps, but about another artefact
	WrongIdentity Reason = "wrong-identity" // signed by somebody who is no known CI
	BadSignature  Reason = "bad-signature"  // does not verify under its own key
	NotLogged     Reason = "not-logged"     // no sound entry in a known transparency log
	NoTime        Reason = "no-time"        // no trustworthy time of signing
	BadChain      Reason = "bad-chain"      // the certificate's chain or its CT entry does not verify
	UnknownKey    Reason = "unknown-key"    // a key that the registry never published
	RetiredKey    Reason = "retired-key"    // a key used outside its time
	Contradiction Reason = "contradiction"  // several attestations that do not agree
)

// InvalidError says that something was published and is false.
type InvalidError struct {
	Reason Reason
	// Message is our own words; foreign text in it is quoted and cut.
	Message string
	// Err is the library's error. Its text may hold raw bytes: for a log, never
	// for a message.
	Err error
}

func (e *InvalidError) Error() string { return e.Message }
func (e *InvalidError) Unwrap() error { return e.Err }

func invalid(r Reason, format string, args ...any) *InvalidError {
	return &InvalidError{Reason: r, Message: fmt.Sprintf(format, args...)}
}

// IsInvalid says whether err means «published and false», and in what way.
func IsInvalid(err error) (*InvalidError, bool) {
	var e *InvalidError
	ok := errors.As(err, &e)
	return e, ok
}

// quote shows foreign text in a message: ASCII only, at most 120 bytes.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		return fmt.Sprintf("%+q…", s[:most])
	}
	return fmt.Sprintf("%+q", s)
}

// MayBeNews says that a newer trust root or key list might answer otherwise:
// an unknown key or log, or a root too old to know.
func MayBeNews(err error) bool {
	if errors.Is(err, ErrTrustTooOld) {
		return true
	}
	e, ok := IsInvalid(err)
	return ok && (e.Reason == UnknownKey || e.Reason == NotLogged || e.Reason == BadChain)
}
