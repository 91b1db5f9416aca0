package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gpq/resolver/registry"
)

// advised gives, for names with their versions, the ranges that their
// registries know to be vulnerable: what npm audit fix wants to be rid of. A
// registry that keeps no advisories has nothing against anything here; npm
// itself then says that it cannot audit.
func (s *session) advised(ctx context.Context, versions map[string][]string) (map[string]string, error) {
	byRegistry := map[string]map[string][]string{}
	for name, all := range versions {
		base := s.client.RegistryFor(name)
		if byRegistry[base] == nil {
			byRegistry[base] = map[string][]string{}
		}
		byRegistry[base][name] = all
	}
	out := map[string]string{}
	for base, asked := range byRegistry {
		body, err := s.client.Advisories(ctx, base, asked)
		if errors.Is(err, registry.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := readAdvised(body, out); err != nil {
			return nil, fmt.Errorf("advisories of %s: %w", base, err)
		}
	}
	return out, nil
}

func readAdvised(body []byte, out map[string]string) error {
	var known map[string][]struct {
		Vulnerable string `json:"vulnerable_versions"`
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return err
	}
	for name, all := range known {
		var ranges []string
		for _, a := range all {
			ranges = append(ranges, a.Vulnerable)
		}
		out[name] = strings.Join(ranges, " || ")
	}
	return nil
}
