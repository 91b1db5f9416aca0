package registry

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// bodies are whole packuments of the public registry, put by hand into the
// folder that GPQ_PACKUMENTS names; without it small generated ones stand in.
func bodies(b *testing.B) map[string][]byte {
	b.Helper()
	dir := os.Getenv("GPQ_PACKUMENTS")
	all := map[string][]byte{}
	if dir == "" {
		b.Skip("GPQ_PACKUMENTS names no folder with packuments")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		all[filepath.Base(f)] = body
	}
	return all
}

func BenchmarkDecode(b *testing.B) {
	for name, body := range bodies(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := Decode(body, "https://registry.example/"); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/skip", func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				s := scanner{b: body}
				if err := s.skip(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				var v wire
				if err := json.Unmarshal(body, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/kept", func(b *testing.B) {
			p, _ := Decode(body, "x")
			before := heap()
			q, err := Decode(body, "x")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(heap()-before)/1024, "kB")
			b.ReportMetric(float64(len(p.Versions)), "versions")
			runtime.KeepAlive(q)
		})
	}
}

// wire is what encoding/json would be given: the same fields, and no
// tolerance for odd ones.
type wire struct {
	Name        string                   `json:"name"`
	DistTags    map[string]string        `json:"dist-tags"`
	Versions    map[string]*wireManifest `json:"versions"`
	Time        map[string]any           `json:"time"`
	Maintainers []Person                 `json:"maintainers"`
	Repository  any                      `json:"repository"`
}

type wireManifest struct {
	Name                 string            `json:"name"`
	Version              string            `json:"version"`
	Dependencies         map[string]string `json:"dependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
	PeerDependencies     map[string]string `json:"peerDependencies"`
	PeerMeta             map[string]any    `json:"peerDependenciesMeta"`
	Bundle               any               `json:"bundleDependencies"`
	Engines              any               `json:"engines"`
	OS                   any               `json:"os"`
	CPU                  any               `json:"cpu"`
	Bin                  any               `json:"bin"`
	Directories          any               `json:"directories"`
	Scripts              map[string]string `json:"scripts"`
	Deprecated           any               `json:"deprecated"`
	License              any               `json:"license"`
	Repository           any               `json:"repository"`
	NpmUser              any               `json:"_npmUser"`
	Maintainers          []Person          `json:"maintainers"`
	GitHead              string            `json:"gitHead"`
	Dist                 struct {
		Tarball      string      `json:"tarball"`
		Integrity    string      `json:"integrity"`
		Shasum       string      `json:"shasum"`
		FileCount    int64       `json:"fileCount"`
		UnpackedSize int64       `json:"unpackedSize"`
		Signatures   []Signature `json:"signatures"`
		Attestations any         `json:"attestations"`
	} `json:"dist"`
}
