package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// object is the part of an RDAP domain object (RFC 9083) that is read.
type object struct {
	Class   string          `json:"objectClassName"`
	LDHName string          `json:"ldhName"`
	Status  json.RawMessage `json:"status"`
	Events  []struct {
		Action string `json:"eventAction"`
		Date   string `json:"eventDate"`
	} `json:"events"`
	ErrorCode json.RawMessage `json:"errorCode"`
}

// parseObject reads the answer about a domain. An answer about something else
// is an error: a portal's page, another domain.
func parseObject(domain string, body []byte) (Record, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return Record{}, errors.New("its answer is no RDAP object")
	}
	name := strings.TrimSuffix(strings.ToLower(o.LDHName), ".")
	switch {
	case len(o.ErrorCode) > 0:
		return Record{}, errors.New("its answer is an error with status 200")
	case o.Class != "domain" && (o.Class != "" || len(o.Events) == 0 && len(o.Status) == 0):
		return Record{}, errors.New("its answer is no RDAP domain object")
	case name != "" && name != domain && !strings.Contains(name, "*"):
		return Record{}, errors.New("its answer is about another domain")
	}
	r := Record{Domain: domain, Held: true, Status: statuses(o.Status)}
	r.dates(o)
	return r, nil
}

// statuses reads RFC 8056's words, EPP's own («pendingDelete») and those with
// icann.org's URL behind; a single string for the array too.
func statuses(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		var one string
		if json.Unmarshal(raw, &one) != nil {
			return nil
		}
		list = []string{one}
	}
	out := make([]string, 0, len(list))
	for _, s := range list {
		s, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(s)), " http")
		out = append(out, strings.NewReplacer(" ", "", "-", "", "_", "").Replace(s))
	}
	return out
}

// dates keeps the last registration and the registry's expiry; the
// registrar's only where there is no other.
func (r *Record) dates(o object) {
	var registrar time.Time
	for _, e := range o.Events {
		t, ok := parseDate(e.Date)
		if !ok {
			continue
		}
		switch strings.ReplaceAll(strings.ToLower(e.Action), " ", "") {
		case "registration", "reregistration":
			if t.After(r.Registered) {
				r.Registered = t
			}
		case "expiration":
			r.Expires = t
		case "registrarexpiration":
			registrar = t
		}
	}
	if r.Expires.IsZero() {
		r.Expires = registrar
	}
}

// parseDate reads RFC 3339, and the forms without zone or time that several
// registries send, as UTC: tolerance covers the difference.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// absent says whether the body of a 404 is an RDAP server's and not a
// proxy's: a JSON object that does not speak of another status, or nothing at
// all, as RFC 7480 allows.
func absent(contentType string, body []byte) bool {
	if len(bytes.TrimSpace(body)) == 0 {
		return true
	}
	if !strings.Contains(strings.ToLower(contentType), "json") {
		return false
	}
	var o struct {
		ErrorCode json.RawMessage `json:"errorCode"`
		Class     string          `json:"objectClassName"`
	}
	if json.Unmarshal(body, &o) != nil || o.Class == "domain" {
		return false
	}
	code := strings.Trim(string(o.ErrorCode), `"`)
	return code == "" || code == "404"
}

// saysAbsent says whether the body of a 404 says so itself.
func saysAbsent(body []byte) bool {
	var o struct {
		ErrorCode json.RawMessage `json:"errorCode"`
	}
	return json.Unmarshal(body, &o) == nil && strings.Trim(string(o.ErrorCode), `"`) == "404"
}
