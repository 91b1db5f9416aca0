package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/klauspost/compress/gzip"

	"gpq/resolver/fetch"
)

// Bounds of the smaller answers.
const (
	maxAttestations = 5 << 20 // a little more than what is read of them
	maxKeys         = 1 << 20
	maxAdvisories   = 16 << 20
)

// Attestations gives the bundles that a registry has for one version, as it
// answers them. Of claimed (dist.attestations.url) only the path counts, on the
// registry's own host; "" is where npm's registry has them. ErrNotFound where
// it has none.
func (c *Client) Attestations(ctx context.Context, registryURL, name, version, claimed string) ([]byte, error) {
	what := "attestations of " + name + "@" + version
	if claimed == "" {
		escaped, err := escapeName(name)
		if err != nil {
			return nil, unreadable(what, registryURL, err)
		}
		claimed = withSlash(registryURL) + "-/npm/v1/attestations/" + escaped + "@" + url.PathEscape(version)
	}
	at, err := onHost(registryURL, claimed)
	if err != nil {
		return nil, unreadable(what, registryURL, err)
	}
	return c.bodyOf(ctx, what, fetch.Request{
		URL: at, MaxBytes: maxAttestations, Timeout: patient,
		Header: http.Header{"Accept": {"application/json"}},
	})
}

// onHost gives the path of claimed on the host of the registry.
func onHost(registryURL, claimed string) (string, error) {
	base, err := url.Parse(registryURL)
	if err != nil || base.Host == "" {
		return "", errors.New("not a registry address")
	}
	u, err := url.Parse(claimed)
	if err != nil || u.Path == "" || u.Path[0] != '/' {
		return "", errors.New("the claimed address cannot be read")
	}
	at := url.URL{Scheme: base.Scheme, User: base.User, Host: base.Host, Path: u.Path, RawPath: u.RawPath}
	return at.String(), nil
}

// Keys gives the registry's signing keys, as it answers them. ErrNotFound
// where it has none.
func (c *Client) Keys(ctx context.Context, registryURL string) ([]byte, error) {
	return c.bodyOf(ctx, "signing keys", fetch.Request{
		URL: withSlash(registryURL) + "-/npm/v1/keys", MaxBytes: maxKeys, Timeout: patient,
		Header: http.Header{"Accept": {"application/json"}},
	})
}

// Advisories asks a registry for advisories about versions, by package name,
// and gives its answer. ErrNotFound where it keeps none.
func (c *Client) Advisories(ctx context.Context, registryURL string, versions map[string][]string) ([]byte, error) {
	question, err := json.Marshal(versions)
	if err != nil {
		return nil, unreadable("advisories", registryURL, err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(question) // a Buffer takes everything
	_ = z.Close()
	return c.bodyOf(ctx, "advisories", fetch.Request{
		Method: http.MethodPost, URL: withSlash(registryURL) + "-/npm/v1/security/advisories/bulk",
		Body: packed.Bytes(), MaxBytes: maxAdvisories, Timeout: patient,
		Header: http.Header{
			"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Content-Encoding": {"gzip"},
		},
	})
}

func (c *Client) bodyOf(ctx context.Context, what string, r fetch.Request) ([]byte, error) {
	resp, err := c.ask(ctx, what, r)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}
