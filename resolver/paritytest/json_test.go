package paritytest

import (
	"bytes"
	"encoding/json"

	"gpq/resolver/registry"
)

// orderedMap is a JSON object that keeps its order.
type orderedMap []pair

type pair struct {
	key   string
	value any
}

func (m orderedMap) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := json.Marshal(p.key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func depsJSON(deps registry.Deps) orderedMap {
	m := orderedMap{}
	for _, d := range deps {
		m = append(m, pair{d.Name, d.Value})
	}
	return m
}

func manifestJSON(m *registry.Manifest) orderedMap {
	o := orderedMap{{"name", m.Name}, {"version", m.Version},
		{"dist", map[string]string{"tarball": m.Dist.Tarball, "integrity": m.Dist.Integrity}}}
	for _, f := range []struct {
		key  string
		deps registry.Deps
	}{{"dependencies", m.Dependencies}, {"optionalDependencies", m.OptionalDependencies},
		{"peerDependencies", m.PeerDependencies}, {"engines", m.Engines}} {
		if len(f.deps) > 0 {
			o = append(o, pair{f.key, depsJSON(f.deps)})
		}
	}
	rare := m.More()
	if len(rare.PeerOptional) > 0 {
		meta := map[string]any{}
		for _, name := range rare.PeerOptional {
			meta[name] = map[string]bool{"optional": true}
		}
		o = append(o, pair{"peerDependenciesMeta", meta})
	}
	if rare.BundleAll {
		o = append(o, pair{"bundleDependencies", true})
	} else if len(rare.Bundle) > 0 {
		o = append(o, pair{"bundleDependencies", rare.Bundle})
	}
	if m.Deprecated != "" {
		o = append(o, pair{"deprecated", m.Deprecated})
	}
	for key, list := range map[string][]string{"os": rare.OS, "cpu": rare.CPU, "libc": rare.Libc} {
		if list != nil {
			o = append(o, pair{key, list})
		}
	}
	return o
}
