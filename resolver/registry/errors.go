package registry

import (
	"errors"
	"fmt"
	"net/http"

	"gpq/resolver/fetch"
)

// What an *Error is, for errors.Is.
var (
	ErrNotFound    = errors.New("not found")       // 404, 410: the registry has no such thing
	ErrForbidden   = errors.New("not allowed")     // 401, 403
	ErrUnreadable  = errors.New("cannot be read")  // it answered, and the answer is no use
	ErrUnreachable = errors.New("cannot be asked") // no answer, or a failing one
	ErrIntegrity   = errors.New("wrong content")   // a tarball that does not have the digest it must have
)

// Error says what could not be had from which registry.
type Error struct {
	Kind   error  // one of the errors above
	What   string // package name, or what else was asked for
	Host   string
	Status int    // 0 where there was no answer
	Reason string // one line
	Err    error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Host, e.What, e.Reason)
}

// Unwrap gives Kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// unreachable is the error for a request without an answer.
func unreachable(what, url string, err error) *Error {
	e := &Error{Kind: ErrUnreachable, What: what, Host: hostOf(url), Reason: err.Error(), Err: err}
	var f *fetch.Error
	if errors.As(err, &f) {
		e.Reason = f.Reason
		if f.Host != "" {
			e.Host = f.Host // a redirect's, perhaps
		}
	}
	return e
}

func unreadable(what, url string, err error) *Error {
	return &Error{Kind: ErrUnreadable, What: what, Host: hostOf(url), Reason: "the answer cannot be read: " + err.Error(), Err: err}
}

// refused is the error for an answer that is not 200.
func refused(what, url string, status int) *Error {
	e := &Error{Kind: ErrUnreachable, What: what, Host: hostOf(url), Status: status, Reason: fmt.Sprintf("status %d", status)}
	switch status {
	case http.StatusNotFound, http.StatusGone:
		e.Kind, e.Reason = ErrNotFound, fmt.Sprintf("not found (%d)", status)
	case http.StatusUnauthorized:
		e.Kind, e.Reason = ErrForbidden, "asks for a login (401)"
	case http.StatusForbidden:
		e.Kind, e.Reason = ErrForbidden, "not allowed (403)"
	}
	return e
}
