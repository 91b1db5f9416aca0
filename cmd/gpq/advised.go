package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// advised gives what npm's one registry for audits has against versions of
// packages: what npm audit fix wants to be rid of. npm asks no other, not for
// scopes that have a registry of their own either. A registry that keeps no
// advisories has nothing against anything here; npm itself then says that it
// cannot audit.
func (s *session) advised(ctx context.Context, versions map[string][]string) ([]tree.Advisory, error) {
	base := s.client.RegistryFor("")
	body, err := s.client.Advisories(ctx, base, versions)
	if errors.Is(err, registry.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := readAdvised(body)
	if err != nil {
		return nil, fmt.Errorf("advisories of %s: %w", base, err)
	}
	return out, nil
}

// readAdvised keeps the order of the answer: npm goes by it.
func readAdvised(body []byte) (out []tree.Advisory, err error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("no object of packages")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var all []struct {
			ID         json.RawMessage
			Vulnerable string `json:"vulnerable_versions"`
			Name       string
		}
		if err := dec.Decode(&all); err != nil {
			return nil, err
		}
		for _, a := range all {
			if a.Name != "" && a.Name != name {
				return nil, fmt.Errorf("%q has an advisory about %q", name, a.Name)
			}
			out = append(out, tree.Advisory{Name: fmt.Sprint(name), ID: strings.Trim(string(a.ID), `"`), Range: a.Vulnerable})
		}
	}
	_, err = dec.Token()
	return out, err
}
