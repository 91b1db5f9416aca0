package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// newTransport makes the connections of one client certificate.
func newTransport(o Options, cert *tls.Certificate) (*http.Transport, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.InsecureTLS} //nolint:gosec // only where the user's own npm settings say so
	pool, err := roots(o)
	if err != nil {
		return nil, err
	}
	conf.RootCAs = pool
	if cert != nil {
		conf.Certificates = []tls.Certificate{*cert}
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    15 * time.Second,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoded here, within bounds
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    o.PerHost,
		MaxConnsPerHost:        o.PerHost,
		IdleConnTimeout:        60 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second,
			MaxReceiveBufferPerStream: 1 << 20, // what a body that has to wait keeps in memory
		},
	}
	if o.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return o.Proxy(r.URL) }
	}
	return t, nil
}

// roots are the authorities to trust; nil is the system's.
func roots(o Options) (*x509.CertPool, error) {
	if len(o.CA) == 0 && len(o.ExtraCA) == 0 {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if len(o.CA) == 0 {
		if system, err := x509.SystemCertPool(); err == nil {
			pool = system
		}
	}
	if len(o.CA) > 0 && !pool.AppendCertsFromPEM(o.CA) {
		return nil, errors.New("the certificate authority (ca, cafile) has no certificate that can be read")
	}
	if len(o.ExtraCA) > 0 && !pool.AppendCertsFromPEM(o.ExtraCA) {
		return nil, errors.New("the extra certificate authorities cannot be read")
	}
	return pool, nil
}

// transports are one for each client certificate, by host; "" is all others'.
func transports(o Options) (map[string]*http.Transport, error) {
	var common *tls.Certificate
	if len(o.Cert) > 0 && len(o.Key) > 0 {
		pair, err := tls.X509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, errors.New("the client certificate (cert, key) cannot be read")
		}
		common = &pair
	}
	all := map[string]*http.Transport{}
	t, err := newTransport(o, common)
	if err != nil {
		return nil, err
	}
	all[""] = t
	for host, cert := range o.HostCerts {
		if all[host], err = newTransport(o, &cert); err != nil {
			return nil, err
		}
	}
	return all, nil
}
