package fetch

import (
	"crypto/tls"
	"net/url"
	"time"

	"gpq/resolver/store"
)

// Options are a client's settings. The zero value is a client without a cache
// and without a proxy, that trusts the system's authorities.
type Options struct {
	Store     *store.Store // nil: nothing is kept on the disk
	UserAgent string
	PerHost   int           // requests to one host at a time; 0 is 64
	MaxBytes  int64         // decoded bytes of an answer; 0 is 64 MiB
	Timeout   time.Duration // of a request with its retries; 0 is 5 minutes
	Stall     time.Duration // without a byte from the other side; 0 is 30 s
	Retries   int           // after the first try; 0 is 3, less than 0 none
	MinWait   time.Duration // before the first retry, doubled for each; 0 is 300 ms
	MaxWait   time.Duration // the longest wait, Retry-After included; 0 is 20 s
	// CA, PEM, is trusted instead of the system's authorities; ExtraCA beside.
	CA, ExtraCA []byte
	// Cert and Key, PEM, are shown to every host that asks for them; HostCerts
	// only to the one named «host» or «host:port».
	Cert, Key []byte
	HostCerts map[string]tls.Certificate
	// InsecureTLS is npm's strict-ssl=false: any certificate is taken.
	InsecureTLS bool
	// Offline asks nobody: what is on the disk counts, however old.
	Offline bool
	// Proxy gives the proxy for a URL, nil for none; a nil func is none at all.
	Proxy func(*url.URL) (*url.URL, error)
	// Now is the clock; without one, nothing cached is ever taken unasked.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	o.PerHost = orInt(o.PerHost, 64)
	o.MaxBytes = orInt(o.MaxBytes, 64<<20)
	o.Timeout = orInt(o.Timeout, 5*time.Minute)
	o.Stall = orInt(o.Stall, 30*time.Second)
	o.Retries = max(orInt(o.Retries, 3), 0)
	o.MinWait = orInt(o.MinWait, 300*time.Millisecond)
	o.MaxWait = orInt(o.MaxWait, 20*time.Second)
	return o
}

func orInt[T ~int | ~int64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Stats are what a client has done so far.
type Stats struct {
	Requests int64 // sent, retries and redirects included
	Retries  int64
	Bytes    int64 // bodies as they came over the network
	Cached   int64 // answers taken from the disk, asked again or not
}
