package registrytest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// The healthy package's rhythm: its newest version is this old, and there is
// this much time between two.
const (
	newestAge = 120 * 24 * time.Hour
	rhythm    = 60 * 24 * time.Hour
)

// times gives every version's publish time, and created and modified.
func (m *maker) times(p *Package) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	var first, last time.Time
	for i, v := range p.versions {
		at := m.now.Add(-newestAge - time.Duration(len(p.versions)-1-i)*rhythm)
		if text, ok := v.meta["time"]; ok {
			var err error
			if at, err = when(fmt.Sprint(text), m.now); err != nil {
				return nil, fmt.Errorf("version %s: %w", v.number, err)
			}
		}
		all[v.number] = at
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	return all, m.edges(p, all, first, last)
}

// edges sets created and modified: as given, else those of the versions.
func (m *maker) edges(p *Package, all map[string]time.Time, first, last time.Time) error {
	for _, e := range []struct {
		key, given string
		otherwise  time.Time
	}{{"created", p.head.Created, first}, {"modified", p.head.Modified, last}, {"unpublished", p.head.Unpublished, time.Time{}}} {
		at := e.otherwise
		if e.given != "" {
			var err error
			if at, err = when(e.given, m.now); err != nil {
				return fmt.Errorf("%s: %w", e.key, err)
			}
		}
		if e.key != "unpublished" || !at.IsZero() {
			all[e.key] = at
		}
	}
	return nil
}

// timeField is «time» of the full packument.
func (m *maker) timeField(p *Package, times map[string]time.Time) map[string]any {
	out := map[string]any{}
	for k, at := range times {
		if m.mode == Mirror {
			at = m.now.Add(-30 * 24 * time.Hour) // when the mirror took it
		}
		out[k] = at.UTC().Format(stamp)
	}
	if at, ok := times["unpublished"]; ok {
		out["unpublished"] = map[string]any{"name": p.Name, "time": at.UTC().Format(stamp), "versions": []any{}}
	}
	for k, v := range p.head.Time {
		out[k] = v
		if at, err := when(fmt.Sprint(v), m.now); err == nil {
			out[k] = at.UTC().Format(stamp)
		}
	}
	return out
}

// kept are the fields of a version in an abbreviated packument.
var kept = []string{"name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
	"bundleDependencies", "bundledDependencies", "peerDependencies", "peerDependenciesMeta", "acceptDependencies",
	"bin", "directories", "dist", "engines", "os", "cpu", "funding", "_hasShrinkwrap"}

// abbreviate cuts a version to what an abbreviated packument has of it.
func abbreviate(doc map[string]any, also []string) map[string]any {
	out := map[string]any{}
	for _, k := range slices.Concat(kept, also) {
		if v, ok := doc[k]; ok {
			out[k] = v
		}
	}
	if out["_hasShrinkwrap"] == false {
		delete(out, "_hasShrinkwrap")
	}
	scripts, _ := doc["scripts"].(map[string]any)
	for _, s := range []string{"preinstall", "install", "postinstall"} {
		if scripts[s] != nil {
			out["hasInstallScript"] = true
		}
	}
	return out
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
